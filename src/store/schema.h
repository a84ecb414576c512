/*
 * The database's tables, and how older ones become today's: one row per migration, one transaction
 * for all.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <vault/error.h>

#include "store/db.h"

/* The version from which there are the tables of forms and variants. */
#define SCHEMA_FORMS 2

/* The version this program writes: PRAGMA user_version. */
unsigned schema_version(void);

/* Creates the tables of the newest version in an empty database, inside the caller's write
 * transaction. */
int schema_create(struct db *db, struct error *err);

/* The version of this database. */
int schema_read_version(struct db *db, unsigned *ret_version, struct error *err);

/* VAULT_FAILED failure when that version is newer than this program. */
int schema_check(unsigned version, struct error *err);

/* Brings an older database up to date, in the caller's write transaction. VAULT_FAILED failure when
 * it is newer than this program. */
int schema_migrate(struct db *db, unsigned from, struct error *err);

#endif
