/* Rows from one database into another: what a new volume key needs. */
#include "store/db_internal.h"

static const struct {
	const char *select, *insert;
} tables[] = {
	{"SELECT id, uuid, revision, name, folded, user, created, modified, state, trashed FROM"
         " entry ORDER BY id",
         "INSERT INTO entry (id, uuid, revision, name, folded, user, created, modified, state,"
         " trashed)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"},
	{"SELECT entry, position, since, until, value, fingerprint, reason FROM password ORDER BY"
         " entry, position",
         "INSERT INTO password (entry, position, since, until, value, fingerprint, reason)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
	{"SELECT entry, kind, position, key, value FROM field ORDER BY entry, kind, position",
         "INSERT INTO field (entry, kind, position, key, value) VALUES (?1, ?2, ?3, ?4, ?5)"},
	{"SELECT entry, position, hashes FROM form ORDER BY entry, position",
         "INSERT INTO form (entry, position, hashes) VALUES (?1, ?2, ?3)"},
	{"SELECT hash, entry, position FROM variant ORDER BY hash, entry, position",
         "INSERT INTO variant (hash, entry, position) VALUES (?1, ?2, ?3)"},
};

static int copy_row(sqlite3_stmt *from, sqlite3_stmt *to)
{
	int code = SQLITE_OK;

	for (int i = 0; i < sqlite3_column_count(from) && code == SQLITE_OK; i++)
		code = sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
	if (code == SQLITE_OK)
		code = sqlite3_step(to);
	sqlite3_reset(to);
	sqlite3_clear_bindings(to);
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int copy_table(struct db *from, struct db *to, const char *select, const char *insert,
                      struct error *err)
{
	sqlite3_stmt *source = NULL, *target = NULL;
	struct db *failing = from;
	int code = sqlite3_prepare_v2(from->handle, select, -1, &source, NULL);

	if (code == SQLITE_OK) {
		failing = to;
		code = sqlite3_prepare_v2(to->handle, insert, -1, &target, NULL);
	}
	while (code == SQLITE_OK) {
		failing = from;
		code = sqlite3_step(source);
		if (code != SQLITE_ROW)
			break;
		failing = to;
		code = copy_row(source, target);
	}
	sqlite3_finalize(source);
	sqlite3_finalize(target);
	return code == SQLITE_DONE ? 0 : db_error(failing, code, err);
}

int db_copy_rows(struct db *from, struct db *to, struct error *err)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		int r = copy_table(from, to, tables[i].select, tables[i].insert, err);

		if (r < 0)
			return r;
	}
	return 0;
}
