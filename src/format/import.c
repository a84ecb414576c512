/* What a program on top sees of reading a foreign file: the bytes, the parser's process, items. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/child.h"
#include "format/stranger.h"
#include "format/stream.h"
#include "format/tree.h"

#define READ_FIRST ((size_t)1024 * 1024)

struct import {
	char label[NAME_MAX + 1];
	unsigned char *bytes; /* mapped: the file itself, or memory of our own */
	size_t length, mapped;
	bool own;
	struct tree tree;      /* instead of them: a folder, decrypted */
	struct process parser; /* pid 0: none is running */
	struct stream stream;
	struct frame frame; /* FRAME_ITEM when import_wait saw one that nobody has got yet */
	bool ended;
	struct account account;
	unsigned progress;
};

/* ---- the bytes ----------------------------------------------------------------------- */

static int too_large(const struct import *import, struct error *err)
{
	return error_set(err, VAULT_USAGE, "%s is larger than %zu MiB", import->label,
	                 IMPORT_BYTES_MAX >> 20);
}

static int map_file(struct import *import, int fd, size_t size, struct error *err)
{
	if (size > IMPORT_BYTES_MAX)
		return too_large(import, err);
	import->length = size;
	if (size == 0)
		return 0;
	import->bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (import->bytes == MAP_FAILED) {
		import->bytes = NULL;
		return error_errno(err, VAULT_FAILED, errno, "cannot read %s", import->label);
	}
	import->mapped = size;
	madvise(import->bytes, size, MADV_DONTDUMP);
	return 0;
}

