/*
 * The agent's sandbox: what a process that has opened its socket, and from then on only keeps keys
 * and answers, still may do. Two walls of Linux, each used where the kernel has it:
 *
 *      seccomp(2)   the system calls in the table in sandbox.c, and no other: no new file, no new
 *                   connection, no program, no executable memory, no other process
 *      landlock(7)  no file at all, save removing one from the socket's own folder; no connection,
 *                   and no signal to a process outside
 *
 * What is asked for beyond the table ends the process at once, and its keys with it. Neither wall
 * can be taken down again.
 */
#ifndef AGENT_SANDBOX_H
#define AGENT_SANDBOX_H

#include <stdbool.h>

struct sandbox_state {
	bool sanitized; /* built with a sanitizer, whose run-time needs what is forbidden here:
	                   there is no sandbox */
	bool seccomp;   /* in force? */
	int landlock;   /* the ABI that is in force, from 1 on; 0: the kernel has none */
};

/* Enters the sandbox, for ever; *ret_state tells what is in force. A wall that the kernel does not
 * have is left out: whoever wants to rely on it looks there. `folder` (borrowed; -1: none) is a
 * descriptor of the folder from which files may still be removed. For a process with one thread. */
void sandbox_enter(int folder, struct sandbox_state *ret_state);

#endif
