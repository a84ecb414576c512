/* The parser's process: limits, sandbox, and what runs in it. */
#ifndef FORMAT_CHILD_H
#define FORMAT_CHILD_H

#include "base/process.h"
#include "format/format.h"

struct parser {
	const struct format *format; /* NULL: look what it is, instead of reading it */
	struct source source;
};

/* Starts it; frames (stream.h) come from process->fd. */
int child_start(const struct parser *parser, struct process *ret_process, struct error *err);

/* What the child's end means when it came before its last frame. Always a failure. */
int child_broke_off(int status, struct error *err);

#endif
