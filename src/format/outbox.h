/* What a parser has said and nobody has heard yet.
 *
 * Reading a file takes a fraction of the time that a vault takes to store what is in it. So a
 * parser does not wait for whoever listens: it goes on, and keeps what it has found. What is wrong
 * at the end of a file is known when it has been read; what was found before it is not even sent.
 * Like all that a reader leaves in memory, it is gone with the process, and not wiped before.
 */
#ifndef FORMAT_OUTBOX_H
#define FORMAT_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

/* More is waited with: a million entries of the smallest kind are less. */
#define OUTBOX_BYTES ((size_t)64 * 1024 * 1024)

struct chunk;

struct outbox {
	int fd; /* borrowed */
	struct chunk *first, **last;
	size_t held; /* bytes that are not sent */
	bool begun;
};

/* `fd` becomes non-blocking. */
int outbox_open(struct outbox *outbox, int fd);

/* Takes a copy of whole frames. An emit_put: `context` is the outbox. */
int outbox_put(void *context, const void *bytes, size_t length);

/* Forgets whatever it can, which is all but what is on its way. */
void outbox_forget(struct outbox *outbox);

/* Sends everything, however long that takes. */
int outbox_flush(struct outbox *outbox);

#endif
