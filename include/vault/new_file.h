/* A secret in a file of its own. */
#ifndef VAULT_NEW_FILE_H
#define VAULT_NEW_FILE_H

#include <stdbool.h>

#include <vault/error.h>
#include <vault/secret.h>

/* Writes a new file of mode 0600, complete and synced or not at all, whatever ends the process
 * meanwhile. VAULT_EXISTS (> 0, message set): something of that name is there; with `replace` it is
 * replaced. */
int new_file(const char *path, const struct secret *contents, bool replace, struct error *err);

#endif
