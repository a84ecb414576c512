/*
 * vault-agent-watch: a program of its own that listens to logind, so that the agent, which holds
 * keys, needs neither libsystemd nor a bus. It takes a delay inhibitor: the machine goes to sleep
 * only after the keys are gone, or after the few seconds that logind grants.
 *
 * Between the two is a pair of sockets, SOCK_SEQPACKET, which is the program's standard input.
 * Every message is one byte. The agent answers each request by WATCH_DONE when the keys are wiped.
 * When one of the two ends, the other sees its end of the pair close.
 */
#ifndef AGENT_WATCH_H
#define AGENT_WATCH_H

#include <vault/error.h>

#include "agent/server.h"

#define WATCH_FD 0 /* in the program */

enum watch_message {
	WATCH_READY = 'r', /* from the program, once: it listens, and holds an inhibitor */
	WATCH_SLEEP = 's', /* from the program: about to sleep, so lock */
	WATCH_LOCK = 'l',  /* from the program: the screen is being locked, so lock */
	WATCH_DONE = 'd',  /* from the agent: locked */
};

struct watch {
	int fd; /* the agent's end; or -1 */
};

/* Starts the program. VAULT_NOT_FOUND (> 0): it is not installed. */
int watch_start(struct watch *watch, struct error *err);
void watch_end(struct watch *watch);

/* For server_watch, with a struct watch: does what the program asks for. */
void watch_hear(void *context, struct server *server);

#endif
