#include "format/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/error.h>

/* Nothing is sent before so much is there, or all of it: most files are read to their end before
 * anybody hears of them. */
#define FIRST_BYTES ((size_t)1024 * 1024)

struct chunk {
	struct chunk *next;
	size_t length, sent;
	char bytes[];
};

int outbox_open(struct outbox *outbox, int fd)
{
	*outbox = (struct outbox){.fd = fd};
	outbox->last = &outbox->first;
	return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ? 0 : -VAULT_FAILED;
}

/* Sends what is taken at once, and waits until no more than `leave` bytes are left. */
static int send_some(struct outbox *outbox, size_t leave)
{
	struct pollfd ready = {.fd = outbox->fd, .events = POLLOUT};

	while (outbox->first) {
		struct chunk *chunk = outbox->first;
		ssize_t count =
			write(outbox->fd, chunk->bytes + chunk->sent, chunk->length - chunk->sent);

		if (count < 0 && errno == EAGAIN) {
			if (outbox->held <= leave)
				return 0;
			poll(&ready, 1, -1);
			continue;
		}
		if (count < 0 && errno != EINTR)
			return -VAULT_FAILED;
		if (count < 0)
			continue;
		chunk->sent += (size_t)count;
		outbox->held -= (size_t)count;
		if (chunk->sent < chunk->length)
			continue;
		outbox->first = chunk->next;
		if (!outbox->first)
			outbox->last = &outbox->first;
		free(chunk);
	}
	return 0;
}

int outbox_put(void *context, const void *bytes, size_t length)
{
	struct outbox *outbox = context;
	struct chunk *chunk = malloc(sizeof(*chunk) + length);

	if (!chunk)
		return -VAULT_FAILED;
	*chunk = (struct chunk){.length = length};
	memcpy(chunk->bytes, bytes, length);
	*outbox->last = chunk;
	outbox->last = &chunk->next;
	outbox->held += length;
	if (!outbox->begun && outbox->held < FIRST_BYTES)
		return 0;
	outbox->begun = true;
	return send_some(outbox, OUTBOX_BYTES);
}

void outbox_forget(struct outbox *outbox)
{
	struct chunk **keep = &outbox->first, *next;

	if (*keep && (*keep)->sent > 0)
		keep = &(*keep)->next;
	for (struct chunk *chunk = *keep; chunk; chunk = next) {
		next = chunk->next;
		outbox->held -= chunk->length;
		free(chunk);
	}
	*keep = NULL;
	outbox->last = keep;
}

int outbox_flush(struct outbox *outbox)
{
	return send_some(outbox, 0);
}
