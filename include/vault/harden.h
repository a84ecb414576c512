/*
 * Making the process safe to hold secrets, and giving a program that takes its place what the user
 * had instead. There is one process, so there is one state of it.
 */
#ifndef VAULT_HARDEN_H
#define VAULT_HARDEN_H

#include <vault/error.h>

/* First thing in main: descriptors 0 to 2 are open (a closed standard output for reading, so that a
 * write to it fails), no core dump, no look into this process by
 * another one of the same user, umask 077, SIGPIPE ignored, nothing in the environment that steers
 * the libraries below. */
void harden_process(void);

/* From here on no program can get more privileges than this one. It cannot be undone, and would
 * break sudo(8) in a program started by it: not for commands that a program takes the place of. */
void harden_privileges(void);

/* Replaces this process by the program argv[0], which is looked for along PATH. It gets the umask,
 * the limit, the signals and the environment that the user had, and the strings "NAME=value" of
 * `variables` (NULL-terminated, no name twice) in place of what has their names.
 *
 * Returns a failure, the process hardened as before: VAULT_NO_PROGRAM, VAULT_CANNOT_RUN. */
int harden_exec(char *const *argv, char *const *variables, struct error *err);

#endif
