/* An older vault becomes one of today: tables, and what they need besides. */
#include "vault/internal.h"

#include <stdlib.h>

#include "store/schema.h"

/* The forms of every password of one entry whose value is still there. */
static int add_forms(struct vault *vault, int64_t id, struct error *err)
{
	RECORD_AUTO record = {0};
	int r = record_load(vault, id, WANT_SECRETS | WANT_HISTORY | WANT_PAST, &record, err);

	if (r > 0)
		return error_set(err, VAULT_DAMAGED, "an entry is missing: see 'vault check'");
	for (size_t i = 0; i < record.n_past && r == 0; i++)
		if (record.past[i].value)
			r = forms_write(vault, record.entry, id, (int64_t)i, record.past[i].value,
			                err);
	return r == 0 ? record_seal(vault, id, err) : r;
}

static int entry_ids(struct vault *vault, int64_t **ret_ids, size_t *ret_count, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_ENTRY_IDS, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, 0);
	return stmt_numbers(stmt, ret_ids, ret_count, err);
}

static int add_all_forms(struct vault *vault, struct error *err)
{
	FREE_AUTO int64_t *ids = NULL;
	size_t count = 0;
	int r = entry_ids(vault, &ids, &count, err);

	for (size_t i = 0; i < count && r == 0; i++)
		r = add_forms(vault, ids[i], err);
	return r;
}

static int bring_up_to_date(struct vault *vault, unsigned from, struct error *err)
{
	int r = schema_migrate(vault->db, from, err);

	if (r < 0)
		return r;
	vault->schema = schema_version();
	if (from < SCHEMA_FORMS)
		r = add_all_forms(vault, err);
	if (r < 0)
		return r;
	vault->state.generation++;
	return state_write(vault, false, err);
}

int upgrade(struct vault *vault, struct error *err)
{
	unsigned from;
	int r = db_begin_write(vault->db, err);

	if (r < 0)
		return r;
	r = state_read(vault, true, err);
	from = vault->schema;
	if (r == 0 && from < schema_version()) { /* nobody was quicker */
		r = bring_up_to_date(vault, from, err);
		if (r == 0)
			r = db_commit(vault->db, err);
	}
	db_rollback(vault->db);
	if (r < 0) {
		vault->schema = from;
		return error_context(err, "bringing the vault up to date");
	}
	return 0;
}
