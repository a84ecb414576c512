/*
 * A fresh vault for every test: made once for the program, because a key derivation takes its time,
 * then copied, and opened with the volume key.
 */
#ifndef FRESH_VAULT_H
#define FRESH_VAULT_H

#include "unit.h"

#include <vault/vault.h>

#define FIXTURE_PASSWORD "correct horse battery staple"

/* Group set-up and tear-down: $XDG_STATE_HOME in a temporary folder, and the vault made. */
int fixture_group_start(void **state);
int fixture_group_end(void **state);

/* A fresh copy of the empty vault and no witness; gives its path (static). */
const char *fixture_path(void);

/* The same, opened. The caller closes it. */
struct vault *fixture_vault(void);

/* Opens `which` (NULL: the last copy made) with the volume key. */
struct vault *fixture_open(const char *which, unsigned flags);
const struct secret *fixture_recovery_code(void);

/* A secret of this text; an entry of this name and password. The caller frees them. */
struct secret *secret_of(const char *text);
struct entry *entry_of(const char *name, const char *password);

/* vault_add that must succeed (with `reason` NULL: without conflicts). */
void add(struct vault *vault, const char *name, const char *password, const char *reason);

/* vault_add and vault_edit of a password, with what they answer; `result` starts anew. */
int try_add(struct vault *vault, const char *name, const char *password,
            struct write_result *result);
int try_edit(struct vault *vault, const char *name, const char *password, const char *reason,
             struct write_result *result);

/* vault_get's password must be `password`. */
void assert_password(struct vault *vault, const char *name, const char *password);

#endif
