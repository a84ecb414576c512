#include "format/child.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sanitized.h"
#include "format/emit.h"
#include "format/json_read.h"
#include "format/outbox.h"
#include "format/sandbox.h"
#include "format/stream.h"

/* Beside what is there already: what a reader may ask for. A sealed file is opened in memory. What
 * was found and is not yet sent has OUTBOX_BYTES beside it. */
#define MEMORY ((rlim_t)192 * 1024 * 1024)
#define MEMORY_PER_BYTE 2
#define SECONDS 60 /* of computing: a key derivation, and a second for every 8 MiB */
#define MEMORY_COSTLY ((rlim_t)4 * 1024 * 1024 * 1024) /* for a key derivation that may have it */
#define SECONDS_COSTLY 3600
#define BYTES_PER_SECOND ((rlim_t)8 * 1024 * 1024)

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
		limit(RLIMIT_DATA, memory + OUTBOX_BYTES + source->length * MEMORY_PER_BYTE);
	parser_sandbox(&seccomp, &landlock);
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

static void read_all(const struct parser *parser, struct outbox *outbox, struct buf *out)
{
	struct error error = {0};
	struct emit *emit = NULL;
	int r = emit_new(&emit, outbox_put, outbox, &error);

	if (r == 0)
		r = parser->format->code->read(parser->format, &parser->source, emit, &error);
	if (r == 0)
		r = emit_finish(emit, &error);
	if (r == 0) {
		frame_end(out);
	} else {
		outbox_forget(outbox);
		frame_failed(out, r, &error);
	}
	emit_free(emit);
}

static int child(const void *context, int fd)
{
	const struct parser *parser = context;
	struct buf out = BUF_EMPTY;
	struct outbox outbox;

	fd = keep_only(fd);
	if (fd < 0 || outbox_open(&outbox, fd) < 0)
		return 1;
	enter(&parser->source);
	if (parser->format)
		read_all(parser, &outbox, &out);
	else
		look(&parser->source, &out);
	return out.failed || outbox_put(&outbox, out.bytes, out.length) < 0 ||
	       outbox_flush(&outbox) < 0;
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
