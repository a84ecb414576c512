/* A secret in a file of its own. */
#ifndef CLI_NEW_FILE_H
#define CLI_NEW_FILE_H

#include <stdbool.h>

#include <vault/error.h>
#include <vault/secret.h>

/* Writes a new file of mode 0600, complete and synced or not at all. VAULT_EXISTS (> 0, message
 * set): something of that name is there; with `replace` it is replaced. */
int new_file(const char *path, const struct secret *contents, bool replace, struct error *err);

#endif
