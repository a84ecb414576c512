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

#define WATCH_FD 0 /* in the program */

enum watch_message {
	WATCH_READY = 'r', /* from the program, once: it listens, and holds an inhibitor */
	WATCH_SLEEP = 's', /* from the program: about to sleep, so lock */
	WATCH_LOCK = 'l',  /* from the program: the screen is being locked, so lock */
	WATCH_DONE = 'd',  /* from the agent: locked */
};

/* Starts the program; *ret_fd is the agent's end (close-on-exec, non-blocking). VAULT_NOT_FOUND
 * (> 0, no message): it is not installed. */
int watch_start(int *ret_fd, struct error *err);

#endif
