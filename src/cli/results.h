/*
 * Telling what a writing command did, for people and as JSON, and with whom a password is shared.
 */
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H

#include <vault/error.h>
#include <vault/vault.h>

#include "session.h"

/* With --json an object on the output: action, name, changed, conflicts. */
void result_json(const struct session *session, const char *action,
                 const struct write_result *result);

/* Warns for every entry that shares the password that went in all the same. */
void result_warn(const struct write_result *result);

/* Tells what the reuse guard had against it, a line for each. */
void result_conflicts(const struct write_result *result);

/* Tells why the reuse guard said no, and what can be done; `asked`: another password will be asked
 * for. Returns VAULT_REFUSED; the message is printed already. */
int result_refused(const struct session *session, const struct write_result *result, bool asked);

/* The name as it can be typed behind `vault get`; cut when it does not fit. Returns `text`. */
#define RESULT_NAME_SIZE 1024
const char *result_shell_name(const char *name, char text[RESULT_NAME_SIZE]);

const char *entry_state_name(enum entry_state state); /* "live", "trashed", "purged" */

#endif
