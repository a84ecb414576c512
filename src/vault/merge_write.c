/* The rows of an entry as another copy has them. */
#include "vault/merging.h"

#include <stdlib.h>
#include <string.h>

static int replace(struct vault *vault, const struct record *record, const char *folded,
                   struct error *err)
{
	struct stmt *stmt = NULL;
	int r = forms_clear(vault, record->id, err);

	if (r == 0)
		r = db_stmt(vault->db, SQL_PASSWORD_DELETE, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, record->id);
	r = stmt_run(stmt, err);
	if (r == 0)
		r = db_stmt(vault->db, SQL_ENTRY_REPLACE, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, record->id);
	record_bind(stmt, record, folded);
	return stmt_run(stmt, err);
}

static int write_password(struct vault *vault, const struct record *record, size_t at,
                          struct error *err)
{
	const struct past *past = &record->past[at];
	struct stmt *stmt = NULL;
	int r = db_stmt(vault->db, SQL_PASSWORD_INSERT, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, record->id);
	stmt_bind_int(stmt, 2, (int64_t)at);
	stmt_bind_int(stmt, 3, past->since);
	if (past->until)
		stmt_bind_int(stmt, 4, past->until);
	else
		stmt_bind_null(stmt, 4);
	stmt_bind_secret(stmt, 5, past->value);
	stmt_bind_blob(stmt, 6, past->fingerprint, sizeof(past->fingerprint));
	stmt_bind_text(stmt, 7, past->reason);
	r = stmt_run(stmt, err);
	if (r < 0)
		return r;
	/* As they were made, with the names that the entry had then: so has the other copy. */
	if (past->forms_length > 0)
		return forms_keep(vault, record->id, (int64_t)at,
		                  (struct span){past->forms, past->forms_length}, err);
	return past->value ? forms_write(vault, record->entry, record->id, (int64_t)at, past->value,
	                                 err)
	                   : 0;
}

int merge_write(struct vault *vault, struct record *record, struct error *err)
{
	FREE_AUTO char *folded = NULL;
	int r = text_fold(record->entry->name, &folded, err);

	if (r == 0)
		r = record->id == 0 ? record_write(vault, record, false, err)
		                    : replace(vault, record, folded, err);
	for (size_t i = 0; i < record->n_past && r == 0; i++)
		r = write_password(vault, record, i, err);
	if (r == 0)
		r = record_write_fields(vault, record, err);
	return r == 0 ? record_seal(vault, record->id, err) : r;
}
