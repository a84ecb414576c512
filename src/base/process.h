/*
 * What a process does to itself and to helpers of its own.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stddef.h>

#include <vault/error.h>

/* Runs `work` in a forked child that ends with it, so that whatever a third-party library leaves on
 * its heap or stack is gone with the child. The child writes `size` bytes (1 … PIPE_BUF) to
 * `result`, which the parent gets back; after a failure they mean nothing. `work` returns 0 for
 * success.
 *
 * The child keeps the parent's descriptors and signal handlers and runs none of its atexit(3)
 * handlers. Locked memory is not locked in the child (mlock(2)), so let it be short-lived. */
int process_isolated(int (*work)(const void *context, void *result), const void *context,
                     void *result, size_t size, struct error *err);

/* Starts the program `path`, without arguments, as a process that has nothing to do with this one
 * any more: a session without a terminal, folder /, no descriptors but its standard ones, no
 * environment but the variables that `names` (NULL-terminated) lists, at most 16. Standard input is
 * the descriptor `input` (borrowed; -1: /dev/null), standard error /dev/null, standard output a
 * pipe: that it is ready the program tells by closing it. Waits for that, or for the program's end,
 * at most `milliseconds`; how it fares then, 0 does not say. */
int process_start(const char *path, const char *const *names, int input, int milliseconds,
                  struct error *err);

#endif
