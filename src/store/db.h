/*
 * The connection: SQLite with SQLCipher, opened by one recipe, and its statements.
 *
 * No SQLite type leaves this folder. A struct db belongs to one thread. Error texts name what
 * failed, never a value.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/item.h>
#include <vault/secret.h>

#include "store/header.h"
#include "store/sql.h"

struct db;
struct stmt; /* a prepared statement; belongs to the connection */

#define DB_PAGE_BYTES 4096
#define DB_PAGES_MAX \
	((1 << 30) / DB_PAGE_BYTES - HEADER_AREA / DB_PAGE_BYTES - \
	 1)                        /* SQLite's lock bytes are at 1 GiB */
#define DB_BUSY_MILLISECONDS 60000 /* how long another program's write is waited for */

enum db_flags {
	DB_READ_ONLY = 1 << 0,
	DB_LENIENT = 1 << 1, /* also a database whose last pages are missing; for rescue */
	DB_NO_WAIT = 1 << 2, /* fail at once where another program's write would be waited for */
};

/* Opens the file: a regular one of ours, with one name, not reached by a link as its last
 * component. Nothing is decrypted. VAULT_NOT_FOUND (> 0, message set) when it is not there. Falls
 * back to read-only where the file cannot be written. */
int db_open(const char *path, unsigned flags, struct db **ret_db, struct error *err);
void db_close(struct db *db); /* NULL is fine; rolls back */

bool db_is_read_only(const struct db *db);
/* Did anything fail because another program was writing, for longer than was waited? */
bool db_was_busy(const struct db *db);
int db_file_size(struct db *db, uint64_t *ret_bytes, struct error *err); /* header included */

/* Both header copies, through SQLite's own descriptor. */
int db_header_read(struct db *db, unsigned char area[HEADER_AREA], struct error *err);
/* Writes one copy and syncs the file. Call it inside a write transaction: that is what keeps two
 * writers apart. */
int db_header_write(struct db *db, const unsigned char bytes[HEADER_BYTES], unsigned copy,
                    struct error *err);

/* Unlocks with the raw database key and sets up the connection; every setting is read back.
 * VAULT_WRONG_KEY (> 0) when the first page does not authenticate (so this is damage, where the key
 * comes out of an authentic slot). On success a read transaction is open, so that what is read next
 * costs no second locking; end it with db_rollback. With `create` the database is empty, will be
 * made by schema_create, and no transaction is open. */
int db_unlock(struct db *db, const unsigned char key[32], bool create, struct error *err);

/* Transactions do not nest. db_begin_write waits for other writers, then makes sure the file is
 * still the one that has the name; VAULT_FAILED failure "replaced" when it was exchanged under
 * us. */
int db_begin_read(struct db *db, struct error *err);
int db_begin_write(struct db *db, struct error *err);
int db_commit(struct db *db, struct error *err); /* when it fails the transaction was rolled back */
void db_rollback(struct db *db); /* also ends a read; harmless without a transaction */

/* Copies every row of the vault's own tables, ids and all, from one open database into another that
 * is empty; the digest and the state row are the caller's to make. Both in a transaction. */
int db_copy_rows(struct db *from, struct db *to, struct error *err);

/* For many writes at random places: pages stay in memory, up to DB_LARGE_CACHE, until they are
 * changed no more; each is then enciphered and deciphered once instead of over and over. Or not so
 * again. */
#define DB_LARGE_CACHE "-49152" /* KiB */
int db_large_cache(struct db *db, bool large, struct error *err);

/* Did the disk fail to give a page since this was asked last? Then `err` says so (VAULT_FAILED). */
bool db_read_failed(struct db *db, struct error *err);

/* Reads the file's bytes, header included, through SQLite's own descriptor; inside a transaction
 * they hold still. */
int db_read_raw(struct db *db, uint64_t offset, void *bytes, size_t length, struct error *err);

/* ---- statements --------------------------------------------------------------------- */

/* Prepared on first use, kept until db_close. One use at a time: bind, step until done,
 * stmt_done. */
int db_stmt(struct db *db, enum sql which, struct stmt **ret_stmt, struct error *err);

void stmt_bind_int(struct stmt *stmt, int at, int64_t value);
void stmt_bind_null(struct stmt *stmt, int at);
/* Borrowed, without a copy, until stmt_done. NULL binds NULL. */
void stmt_bind_text(struct stmt *stmt, int at, const char *text);
void stmt_bind_blob(struct stmt *stmt, int at, const void *bytes, size_t length);
void stmt_bind_secret(struct stmt *stmt, int at, const struct secret *secret);

/* 1: a row is there; 0: done; < 0 failure (a bind that failed shows here too). */
int stmt_step(struct stmt *stmt, struct error *err);

/* Columns of the row, borrowed until the next step or stmt_done. NULL for SQL's NULL. */
bool stmt_is_null(struct stmt *stmt, int column);
int64_t stmt_int(struct stmt *stmt, int column);
const char *stmt_text(struct stmt *stmt, int column);
const void *stmt_blob(struct stmt *stmt, int column, size_t *ret_length);
struct span stmt_span(struct stmt *stmt, int column); /* the same */

/* The numbers in column 0 of every row there is, in their order. Gives the list, free(3), or NULL
 * where there is no row; on a failure as well. */
int stmt_numbers(struct stmt *stmt, int64_t **ret_numbers, size_t *ret_count, struct error *err);

/* Resets and forgets the bindings. NULL is fine. */
void stmt_done(struct stmt *stmt);
void stmt_donep(struct stmt **stmt);
#define STMT_AUTO __attribute__((cleanup(stmt_donep))) struct stmt

/* db_stmt, step once, done: for statements without rows and bindings. */
int db_run(struct db *db, enum sql which, struct error *err);
/* Steps to the end and is done with it; rows are an error in the program. */
int stmt_run(struct stmt *stmt, struct error *err);
int64_t db_last_id(const struct db *db);

#endif
