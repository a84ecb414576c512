/*
 * The socket that clients come to: an own one in the agent's folder, or one that a service manager
 * listens on already and passes as sd_listen_fds(3) says (descriptor 3, LISTEN_PID, LISTEN_FDS).
 */
#ifndef AGENT_LISTEN_H
#define AGENT_LISTEN_H

#include <stdbool.h>
#include <sys/types.h>

#include <vault/error.h>

struct listening {
	int fd;
	int folder;   /* locked as long as an own socket lives in it; or -1 */
	dev_t device; /* of the own socket's name */
	ino_t inode;
};

/* Listens. Returns VAULT_EXISTS (> 0, message set) when another agent does. */
int listen_start(struct listening *listening, struct error *err);

/* Ends it; removes the socket's name unless it is somebody else's by now. */
void listen_end(struct listening *listening);

/* Gives the next client, non-blocking; -1 when nobody is waiting, or it was one of another user's,
 * who is turned away unheard. */
int listen_accept(const struct listening *listening);

#endif
