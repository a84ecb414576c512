/* Transactions, on the file that has the name. */
#include "store/db_internal.h"

int db_same_file(struct db *db, bool *ret_same)
{
	int moved = 0;
	int code = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved);

	*ret_same = !moved;
	return code;
}

bool db_is_read_only(const struct db *db)
{
	return sqlite3_db_readonly(db->handle, "main") == 1;
}

bool db_was_busy(const struct db *db)
{
	return db->busy;
}

int db_begin_read(struct db *db, struct error *err)
{
	return db_run(db, SQL_BEGIN_READ, err);
}

int db_begin_write(struct db *db, struct error *err)
{
	bool same = true;
	int code, r;

	if (db_is_read_only(db))
		return db_error(db, SQLITE_READONLY, err);
	r = recipe_for_writing(db, err);
	if (r == 0)
		r = db_run(db, SQL_BEGIN_WRITE, err);
	if (r < 0)
		return r;
	/* A rekey or restore may have put a new file in place while we waited; a write to the old
	 * one would be lost. */
	code = db_same_file(db, &same);
	if (code == SQLITE_OK && same)
		return 0;
	db_rollback(db);
	if (code != SQLITE_OK)
		return db_error(db, code, err);
	return error_set(
		err, VAULT_FAILED,
		"the vault was replaced by another program in the meantime: nothing was changed,"
		" try again");
}

int db_commit(struct db *db, struct error *err)
{
	int r = db_run(db, SQL_COMMIT, err);

	if (r < 0)
		db_rollback(db);
	return r;
}

void db_rollback(struct db *db)
{
	for (int i = 0; i < SQL_COUNT; i++)
		stmt_done(&db->statements[i]);
	if (!sqlite3_get_autocommit(db->handle))
		(void)db_run(db, SQL_ROLLBACK, NULL);
}
