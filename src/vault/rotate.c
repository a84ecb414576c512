/* A change of password in two steps: see vault/rotate.h. */
#include <vault/rotate.h>

#include <stdlib.h>
#include <string.h>

#include <vault/realm.h>

#include "vault/internal.h"

const struct secret *rotate_pending(const struct entry *entry)
{
	const struct field *field = entry_field(entry, "pending");

	return field ? field->secret : NULL;
}

/* Runs `step` as one transaction: an answer or a failure undoes it. */
static int transaction(struct vault *vault,
                       int (*step)(struct vault *vault, void *context, struct error *err),
                       void *context, struct error *err)
{
	int ended, r = vault_batch_begin(vault, err);

	if (r < 0)
		return r;
	r = step(vault, context, err);
	ended = vault_batch_end(vault, r == 0, r == 0 ? err : NULL);
	return r != 0 ? r : ended;
}

static int load(struct vault *vault, const char *name, struct entry **ret_entry, struct error *err)
{
	int r = vault_get(vault, name, ret_entry, err);

	if (r == VAULT_NOT_FOUND)
		error_set(err, VAULT_NOT_FOUND, "no entry '%s'", name);
	return r;
}

static int load_pending(struct vault *vault, const char *name, struct entry **ret_entry,
                        struct error *err)
{
	int r = load(vault, name, ret_entry, err);

	if (r == 0 && !rotate_pending(*ret_entry)) {
		error_set(err, VAULT_NOT_FOUND, "no change of '%s' is pending", (*ret_entry)->name);
		return VAULT_NOT_FOUND;
	}
	return r;
}

/* ---- the first step ------------------------------------------------------------------ */

struct beginning {
	const char *name;
	struct secret *password;
	struct write_result *result;
};

/* Inside its realm the entry's partners do not count. It is no partner of its own. */
static bool is_refused(const struct conflicts *conflicts, const char *own)
{
	for (size_t i = 0; i < conflicts->count; i++) {
		const struct conflict *conflict = &conflicts->items[i];

		if (!conflict->realm || strcmp(conflict->name, own) == 0)
			return true;
	}
	return false;
}

static int begin(struct vault *vault, void *context, struct error *err)
{
	const struct beginning *beginning = context;
	struct entry_edit edit = {0};
	SECRET_AUTO *copy = NULL;
	ENTRY_AUTO *entry = NULL;
	ENTRY_AUTO *set = NULL;
	struct conflicts *conflicts = &beginning->result->conflicts;
	int r = load(vault, beginning->name, &entry, err);

	if (r == 0 && rotate_pending(entry)) {
		error_set(err, VAULT_EXISTS, "a change of '%s' is pending already", entry->name);
		return VAULT_EXISTS;
	}
	/* As a new entry's (0): then the present password is one of those in use. */
	if (r == 0)
		r = reuse_find(vault, beginning->password, entry, 0, conflicts, err);
	if (r == 0 && is_refused(conflicts, entry->name)) {
		error_set(err, VAULT_REFUSED, "the password is not a fresh one");
		return VAULT_REFUSED;
	}
	if (r == 0)
		r = secret_copy(&copy, beginning->password->bytes, beginning->password->length,
		                err);
	if (r == 0)
		r = entry_new(&set, entry->name, err);
	if (r == 0)
		r = entry_set_secret(set, FIELD_PENDING, NULL, &copy, err);
	if (r != 0)
		return r;
	edit.set = set;
	return vault_edit(vault, entry->name, &edit, NULL, beginning->result, err);
}

int rotate_begin(struct vault *vault, const char *name, struct secret **password,
                 struct write_result *result, struct error *err)
{
	struct beginning beginning = {name, *password, result};
	int r;

	if ((*password)->length == 0 || (*password)->length > PASSWORD_MAX)
		return error_set(err, VAULT_USAGE, "a password holds 1 to %zu bytes", PASSWORD_MAX);
	r = transaction(vault, begin, &beginning, err);
	if (r == 0) {
		secret_free(*password);
		*password = NULL;
	}
	return r;
}

/* ---- the second step ----------------------------------------------------------------- */

struct ending {
	const char *name;
	const struct rotate_end *how; /* NULL: to be dropped */
	struct write_result *result;
	size_t others;
};

static int end(struct vault *vault, void *context, struct error *err)
{
	static const char *const pending[] = {"pending", NULL};
	struct ending *ending = context;
	const struct rotate_end *how = ending->how;
	struct entry_edit edit = {.clear = pending};
	ENTRY_AUTO *entry = NULL;
	const struct secret *next;
	int r = load_pending(vault, ending->name, &entry, err);

	next = r == 0 && how ? rotate_pending(entry) : NULL;
	if (next)
		r = secret_copy(&edit.password, next->bytes, next->length, err);
	if (r == 0 && how && how->realm_too)
		r = realm_edit(vault, entry->name, &edit, how->allow_reuse, ending->result,
		               &ending->others, err);
	else if (r == 0)
		r = vault_edit(vault, entry->name, &edit, how ? how->allow_reuse : NULL,
		               ending->result, err);
	secret_free(edit.password);
	return r;
}

int rotate_done(struct vault *vault, const char *name, const struct rotate_end *how,
                struct write_result *result, size_t *ret_others, struct error *err)
{
	struct ending ending = {.name = name, .how = how, .result = result};
	int r = transaction(vault, end, &ending, err);

	if (r == 0 && ret_others)
		*ret_others = ending.others;
	return r;
}

int rotate_abort(struct vault *vault, const char *name, struct write_result *result,
                 struct error *err)
{
	struct ending ending = {.name = name, .result = result};

	return transaction(vault, end, &ending, err);
}

/* ---- all that are pending ------------------------------------------------------------ */

int rotate_list(struct vault *vault, int (*each)(void *context, const char *name), void *context,
                struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = read_begin(vault, err);

	if (r < 0)
		return r;
	r = db_stmt(vault->db, SQL_FIELD_PENDING, &stmt, err);
	while (r == 0 && (r = stmt_step(stmt, err)) == 1)
		r = each(context, stmt_text(stmt, 0));
	stmt_done(stmt);
	stmt = NULL;
	read_end(vault);
	return r;
}
