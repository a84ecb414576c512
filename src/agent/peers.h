/*
 * The clients that are connected: few, each with a deadline for its next request, so that whoever
 * is silent or sends half of one costs a slot for a few seconds and no more. What has come of a
 * request is in locked memory, since it may be a key.
 */
#ifndef AGENT_PEERS_H
#define AGENT_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/secret.h>

#include "agent/message.h"

#define PEERS_MAX 64
#define PEER_PATIENCE 5000 /* milliseconds from connecting, or the request before, to a whole one */

struct peer {
	int fd; /* or -1: a free slot */
	bool greeted;
	int64_t since;        /* connected, or last served */
	size_t length;        /* bytes of its input so far */
	unsigned char *input; /* room for MESSAGE_MAX, borrowed from `memory` */
};

struct peers {
	struct peer peer[PEERS_MAX];
	unsigned count;
	struct secret *memory;
};

int peers_start(struct peers *peers, struct error *err);
void peers_done(struct peers *peers); /* drops all */

/* Takes the descriptor. With every slot in use, whoever was served or connected longest ago is
 * dropped for it. */
void peers_add(struct peers *peers, int fd, int64_t now);

void peers_drop(struct peers *peers, struct peer *peer);

/* Drops those whose deadline has come. */
void peers_expire(struct peers *peers, int64_t now);

/* The next deadline, CLOCK_NEVER when nobody is connected. */
int64_t peers_deadline(const struct peers *peers);

/* Reads what has come, as far as it fits behind the input. False when the peer is gone. */
bool peer_read(struct peer *peer);

/* Forgets the first bytes of the input. */
void peer_consume(struct peer *peer, size_t length);

#endif
