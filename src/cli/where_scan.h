/* Looking for the vault's passwords in files, and noting down where they are. */
#ifndef CLI_WHERE_SCAN_H
#define CLI_WHERE_SCAN_H

#include <stdbool.h>

#include <vault/error.h>

#include "session.h"

/* Scans the paths (NULL-terminated; none: where programs keep passwords) and tells what was found,
 * and what was not read. `record`: every file that has a password becomes a consumer of its entry;
 * otherwise, at a terminal, that is asked. VAULT_FINDINGS (> 0): something was found. */
int where_scan(struct session *session, char *const *paths, bool record, struct error *err);

#endif
