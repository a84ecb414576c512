/* The log: rows of `entry` with a state of their own. An export's name is its format, its user the
 * path; both dates are when it was made. */
#include <vault/log.h>

#include <stdlib.h>
#include <string.h>

#include "vault/internal.h"

static int add(struct vault *vault, const char *format, const char *path, struct error *err)
{
	FREE_AUTO char *tidied = NULL;
	ENTRY_AUTO *entry = NULL;
	struct record record = {.revision = 1, .state = ENTRY_LOG};
	int r = entry_new(&entry, format, err);

	if (r == 0)
		r = text_tidy(path, strlen(path), FIELD_TEXT_MAX, &tidied, err);
	if (r == 0)
		r = entry_set_user(entry, tidied, err);
	if (r < 0)
		return r;
	record.entry = entry;
	crypto_random(record.uuid, sizeof(record.uuid));
	entry->created = entry->modified = now_seconds();
	r = record_write(vault, &record, true, err);
	return r == 0 ? record_seal(vault, record.id, err) : r;
}

int vault_log_export(struct vault *vault, const char *format, const char *path, struct error *err)
{
	int r = write_begin(vault, err);

	if (r < 0)
		return r;
	r = add(vault, format, path, err);
	return r == 0 ? write_commit(vault, err) : write_rollback(vault, r);
}

static int tell(struct vault *vault, int64_t id,
                int (*each)(void *context, const struct log_export *export), void *context,
                struct error *err)
{
	RECORD_AUTO record = {0};
	int r = record_load(vault, id, 0, &record, err);

	if (r != 0)
		return r < 0 ? r : error_set(err, VAULT_DAMAGED, "a part of the log is missing");
	return each(context, &(struct log_export){record.entry->created, record.entry->name,
	                                          record.entry->user ? record.entry->user : ""});
}

int vault_log_exports(struct vault *vault,
                      int (*each)(void *context, const struct log_export *export), void *context,
                      struct error *err)
{
	FREE_AUTO int64_t *ids = NULL;
	size_t count = 0;
	struct stmt *stmt = NULL;
	int r = read_begin(vault, err);

	if (r < 0)
		return r;
	r = db_stmt(vault->db, SQL_LOG, &stmt, err);
	if (r == 0)
		r = stmt_numbers(stmt, &ids, &count, err);
	stmt_done(stmt);
	for (size_t i = 0; i < count && r == 0; i++)
		r = tell(vault, ids[i], each, context, err);
	read_end(vault);
	return r;
}
