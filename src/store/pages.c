#include "store/pages.h"

#include <stdlib.h>
#include <string.h>

#include "store/db_internal.h"
#include "store/memory.h"

#define BUFFER_BYTES ((size_t)64 * 1024)

/* "HMAC verification failed for page 7", "error reading 4096 bytes from file page 7 at offset …",
 * "page 7 has an invalid size of …". 0 for what is not about a page. */
static uint32_t page_of(const char *text)
{
	for (const char *at = strstr(text, "page "); at; at = strstr(at + 1, "page ")) {
		unsigned long page = strtoul(at + 5, NULL, 10);

		if (page > 0 && page <= UINT32_MAX)
			return (uint32_t)page;
	}
	return 0;
}

int pages_check(struct db *db, int (*each)(void *context, uint32_t page, struct error *err),
                void *context, struct error *err)
{
	sqlite3_stmt *handle = NULL;
	const char *text;
	uint32_t page;
	int r = 0;
	int code;

	/* SQLCipher 4.6 does not look whether it got its buffer. */
	if (!memory_reserve(BUFFER_BYTES))
		return db_error(db, SQLITE_NOMEM, err);
	/* SQLCipher reads the pages while it prepares this statement, not when it is stepped: one
	 * that was kept would tell of a former state. */
	code = sqlite3_prepare_v2(db->handle, sql_text(SQL_CIPHER_CHECK), -1, &handle, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(handle);
	while (code == SQLITE_ROW && r == 0) {
		text = (const char *)sqlite3_column_text(handle, 0);
		page = text ? page_of(text) : 0;
		r = page > 0 ? each(context, page, err)
		             : error_set(err, VAULT_FAILED, "the pages cannot be checked: %s",
		                         text ? text : "SQLCipher does not say why");
		code = sqlite3_step(handle);
	}
	sqlite3_finalize(handle);
	if (r < 0)
		return r;
	if (db_read_failed(db, err))
		return -VAULT_FAILED;
	return code == SQLITE_DONE ? 0 : db_error(db, code, err);
}

void pages_forget(struct db *db)
{
	(void)sqlite3_db_release_memory(db->handle);
}

int pages_table_sound(struct db *db, const char *table, bool *ret_sound, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	const char *text;
	int r = db_stmt(db, SQL_INTEGRITY_TABLE, &stmt, err);

	*ret_sound = false;
	if (r < 0)
		return r;
	stmt_bind_text(stmt, 1, table);
	if (stmt_step(stmt, NULL) != 1)
		return db_read_failed(db, err) ? -VAULT_FAILED : 0;
	text = stmt_text(stmt, 0);
	*ret_sound = text && strcmp(text, "ok") == 0 && stmt_step(stmt, NULL) == 0;
	return 0;
}

int pages_restart(struct db *db, struct error *err)
{
	db_rollback(db);
	return db_begin_read(db, err);
}
