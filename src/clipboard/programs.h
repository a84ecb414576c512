/*
 * Running the programs that reach a clipboard.
 */
#ifndef CLIPBOARD_PROGRAMS_H
#define CLIPBOARD_PROGRAMS_H

#include <vault/error.h>
#include <vault/secret.h>

/* Runs a program of PATH with `input` (may be NULL) as standard input; gives what it prints, at
 * most PASSWORD_MAX bytes, unless ret_output is NULL. VAULT_NOT_FOUND (> 0, message set) when it is
 * not installed; failure when it fails. */
int programs_run(const char *const *arguments, const struct secret *input,
                 struct secret **ret_output, struct error *err);

#endif
