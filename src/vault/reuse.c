/* The reuse guard: one function that every password passes on its way in. */
#include "vault/internal.h"

#include <stdlib.h>
#include <string.h>

void conflicts_done(struct conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->count; i++)
		free(conflicts->items[i].name);
	free(conflicts->items);
	*conflicts = (struct conflicts){0};
}

bool conflicts_burned(const struct conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->count; i++)
		if (conflicts->items[i].kind == CONFLICT_BURNED ||
		    conflicts->items[i].kind == CONFLICT_BURNED_VARIANT)
			return true;
	return false;
}

int conflicts_add(struct conflicts *conflicts, const struct conflict *conflict, const char *name,
                  struct error *err)
{
	struct conflict *items = realloc(conflicts->items, (conflicts->count + 1) * sizeof(*items));
	char *copy = name ? strdup(name) : NULL;

	if (items)
		conflicts->items = items;
	if (!items || (name && !copy)) {
		free(copy);
		return error_set(err, VAULT_FAILED, "out of memory");
	}
	items[conflicts->count] = *conflict;
	items[conflicts->count++].name = copy;
	return 0;
}

bool reuse_is_master(const struct vault *vault, const unsigned char fingerprint[FINGERPRINT_BYTES])
{
	return vault->has_master && hash_equal(fingerprint, vault->keys->master, FINGERPRINT_BYTES);
}

static int find_same(struct vault *vault, const unsigned char fingerprint[FINGERPRINT_BYTES],
                     const struct entry *entry, int64_t id, struct conflicts *ret_conflicts,
                     struct error *err)
{
	struct conflict conflict = {.kind = CONFLICT_MASTER};
	bool burned;
	STMT_AUTO *stmt = NULL;
	int r = 0;

	if (reuse_is_master(vault, fingerprint))
		r = conflicts_add(ret_conflicts, &conflict, NULL, err);
	if (r == 0)
		r = db_stmt(vault->db, SQL_PASSWORD_PARTNERS, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_blob(stmt, 1, fingerprint, FINGERPRINT_BYTES);
	stmt_bind_int(stmt, 2, id);
	/* The statement gives incidents first, then the ones in use. */
	while ((r = stmt_step(stmt, err)) == 1) {
		burned = stmt_int(stmt, 2) == ENTRY_INCIDENT;
		conflict = (struct conflict){
			.kind = burned                  ? CONFLICT_BURNED
		                : stmt_is_null(stmt, 4) ? CONFLICT_SAME_NOW
		                                        : CONFLICT_SAME_THEN,
			.id = stmt_int(stmt, 0),
			.state = (enum entry_state)stmt_int(stmt, 2),
			.since = stmt_int(stmt, burned ? 4 : 3),
			.until = burned ? 0 : stmt_int(stmt, 4),
		};
		r = realm_partner(vault, entry, stmt_int(stmt, 0), &conflict.realm, err);
		if (r == 0)
			r = conflicts_add(ret_conflicts, &conflict, stmt_text(stmt, 1), err);
		if (r < 0)
			return r;
	}
	return r;
}

/* Variants come after all that is the same; not those of what leaked. */
static void move_burned(struct conflicts *conflicts)
{
	struct conflict *items = conflicts->items;

	for (size_t i = 1; i < conflicts->count; i++) {
		const struct conflict burned = items[i];
		size_t at = i;

		if (burned.kind != CONFLICT_BURNED_VARIANT)
			continue;
		for (; at > 0 && items[at - 1].kind > burned.kind; at--)
			items[at] = items[at - 1];
		items[at] = burned;
	}
}

int reuse_find(struct vault *vault, const struct secret *password, const struct entry *entry,
               int64_t id, struct conflicts *ret_conflicts, struct error *err)
{
	unsigned char fingerprint[FINGERPRINT_BYTES];
	int r;

	conflicts_done(ret_conflicts);
	fingerprint_password(fingerprint, password, vault->keys->fingerprint);
	r = find_same(vault, fingerprint, entry, id, ret_conflicts, err);
	if (r == 0)
		r = relatives_find(vault, password, entry, id, true, ret_conflicts, err);
	move_burned(ret_conflicts);
	return r;
}
