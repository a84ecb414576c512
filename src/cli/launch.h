/*
 * Programs of the user's, beside this one: the browser, a chooser. They get the environment, umask
 * and limits that the user had (harden_exec), and no descriptor of this process.
 */
#ifndef CLI_LAUNCH_H
#define CLI_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

#include <vault/error.h>

struct launch {
	char *const *argv;      /* argv[0] is looked for along PATH; no shell has a part in it */
	char *const *variables; /* "NAME=value" on top of the user's, NULL-terminated */
	int input, output;      /* its descriptors 0 and 1; -1: /dev/null */
	/* In a session of its own, standard error dropped: it goes on when this process, its
	 * terminal and its shell are gone. Else it ends when this process does. */
	bool detached;
};

/* Starts it; *ret_child is its process, which the caller waits for unless it is detached. Failures
 * as of harden_exec, or VAULT_FAILED. */
int launch(const struct launch *launch, pid_t *ret_child, struct error *err);

#endif
