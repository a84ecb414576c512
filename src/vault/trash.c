/* The trash as a whole: shown, and emptied for good. */
#include "vault/internal.h"

#include <stdlib.h>

#include <vault/text.h>

int vault_trash_list(struct vault *vault, int (*each)(void *context, const struct trash_item *item),
                     void *context, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = read_begin(vault, err);

	if (r < 0)
		return r;
	r = db_stmt(vault->db, SQL_TRASH_LIST, &stmt, err);
	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		struct trash_item item = {
			.id = stmt_int(stmt, 0),
			.name = stmt_text(stmt, 1),
			.user = stmt_text(stmt, 2),
			.trashed = stmt_int(stmt, 3),
		};

		r = each(context, &item);
		if (r != 0)
			break;
	}
	read_end(vault);
	return r;
}

/* Gives the ids of what is in the trash, of one name or all; free(3). */
static int trashed_ids(struct vault *vault, const char *name, int64_t **ret_ids, size_t *ret_count,
                       struct error *err)
{
	FREE_AUTO char *normal = NULL;
	STMT_AUTO *stmt = NULL;
	int r = name ? text_name(name, &normal, err) : 0;

	if (r == 0)
		r = db_stmt(vault->db, SQL_TRASH_IDS, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_text(stmt, 1, normal);
	return stmt_numbers(stmt, ret_ids, ret_count, err);
}

/* Erases the secrets and fields of one entry; name, dates and fingerprints stay. */
static int purge(struct vault *vault, int64_t id, struct error *err)
{
	RECORD_AUTO record = {0};
	struct stmt *stmt = NULL;
	int r = record_load(vault, id, 0, &record, err);

	if (r < 0)
		return r;
	record.state = ENTRY_PURGED;
	r = record_write(vault, &record, true, err); /* it was loaded without fields: they go */
	if (r == 0)
		r = db_stmt(vault->db, SQL_PASSWORD_ERASE, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	stmt_bind_int(stmt, 2, record.entry->trashed);
	r = stmt_run(stmt, err);
	if (r == 0)
		r = record_seal(vault, id, err);
	vault->state.trashed--;
	return r;
}

int vault_trash_empty(struct vault *vault, const char *name, size_t *ret_count, struct error *err)
{
	FREE_AUTO int64_t *ids = NULL;
	size_t count = 0;
	int r = write_begin(vault, err);

	*ret_count = 0;
	if (r < 0)
		return r;
	r = trashed_ids(vault, name, &ids, &count, err);
	for (size_t i = 0; i < count && r == 0; i++)
		r = purge(vault, ids[i], err);
	if (r < 0 || count == 0)
		return write_rollback(vault, r);
	r = write_commit(vault, err);
	if (r == 0)
		*ret_count = count;
	return r;
}
