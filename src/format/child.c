#include "format/child.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sanitized.h"
#include "format/emit.h"
#include "format/json_read.h"
#include "format/sandbox.h"
#include "format/stream.h"

/* Beside what is there already: what a reader may ask for. A sealed file is opened in memory. */
#define MEMORY ((rlim_t)192 * 1024 * 1024)
#define MEMORY_PER_BYTE 2
#define SECONDS 60 /* of computing: a key derivation, and two seconds for every 8 MiB */
#define MEMORY_COSTLY ((rlim_t)4 * 1024 * 1024 * 1024) /* for a key derivation that may have it */
#define SECONDS_COSTLY 3600
#define BYTES_PER_SECOND ((rlim_t)4 * 1024 * 1024) /* which are read twice */

static void limit(int what, rlim_t value)
{
	const struct rlimit both = {value, value};

	setrlimit(what, &both); /* one that is lower already stays */
}

/* Only the pipe is left. */
static int keep_only(int fd)
{
	const int pipe = 3;

	if (fd != pipe && dup2(fd, pipe) != pipe)
		return -1;
	if (close_range(pipe + 1, ~0U, 0) != 0)
		for (int other = pipe + 1; other < 1024; other++)
			close(other);
	/* A sanitizer reports to standard error. */
	for (int standard = 0; standard < pipe && !SANITIZED; standard++)
		close(standard);
	return pipe;
}

static void enter(const struct source *source)
{
	rlim_t memory = source->costly ? MEMORY + MEMORY_COSTLY : MEMORY;
	rlim_t seconds = source->costly ? SECONDS_COSTLY : SECONDS;
	bool seccomp, landlock;

	json_read_prepare();
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CPU, seconds + source->length / BYTES_PER_SECOND);
	if (!SANITIZED)
		limit(RLIMIT_DATA, memory + source->length * MEMORY_PER_BYTE);
	parser_sandbox(&seccomp, &landlock);
}

static int put(void *context, const void *bytes, size_t length)
{
	const int *fd = context;
	const char *next = bytes;

	while (length > 0) {
		ssize_t count = write(*fd, next, length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return -VAULT_FAILED;
		next += count;
		length -= (size_t)count;
	}
	return 0;
}

static void look(const struct source *source, struct buf *out)
{
	for (unsigned i = 0; formats[i]; i++) {
		struct look found = {0};

		if (formats[i]->flags & FORMAT_READS)
			formats[i]->code->look(formats[i], source, &found);
		if (found.score > 0)
			frame_look(out, i, found.score, found.sealed);
	}
	frame_end(out);
}

static int put_nowhere(void *context, const void *bytes, size_t length)
{
	(void)context;
	(void)bytes;
	(void)length;
	return 0;
}

static int read_once(const struct parser *parser, const struct source *source, emit_put where,
                     int *fd, struct error *err)
{
	struct emit *emit = NULL;
	int r = emit_new(&emit, where, fd, err);

	if (r == 0)
		r = parser->format->code->read(parser->format, source, emit, err);
	if (r == 0)
		r = emit_finish(emit, err);
	emit_free(emit);
	return r;
}

/* First to the end and for nothing: what is refused, is before a vault has worked for it. */
static int read_all(const struct parser *parser, int *fd, struct buf *out)
{
	struct source_key key = {0};
	struct source source = parser->source;
	struct error error = {0};
	int r;

	source.key = &key;
	r = read_once(parser, &source, put_nowhere, NULL, &error);
	if (r == 0)
		r = read_once(parser, &source, put, fd, &error);
	if (r == 0)
		frame_end(out);
	else
		frame_failed(out, r, &error);
	return 0;
}

static int child(const void *context, int fd)
{
	const struct parser *parser = context;
	struct buf out = BUF_EMPTY;

	fd = keep_only(fd);
	if (fd < 0)
		return 1;
	enter(&parser->source);
	if (parser->format)
		read_all(parser, &fd, &out);
	else
		look(&parser->source, &out);
	return out.failed || put(&fd, out.bytes, out.length) < 0;
}

int child_start(const struct parser *parser, struct process *ret_process, struct error *err)
{
	return process_fork(child, parser, ret_process, err);
}

int child_broke_off(int status, struct error *err)
{
	switch (-status) {
	case SIGSYS:
		return error_set(err, VAULT_FAILED,
		                 "the parser was stopped: the file made it do what no parser does");
	case SIGXCPU:
	case SIGKILL:
		return error_set(err, VAULT_FAILED, "the parser was stopped: it took too long");
	case SIGBUS:
		return error_set(err, VAULT_FAILED, "the file became shorter while it was read");
	default:
		return error_set(err, VAULT_FAILED,
		                 status < 0 ? "the parser broke off (signal %d)"
		                            : "the parser broke off (status %d)",
		                 status < 0 ? -status : status);
	}
}
