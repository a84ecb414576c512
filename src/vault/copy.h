/*
 * Copies of a vault's file, made and verified before they get the name they are made for.
 */
#ifndef VAULT_COPY_H
#define VAULT_COPY_H

#include "vault/internal.h"

/* Writes the file as it is now, header included, byte by byte to the new file `path` (mode 0600,
 * synced). Waits for other programs' writes and keeps them away meanwhile. Does not look at the
 * contents. On failure nothing is left behind. The vault needs its keys and no transaction. */
int copy_file(struct vault *vault, const char *path, struct error *err);

/* The same of a vault that is in a transaction of the caller's. */
int copy_file_held(struct vault *vault, const char *path, struct error *err);

/* Opens the copy with the keys of `vault` (borrowed), past the witness. `flags` as for
 * vault_open. */
int copy_open(const char *path, unsigned flags, const struct vault *vault, struct vault **ret_copy,
              struct error *err);

/* Its second step: unlocks what vault_attach gave. */
int copy_start(struct vault *copy, const struct vault *vault, struct error *err);

/* Checks everything in it; damage is a VAULT_DAMAGED failure that names the first finding. */
int copy_verify(struct vault *copy, struct error *err);

#endif
