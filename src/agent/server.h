/*
 * The agent at work: one loop around poll(2) that hears clients, signals and the clock, and never
 * waits for one of them. One thread, no heap after the start.
 *
 * Every turn begins by forgetting what is past its deadline, before anybody is served.
 */
#ifndef AGENT_SERVER_H
#define AGENT_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

#include "agent/clock.h"
#include "agent/keyring.h"
#include "agent/listen.h"
#include "agent/peers.h"

#define SERVER_SOURCES 8
#define SERVER_LINGER 60000 /* milliseconds without a key and without a client: it ends by itself */

struct server;

/* A descriptor besides the clients', and what to do when it is readable. */
struct source {
	int fd;
	void (*ready)(void *context, struct server *server);
	void *context;
};

struct server {
	struct clock clock;
	const struct listening *listening;
	struct keyring ring;
	struct peers peers;
	struct source sources[SERVER_SOURCES];
	size_t n_sources;
	int signals;         /* signalfd(2) of SIGHUP, SIGINT, SIGTERM */
	uint32_t properties; /* enum agent_property: what protects it, for `vault status` */
	int64_t unused_since;
	bool ended; /* server_run returns after this turn */
};

/* Blocks the signals above in the whole process and hears them from now on. The clock is copied,
 * `listening` is borrowed. */
int server_start(struct server *server, const struct clock *clock,
                 const struct listening *listening, struct error *err);
void server_done(struct server *server); /* wipes the keys first */

/* Hears a descriptor, borrowed, from now on. VAULT_USAGE failure when there are too many. */
int server_watch(struct server *server, int fd, void (*ready)(void *, struct server *),
                 void *context, struct error *err);

/* Stops hearing it: from inside `ready`, say, when the other end is gone. */
void server_unwatch(struct server *server, int fd);

void server_lock_all(struct server *server);

/* Waits for something to happen, at most `timeout` milliseconds (-1: as long as it takes), and
 * does it. */
int server_turn(struct server *server, int timeout, struct error *err);

/* Turns until it has ended: SIGTERM, SIGINT, or nothing to do for SERVER_LINGER. */
int server_run(struct server *server, struct error *err);

#endif
