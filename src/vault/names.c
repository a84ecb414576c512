/* Names to entries: exact first, then the only one that is equal after folding. */
#include "vault/internal.h"

#include <stdlib.h>
#include <string.h>

#include <vault/text.h>

/* A normalised copy of what the user typed; what cannot be a name is not found. */
static int normal(const char *name, char **ret_normal, struct error *err)
{
	int r = text_name(name, ret_normal, NULL);

	return r == -VAULT_USAGE ? VAULT_NOT_FOUND
	       : r < 0           ? error_set(err, VAULT_FAILED, "out of memory")
	                         : 0;
}

static int by_name(struct vault *vault, enum sql which, const char *name, int64_t *ret_id,
                   struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, which, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_text(stmt, 1, name);
	r = stmt_step(stmt, err);
	if (r == 1)
		*ret_id = stmt_int(stmt, 0);
	return r < 0 ? r : r == 1 ? 0 : VAULT_NOT_FOUND;
}

int name_exact(struct vault *vault, const char *name, int64_t *ret_id, struct error *err)
{
	return by_name(vault, SQL_ENTRY_BY_NAME, name, ret_id, err);
}

int name_newest(struct vault *vault, enum sql which, const char *name, int64_t *ret_id,
                struct error *err)
{
	FREE_AUTO char *normalised = NULL;
	int r = text_name(name, &normalised, err);

	return r == 0 ? by_name(vault, which, normalised, ret_id, err) : r;
}

static int find_folded(struct vault *vault, const char *name, int64_t *ret_id, struct error *err)
{
	FREE_AUTO char *folded = NULL;
	STMT_AUTO *stmt = NULL;
	int r = text_fold(name, &folded, err);

	if (r == 0)
		r = db_stmt(vault->db, SQL_ENTRY_BY_FOLDED, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_text(stmt, 1, folded);
	r = stmt_step(stmt, err);
	if (r <= 0)
		return r < 0 ? r : VAULT_NOT_FOUND;
	*ret_id = stmt_int(stmt, 0);
	r = stmt_step(stmt, err);
	return r < 0 ? r : r == 1 ? VAULT_NOT_FOUND : 0; /* two candidates: neither */
}

/* What the table itself, read without an index, says of a name. */
static int find_in_table(struct vault *vault, const char *name, bool *ret_there, struct error *err)
{
	FREE_AUTO char *folded = NULL;
	STMT_AUTO *stmt = NULL;
	int r = text_fold(name, &folded, err);

	if (r == 0)
		r = db_stmt(vault->db, SQL_ENTRY_SCAN_NAME, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_text(stmt, 1, name);
	stmt_bind_text(stmt, 2, folded);
	r = stmt_step(stmt, err);
	if (r == 1)
		*ret_there = stmt_int(stmt, 0) > 0 || stmt_int(stmt, 1) == 1;
	return r < 0 ? r : 0;
}

/* An old page must not hide an entry: before "not found" is said, the table is read without the
 * index, and everything is verified against the digest. That takes time in proportion to the vault,
 * as does looking for near names, which follows. */
static int prove_absence(struct vault *vault, const char *name, struct error *err)
{
	size_t damaged = 0;
	bool there = false;
	int r = find_in_table(vault, name, &there, err);

	if (r == 0 && !there)
		r = verify_all(vault, NULL, NULL, &damaged, err);
	if (r == 0 && (there || damaged > 0))
		return error_set(
			err, VAULT_DAMAGED,
			"'%s' cannot be looked up: a part of the vault was changed from outside or"
			" put back to an older "
			"state; see 'vault check'",
			name);
	return r < 0 ? r : VAULT_NOT_FOUND;
}

int name_find(struct vault *vault, const char *name, int64_t *ret_id, struct error *err)
{
	FREE_AUTO char *normalised = NULL;
	int r = normal(name, &normalised, err);

	if (r != 0)
		return r;
	r = name_exact(vault, normalised, ret_id, err);
	if (r == VAULT_NOT_FOUND)
		r = find_folded(vault, normalised, ret_id, err);
	if (r == VAULT_NOT_FOUND && !vault->batch && !(vault->flags & VAULT_RESCUE))
		r = prove_absence(vault, normalised, err);
	return r;
}

int name_taken(struct vault *vault, const char *name, bool *ret_taken, struct error *err)
{
	int64_t id;
	int r = name_exact(vault, name, &id, err);

	*ret_taken = r == 0;
	return r < 0 ? r : 0;
}
