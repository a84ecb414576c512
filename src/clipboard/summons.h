/*
 * How the process that holds a value on the clipboard is told to clear it: by a connection to its
 * socket in the folder of base/place.h. There is nothing to say; the end of the connection tells
 * that it is done. So no signal is sent, and no stranger can get it.
 *
 * One process of a user holds that socket. Who wants to be next locks a file beside it, calls, and
 * takes its place.
 */
#ifndef CLIPBOARD_SUMMONS_H
#define CLIPBOARD_SUMMONS_H

#include <stdbool.h>

#include <vault/error.h>

struct summons {
	int folder, lock, socket; /* descriptors, or -1 */
};

/* Calls who holds the socket, if anybody does, and listens in its place. */
int summons_await(struct summons *summons, struct error *err);

/* Has somebody of this user called? The connection stays open to the end of the process. */
bool summons_heard(int socket);

/* Nothing is left to clear: removes the socket, ends the connections. */
void summons_end(struct summons *summons);

/* Calls, and waits until what was on the clipboard is gone. VAULT_NOT_FOUND (> 0, no message):
 * nobody listens. */
int summons_call(struct error *err);

#endif
