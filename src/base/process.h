/*
 * What a process does to itself and to helpers of its own.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>

/* A forked child of ours, and the reading end of a pipe from it. */
struct process {
	int pid; /* 0: none */
	int fd;
};

/* Runs `work` in a forked child, whose descriptor `fd` is the pipe's writing end; what it returns
 * is the exit status. The child keeps the parent's descriptors and signal handlers and runs none of
 * its atexit(3) handlers. */
int process_fork(int (*work)(const void *context, int fd), const void *context,
                 struct process *ret_process, struct error *err);

/* Waits for its end. *ret_status is its exit status, or the negated number of the signal that ended
 * it. */
void process_end(struct process *process, int *ret_status);
void process_kill(struct process *process); /* ends it first; a process of pid 0 is fine */

/* Runs `work` in a forked child that ends with it, so that whatever a third-party library leaves on
 * its heap or stack is gone with the child. The child writes `size` bytes (1 … PIPE_BUF) to
 * `result`, which the parent gets back; after a failure they mean nothing. `work` returns 0 for
 * success.
 *
 * The child keeps the parent's descriptors and signal handlers and runs none of its atexit(3)
 * handlers. Locked memory is not locked in the child (mlock(2)), so let it be short-lived. */
int process_isolated(int (*work)(const void *context, void *result), const void *context,
                     void *result, size_t size, struct error *err);

/* In a forked child, before execve(2): no signal is blocked or has a handler, standard input and
 * output are these descriptors (-1: /dev/null), standard error is /dev/null, and there are no
 * others, whoever opened or inherited them. False: that cannot be had. */
bool process_bare(int input, int output);

/* Starts the program `path`, without arguments, as a process that has nothing to do with this one
 * any more: a session without a terminal, folder /, no descriptors but its standard ones, no
 * environment but the variables that `names` (NULL-terminated) lists, at most 16. Standard input is
 * the descriptor `input` (borrowed; -1: /dev/null), standard error /dev/null, standard output a
 * pipe: that it is ready the program tells by closing it. Waits for that, or for the program's end,
 * at most `milliseconds`; how it fares then, 0 does not say. */
int process_start(const char *path, const char *const *names, int input, int milliseconds,
                  struct error *err);

#endif
