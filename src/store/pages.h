/*
 * Every page as it stands in the file, whether something uses it or not.
 */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include <stdint.h>

#include <vault/error.h>

#include "store/db.h"

/* Reads each page from the file and compares its authentication code. `each` gets the number (from
 * 1) of every page that was changed from outside, and of a last one that is cut short; it returns 0
 * or a failure, which ends the walk. A disk that does not read is a failure. Call it in a
 * transaction, so that no one writes meanwhile. */
int pages_check(struct db *db, int (*each)(void *context, uint32_t page, struct error *err),
                void *context, struct error *err);

/* Drops what was read before, so that the file is read again. Outside of a transaction. */
void pages_forget(struct db *db);

/* PRAGMA integrity_check of one table and its indexes: *ret_sound. A page of it that does not
 * verify counts as unsound, and leaves the transaction unusable: see pages_restart. */
int pages_table_sound(struct db *db, const char *table, bool *ret_sound, struct error *err);

/* Once a page did not authenticate, SQLCipher refuses all others until the transaction ends. Ends
 * it, begins a new one to read. Every statement is reset. */
int pages_restart(struct db *db, struct error *err);

#endif
