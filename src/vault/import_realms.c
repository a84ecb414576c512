/* Realms of a file: which entries of this vault share a password on purpose is not a file's to
 * say, so a realm that is here already takes nobody in by an import. */
#include "vault/importing.h"

#include <stdlib.h>
#include <string.h>

#include <vault/realm.h>

#include "base/buf.h"
#include "base/span.h"

/* Those that were here before the import. */
struct realm_names {
	char **names; /* in order */
	size_t count, room;
};

void realm_names_free(struct vault *vault)
{
	struct realm_names *all = vault->realms;

	for (size_t i = 0; all && i < all->count; i++)
		free(all->names[i]);
	if (all)
		free(all->names);
	free(all);
	vault->realms = NULL;
}

static int keep_name(struct realm_names *all, struct span text, struct error *err)
{
	char name[REALM_NAME_SIZE];
	const char *reason;
	char **names;

	if (!text.bytes || !realm_split(text.bytes, text.length, name, &reason) ||
	    (all->count > 0 && strcmp(all->names[all->count - 1], name) == 0))
		return 0;
	names = list_room(all->names, all->count, &all->room, sizeof(*names));
	if (names)
		all->names = names;
	if (!names || !(names[all->count] = strdup(name)))
		return error_set(err, VAULT_FAILED, "out of memory");
	all->count++;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* When the first realm comes up, none of the file has been taken yet. */
static int load(struct vault *vault, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r;

	if (vault->realms)
		return 0;
	vault->realms = calloc(1, sizeof(*vault->realms));
	if (!vault->realms)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = db_stmt(vault->db, SQL_REALM_MEMBERS, &stmt, err);
	while (r == 0 && (r = stmt_step(stmt, err)) == 1)
		r = keep_name(vault->realms, stmt_span(stmt, 2), err);
	if (r == 0 && vault->realms->count > 1)
		qsort(vault->realms->names, vault->realms->count, sizeof(char *), compare_names);
	return r;
}

/* Is the entry in the very realm, or in any? */
static int look_at(struct vault *vault, int64_t id, struct span text, bool *ret_any, bool *ret_same,
                   struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_FIELD_REALM, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	r = stmt_step(stmt, err);
	*ret_any = r == 1;
	*ret_same = r == 1 && span_equal(stmt_span(stmt, 0), text);
	return r < 0 ? r : 0;
}

int realm_enters(struct vault *vault, int64_t id, struct span text, bool *ret_enters,
                 struct error *err)
{
	char name[REALM_NAME_SIZE];
	const char *key = name, *reason;
	bool any = false, same = false;
	int r = load(vault, err);

	if (r == 0 && id != 0)
		r = look_at(vault, id, text, &any, &same, err);
	if (r < 0)
		return r;
	*ret_enters = same || (!any && realm_split(text.bytes, text.length, name, &reason) &&
	                       (vault->realms->count == 0 ||
	                        !bsearch(&key, vault->realms->names, vault->realms->count,
	                                 sizeof(char *), compare_names)));
	return 0;
}
