/* Statements, and what SQLite says when one fails. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "store/db_internal.h"
#include "store/memory.h"
#include "store/shim.h"

bool db_read_failed(struct db *db, struct error *err)
{
	int system = 0;

	sqlite3_file_control(db->handle, "main", SHIM_READ_ERROR, &system);
	if (system)
		error_errno(err, VAULT_FAILED, system, "reading the vault failed");
	return system != 0;
}

int db_error(struct db *db, int code, struct error *err)
{
	int system = db && db->handle ? sqlite3_system_errno(db->handle) : 0;

	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return error_set(err, VAULT_FAILED, "out of memory");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		if (db)
			db->busy = true;
		return error_set(
			err, VAULT_FAILED,
			"another program has been writing to the vault for %d seconds: nothing was"
			" changed, try again",
			DB_BUSY_MILLISECONDS / 1000);
	case SQLITE_FULL:
		/* SQLITE_FULL is also what the page limit gives; errno tells which. */
		return error_set(err, VAULT_FAILED,
		                 "no space left for the vault: nothing was changed");
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return error_set(
			err, VAULT_FAILED,
			"the vault cannot be written here: the file, its folder or the file system"
			" is read-only");
	case SQLITE_CANTOPEN:
	case SQLITE_AUTH:
		return error_errno(err, VAULT_FAILED, system ? system : EACCES,
		                   "cannot open the vault or its journal");
	case SQLITE_IOERR:
		return error_errno(err, VAULT_FAILED, system ? system : EIO,
		                   "reading or writing the vault failed");
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		/* A disk that fails is no damage to what is on it. */
		if (db && db_read_failed(db, err))
			return -VAULT_FAILED;
		if (memory_ran_out())
			return error_set(err, VAULT_FAILED, "out of memory");
		return error_set(
			err, VAULT_DAMAGED,
			"a page of the vault is damaged: see 'vault check' and 'vault rescue'");
	case SQLITE_TOOBIG:
		return error_set(err, VAULT_USAGE, "a value is too large");
	default:
		return error_set(err, VAULT_FAILED, "the database reports: %s",
		                 sqlite3_errstr(code));
	}
}

int db_stmt(struct db *db, enum sql which, struct stmt **ret_stmt, struct error *err)
{
	struct stmt *stmt = &db->statements[which];

	if (!stmt->handle) {
		int code = sqlite3_prepare_v3(db->handle, sql_text(which), -1,
		                              SQLITE_PREPARE_PERSISTENT, &stmt->handle, NULL);

		if (code != SQLITE_OK)
			return db_error(db, code, err);
	}
	*ret_stmt = stmt;
	return 0;
}

static void bound(struct stmt *stmt, int code)
{
	if (code != SQLITE_OK && stmt->failed_bind == SQLITE_OK)
		stmt->failed_bind = code;
}

void stmt_bind_int(struct stmt *stmt, int at, int64_t value)
{
	bound(stmt, sqlite3_bind_int64(stmt->handle, at, value));
}

void stmt_bind_null(struct stmt *stmt, int at)
{
	bound(stmt, sqlite3_bind_null(stmt->handle, at));
}

void stmt_bind_text(struct stmt *stmt, int at, const char *text)
{
	bound(stmt, sqlite3_bind_text(stmt->handle, at, text, -1, SQLITE_STATIC));
}

void stmt_bind_blob(struct stmt *stmt, int at, const void *bytes, size_t length)
{
	/* A NULL pointer would bind NULL, where an empty blob is meant. */
	bound(stmt,
	      sqlite3_bind_blob64(stmt->handle, at, bytes ? bytes : "", length, SQLITE_STATIC));
}

void stmt_bind_secret(struct stmt *stmt, int at, const struct secret *secret)
{
	if (secret)
		stmt_bind_blob(stmt, at, secret->bytes, secret->length);
	else
		stmt_bind_null(stmt, at);
}

int stmt_step(struct stmt *stmt, struct error *err)
{
	int code = stmt->failed_bind;

	if (code == SQLITE_OK)
		code = sqlite3_step(stmt->handle);
	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	/* After a page that does not authenticate, SQLCipher says no more than this. The statements
	 * themselves were prepared without fault. */
	return db_error(stmt->db, (code & 0xff) == SQLITE_ERROR ? SQLITE_CORRUPT : code, err);
}

bool stmt_is_null(struct stmt *stmt, int column)
{
	return sqlite3_column_type(stmt->handle, column) == SQLITE_NULL;
}

int64_t stmt_int(struct stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt->handle, column);
}

const char *stmt_text(struct stmt *stmt, int column)
{
	return (const char *)sqlite3_column_text(stmt->handle, column);
}

const void *stmt_blob(struct stmt *stmt, int column, size_t *ret_length)
{
	const void *bytes = sqlite3_column_blob(stmt->handle, column);

	*ret_length = (size_t)sqlite3_column_bytes(stmt->handle, column);
	/* SQLite gives NULL for an empty blob too. */
	return bytes || stmt_is_null(stmt, column) ? bytes : "";
}

struct span stmt_span(struct stmt *stmt, int column)
{
	struct span span;

	span.bytes = stmt_blob(stmt, column, &span.length);
	return span;
}

int stmt_numbers(struct stmt *stmt, int64_t **ret_numbers, size_t *ret_count, struct error *err)
{
	size_t room = 0;
	int r;

	*ret_numbers = NULL;
	*ret_count = 0;
	while ((r = stmt_step(stmt, err)) == 1) {
		int64_t *numbers = list_room(*ret_numbers, *ret_count, &room, sizeof(*numbers));

		if (!numbers)
			return error_set(err, VAULT_FAILED, "out of memory");
		*ret_numbers = numbers;
		numbers[(*ret_count)++] = stmt_int(stmt, 0);
	}
	return r;
}

void stmt_done(struct stmt *stmt)
{
	if (!stmt || !stmt->handle)
		return;
	sqlite3_reset(stmt->handle);
	sqlite3_clear_bindings(stmt->handle);
	stmt->failed_bind = SQLITE_OK;
}

void stmt_donep(struct stmt **stmt)
{
	stmt_done(*stmt);
}

int stmt_run(struct stmt *stmt, struct error *err)
{
	int r = stmt_step(stmt, err);

	stmt_done(stmt);
	return r == 1 ? error_set(err, VAULT_FAILED,
	                          "a statement returned rows that nobody expected")
	              : r;
}

int db_run(struct db *db, enum sql which, struct error *err)
{
	struct stmt *stmt = NULL;
	int r = db_stmt(db, which, &stmt, err);

	return r < 0 ? r : stmt_run(stmt, err);
}

int64_t db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int db_execute(struct db *db, const char *sql, struct error *err)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : db_error(db, code, err);
}

int db_pragma(struct db *db, const char *sql, char *value, size_t size, struct error *err)
{
	sqlite3_stmt *handle = NULL;
	const char *text;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &handle, NULL);

	value[0] = '\0';
	if (code == SQLITE_OK)
		code = sqlite3_step(handle);
	if (code == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(handle, 0);
		if (!text) /* a number is made a text, which takes memory */
			code = SQLITE_NOMEM;
		else if (strlen(text) < size)
			memcpy(value, text, strlen(text) + 1);
	}
	sqlite3_finalize(handle);
	return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : db_error(db, code, err);
}
