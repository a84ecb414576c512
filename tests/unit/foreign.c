#include "foreign.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/emit.h"
#include "format/sink.h"
#include "format/stream.h"

static int put_frames(void *context, const void *bytes, size_t length)
{
	buf_add(context, bytes, length);
	return ((struct buf *)context)->failed ? -VAULT_FAILED : 0;
}

static int put_file(void *context, const void *bytes, size_t length, struct error *err)
{
	buf_add(context, bytes, length);
	return buf_check(context, err);
}

/* All frames of a file. */
static int read_frames(const struct format *format, const struct source *source, struct buf *frames,
                       struct error *err)
{
	struct emit *emit = NULL;
	int r = emit_new(&emit, put_frames, frames, err);

	if (r == 0)
		r = format->code->read(format, source, emit, err);
	if (r == 0)
		r = emit_finish(emit, err);
	emit_free(emit);
	frame_end(frames);
	return r;
}

/* Gives a descriptor to read the bytes from. */
static int descriptor_of(const struct buf *bytes)
{
	int fd = memfd_create("frames", MFD_CLOEXEC);

	for (size_t at = 0; fd >= 0 && at < bytes->length;) {
		ssize_t count = write(fd, bytes->bytes + at, bytes->length - at);

		if (count <= 0)
			return -1;
		at += (size_t)count;
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void tell_account(const struct frame *frame, struct buf *account)
{
	static const char *const fates[] = {"taken", "changed", "left"};

	buf_add_format(account, "# %s: %s: %s%s%s\n", frame->name ? frame->name : "",
	               fates[frame->fate], frame->what, frame->how[0] ? ": " : "", frame->how);
}

/* Writes the items of the frames. */
static int write_items(const struct buf *frames, const struct export_how *how, struct sink *sink,
                       struct buf *account, struct error *err)
{
	const struct format_code *code = how->format->code;
	int fd = descriptor_of(frames), r = code->begin(how->format, sink, err);
	struct stream stream = {0};
	struct frame frame;

	if (r == 0)
		r = fd < 0 ? -VAULT_FAILED : stream_start(&stream, fd, err);
	while (r == 0 && (r = stream_next(&stream, &frame, err)) == 0) {
		if (frame.type == FRAME_END)
			break;
		if (frame.type == FRAME_ITEM)
			r = code->item(sink, &frame.item, err);
		else if (frame.type == FRAME_ACCOUNT && account)
			tell_account(&frame, account);
	}
	if (r == 0)
		r = code->end(sink, err);
	if (r == 0)
		r = sink_flush(sink, err);
	stream_done(&stream);
	if (fd >= 0)
		close(fd);
	return r;
}

static int write_frames(const struct buf *frames, const struct export_how *how,
                        struct buf *ret_written, struct buf *account, struct error *err)
{
	struct sink sink = {0};
	int r = sink_start(&sink, how, put_file, ret_written, err);

	if (r == 0)
		r = write_items(frames, how, &sink, account, err);
	sink_done(&sink);
	return r;
}

int foreign_read(const struct format *format, const struct source *source, struct buf *ret_told,
                 struct error *err)
{
	const struct export_how how = {.format = &format_json};
	BUF_AUTO frames = BUF_EMPTY;
	BUF_AUTO account = BUF_EMPTY;
	struct error second = {0};
	int r = read_frames(format, source, &frames, err);
	int written = write_frames(&frames, &how, ret_told, &account, &second);

	buf_add(ret_told, account.bytes ? account.bytes : (const void *)"", account.length);
	if (r == 0 && written != 0)
		r = error_set(err, VAULT_FAILED, "%s", second.message);
	return r;
}

int foreign_convert(const struct format *from, const struct source *source,
                    const struct export_how *how, struct buf *ret_written, struct error *err)
{
	BUF_AUTO frames = BUF_EMPTY;
	int r = read_frames(from, source, &frames, err);

	return r == 0 ? write_frames(&frames, how, ret_written, NULL, err) : r;
}

const struct format *foreign_guess(const struct source *source, bool *ret_sealed)
{
	const struct format *best = NULL;
	unsigned score = 0;

	for (size_t i = 0; formats[i]; i++) {
		struct look found = {0};

		if (formats[i]->flags & FORMAT_READS)
			formats[i]->code->look(formats[i], source, &found);
		if (found.score == 0 || found.score < score)
			continue;
		best = found.score > score ? formats[i] : NULL;
		*ret_sealed = found.sealed;
		score = found.score;
	}
	return best;
}