/* Room for twice as much. */
static int grow(struct import *import, struct error *err)
{
	size_t size = import->mapped ? import->mapped * 2 : READ_FIRST;
	void *bytes = import->mapped ? mremap(import->bytes, import->mapped, size, MREMAP_MAYMOVE)
	                             : mmap(NULL, size, PROT_READ | PROT_WRITE,
	                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (bytes == MAP_FAILED)
		return error_set(err, VAULT_FAILED, "out of memory");
	madvise(bytes, size, MADV_DONTDUMP);
	import->bytes = bytes;
	import->mapped = size;
	return 0;
}

static int read_pipe(struct import *import, int fd, struct error *err)
{
	int r = 0;

	import->own = true;
	for (;;) {
		ssize_t count;

		if (import->length == import->mapped)
			r = grow(import, err);
		if (r < 0)
			return r;
		count = read(fd, import->bytes + import->length, import->mapped - import->length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_errno(err, VAULT_FAILED, errno, "cannot read %s",
			                   import->label);
		if (count == 0)
			return 0;
		import->length += (size_t)count;
		if (import->length > IMPORT_BYTES_MAX)
			return too_large(import, err);
	}
}

int import_open(int fd, const char *label, struct import **ret_import, struct error *err)
{
	const char *slash = strrchr(label, '/');
	IMPORT_AUTO *import = calloc(1, sizeof(*import));
	struct stat status;
	int r;

	if (!import)
		return error_set(err, VAULT_FAILED, "out of memory");
	import->stream.fd = import->parser.fd = -1;
	snprintf(import->label, sizeof(import->label), "%s", slash ? slash + 1 : label);
	if (fstat(fd, &status) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot read %s", import->label);
	if (S_ISDIR(status.st_mode))
		return error_set(err, VAULT_USAGE, "%s is a folder", import->label);
	r = S_ISREG(status.st_mode) ? map_file(import, fd, (size_t)status.st_size, err)
	                            : read_pipe(import, fd, err);
	if (r < 0)
		return r;
	*ret_import = import;
	import = NULL;
	return 0;
}

int import_open_tree(int folder, const struct import_tree *how, struct import **ret_import,
                     struct error *err)
{
	IMPORT_AUTO *import = calloc(1, sizeof(*import));
	int r;

	if (!import)
		return error_set(err, VAULT_FAILED, "out of memory");
	import->stream.fd = import->parser.fd = -1;
	snprintf(import->label, sizeof(import->label), "the folder");
	r = tree_read(folder, how, &import->tree, err);
	if (r < 0)
		return r;
	*ret_import = import;
	import = NULL;
	return 0;
}

void import_close(struct import *import)
{
	if (!import)
		return;
	process_kill(&import->parser);
	stream_done(&import->stream);
	account_done(&import->account);
	secret_free(import->tree.bytes);
	if (import->own && import->bytes)
		secret_wipe(import->bytes, import->length);
	if (import->bytes)
		munmap(import->bytes, import->mapped);
	free(import);
}

void import_closep(struct import **import)
{
	import_close(*import);
}

/* ---- the parser ---------------------------------------------------------------------- */

static int start(struct import *import, const struct parser *parser, struct error *err)
{
	int r;

	process_kill(&import->parser);
	stream_done(&import->stream);
	account_done(&import->account);
	import->ended = false;
	import->frame = (struct frame){0};
	for (size_t i = 0; i < import->tree.links; i++)
		account_add(&import->account, FATE_LEFT, "link to a folder",
		            "what is in it is taken where it lies", NULL);
	for (size_t i = 0; i < import->tree.others; i++)
		account_add(&import->account, FATE_LEFT, "file that is no entry", "", NULL);
	r = child_start(parser, &import->parser, err);
	return r < 0 ? r : stream_start(&import->stream, import->parser.fd, err);
}

/* The next frame; one that is missing is explained by how the process ended. */
static int next_frame(struct import *import, struct frame *frame, struct error *err)
{
	int status, r = stream_next(&import->stream, frame, err);

	if (r <= 0)
		return r;
	process_end(&import->parser, &status);
	return child_broke_off(status, err);
}

static struct source source_of(const struct import *import)
{
	if (import->tree.bytes)
		return (struct source){
			.bytes = import->tree.bytes->bytes,
			.length = import->tree.bytes->length,
		};
	return (struct source){
		.bytes = import->bytes ? import->bytes : (const unsigned char *)"",
		.length = import->length,
	};
}

/* Calls `each` for every format that the contents may be. */
static int look(struct import *import, void (*each)(void *context, const struct frame *frame),
                void *context, struct error *err)
{
	const struct parser parser = {.source = source_of(import)};
	unsigned count = 0;
	int r = start(import, &parser, err);

	while (formats[count])
		count++;
	while (r == 0) {
		struct frame frame;

		r = next_frame(import, &frame, err);
		if (r == 0 && frame.type == FRAME_END)
			break;
		if (r == 0 && (frame.type != FRAME_LOOK || frame.number >= count))
			r = error_set(err, VAULT_FAILED, "the parser's process answered nonsense");
		if (r == 0)
			each(context, &frame);
	}
	process_kill(&import->parser);
	return r;
}

struct guess {
	const struct format *format; /* the one that is wanted, or the best so far */
	unsigned score;
	bool sealed;
	char names[256]; /* of all of the best score */
};

static void keep_best(void *context, const struct frame *frame)
{
	const struct format *format = formats[frame->number];
	struct guess *guess = context;
	size_t length = strlen(guess->names);

	if (frame->score < guess->score)
		return;
	if (frame->score > guess->score)
		length = 0;
	snprintf(guess->names + length, sizeof(guess->names) - length, "%s%s", length ? ", " : "",
	         format->name);
	if (frame->score > guess->score) {
		guess->format = format;
		guess->sealed = frame->sealed;
		guess->score = frame->score;
	} else {
		guess->format = NULL;
	}
}

static int no_format(const struct import *import, struct error *err)
{
	struct source source = source_of(import);
	const unsigned char *bytes = source.bytes;
	const char *advice = stranger_advice(&source);

	if (source.length == 0)
		error_set(err, VAULT_NOT_FOUND, "%s is empty", import->label);
	else if (source.length >= 2 && (bytes[0] & bytes[1]) == 0xfe && bytes[0] != bytes[1])
		error_set(err, VAULT_NOT_FOUND, "%s is in UTF-16: save it as UTF-8 first",
		          import->label);
	else if (advice)
		error_set(err, VAULT_NOT_FOUND, "%s is %s", import->label, advice);
	else
		error_set(err, VAULT_NOT_FOUND,
		          "%s is of no format that is known here; name one, or map its columns: "
		          "see 'vault help import'",
		          import->label);
	return VAULT_NOT_FOUND;
}

int import_guess(struct import *import, struct import_guess *ret_guess, struct error *err)
{
	struct guess guess = {0};
	int r = look(import, keep_best, &guess, err);

	if (r < 0)
		return r;
	if (guess.score == 0)
		return no_format(import, err);
	if (!guess.format) {
		error_set(err, VAULT_FINDINGS, "%s could be one of several formats: %s; say which",
		          import->label, guess.names);
		return VAULT_FINDINGS;
	}
	*ret_guess = (struct import_guess){guess.format, guess.sealed};
	return 0;
}

static void keep_one(void *context, const struct frame *frame)
{
	struct guess *guess = context;

	if (formats[frame->number] == guess->format)
		guess->sealed = frame->sealed;
}

int import_look(struct import *import, const struct format *format, bool *ret_sealed,
                struct error *err)
{
	struct guess guess = {.format = format};
	int r = look(import, keep_one, &guess, err);

	*ret_sealed = guess.sealed;
	return r;
}

int import_start(struct import *import, const struct import_how *how, struct error *err)
{
	struct parser parser = {.format = how->format, .source = source_of(import)};

	if (!(how->format->flags & FORMAT_READS))
		return error_set(err, VAULT_USAGE, "%s can only be written", how->format->title);
	parser.source.password = how->password;
	parser.source.key_file = how->key_file;
	parser.source.map = how->map;
	parser.source.costly = how->costly;
	return start(import, &parser, err);
}

/* ---- items --------------------------------------------------------------------------- */

/* Up to the first frame that is an item (1) or the end (0). */
static int advance(struct import *import, struct frame *frame, struct error *err)
{
	for (;;) {
		int r = next_frame(import, frame, err);

		if (r < 0)
			return r;
		switch (frame->type) {
		case FRAME_ITEM:
			return 1;
		case FRAME_END:
			import->ended = true;
			process_kill(&import->parser);
			return 0;
		case FRAME_ACCOUNT:
			account_add(&import->account, frame->fate, frame->what, frame->how,
			            frame->name);
			break;
		case FRAME_PROGRESS:
			import->progress = frame->number;
			break;
		case FRAME_FAILED:
			error_set(err, (enum vault_status)abs(frame->result), "%s: %s",
			          import->label, frame->what);
			/* The only answer that there is. */
			return frame->result == VAULT_WRONG_KEY ? VAULT_WRONG_KEY
			                                        : -abs(frame->result);
		case FRAME_LOOK:
			return error_set(err, VAULT_FAILED,
			                 "the parser's process answered nonsense");
		}
	}
}

int import_wait(struct import *import, struct error *err)
{
	int r = advance(import, &import->frame, err);

	return r == 1 ? 0 : r;
}

int import_next(struct import *import, struct item *ret_item, struct error *err)
{
	struct frame frame = import->frame;
	int r = 1;

	if (frame.type != FRAME_ITEM)
		r = import->ended ? 0 : advance(import, &frame, err);
	import->frame = (struct frame){0};
	if (r > 1) /* a wrong key after all */
		r = -r;
	if (r == 1)
		*ret_item = frame.item;
	return r;
}

const struct account *import_account(const struct import *import)
{
	return &import->account;
}

unsigned import_progress(const struct import *import)
{
	return import->progress;
}
