/*
 * Lists of leaked passwords as the guard of new passwords uses them. "Not checked" is always told
 * apart from "not found".
 */
#ifndef CLI_BREACH_REPORT_H
#define CLI_BREACH_REPORT_H

#include <vault/breach.h>

#include "entry_options.h"
#include "session.h"

/* The guard at entry: is the password, which somebody chose, in the configured list? Then it is
 * refused like one in use elsewhere: VAULT_REFUSED (> 0, printed already), or with a reason to
 * allow it, 0 and a warning. Where the list cannot be read, a warning says so, and 0: a disk that
 * is not there must not keep anybody from writing down what is true. */
int breach_guard(const struct session *session, const struct entry *entry,
                 const struct chosen *chosen, const char *allow_reuse);

#endif
