/*
 * Running another program. A secret goes to it over a pipe, never as an argument, in the
 * environment or in a file.
 */
#ifndef BASE_RUN_H
#define BASE_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>
#include <vault/secret.h>

struct run {
	const char *path;             /* as run_find gives it */
	const char *const *arguments; /* all of argv, NULL-terminated */
	const struct secret *input;   /* its standard input; NULL: /dev/null */
	int input_file;               /* a descriptor instead of that; 0: none */
	struct secret *output;        /* gets its standard output; NULL: /dev/null */
	int milliseconds;             /* how long it may take */
	bool confined;                /* without our environment, and as process_confine says */
	bool stays; /* it is not waited for: closing its standard output tells that it is ready */
};

/* Finds a program: `name` itself where it has a '/', else in the folders of PATH, of which those
 * that are not absolute do not count. Gives the path, free(3). VAULT_NOT_FOUND (> 0, message
 * set). */
int run_find(const char *name, char **ret_path, struct error *err);

/* Runs it with no descriptors of this process and /dev/null as standard error. *ret_status is its
 * exit status, 128 and the signal's number when one ended it; 0 when it stays. Failure when it
 * cannot be started, takes too long (it is killed then) or writes more than `output` has room for.
 */
int run_program(const struct run *run, int *ret_status, struct error *err);

#endif
