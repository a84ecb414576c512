/* The guard's second half: whose variant a password would be. */
#include "vault/internal.h"

#include <stdlib.h>
#include <string.h>

#include "vault/variant.h"

#define PER_FORM 100 /* candidates looked at; more have a half in common that says nothing */

struct candidate {
	int64_t entry, position;
	bool sure; /* by a form that only variants have */
};

struct search {
	struct vault *vault;
	const struct secret *password; /* NULL: its forms are all that is known of it */
	const struct entry *entry;
	int64_t id;  /* the entry's: of its own passwords only those that leaked are told */
	bool burned; /* tell of one that leaked as such */
	struct conflicts *conflicts;
	size_t n_before; /* conflicts that are no variants */
	struct candidate candidates[VARIANT_FORMS_MAX * PER_FORM];
	size_t n_candidates;
	struct secret *theirs; /* one candidate's password after the other */
};

static void add_candidate(struct search *search, int64_t entry, int64_t position, bool sure)
{
	for (size_t i = 0; i < search->n_candidates; i++) {
		struct candidate *candidate = &search->candidates[i];

		if (candidate->entry == entry && candidate->position == position) {
			candidate->sure |= sure;
			return;
		}
	}
	search->candidates[search->n_candidates++] = (struct candidate){entry, position, sure};
}

static int gather(struct search *search, const struct variant_forms *forms, struct error *err)
{
	int r = ways_write(search->vault, err);

	for (size_t i = 0; i < forms->count && r == 0; i++) {
		STMT_AUTO *stmt = NULL;

		r = db_stmt(search->vault->db, SQL_VARIANT_PARTNERS, &stmt, err);
		if (r < 0)
			return r;
		stmt_bind_int(stmt, 1, form_number(forms->hashes[i]));
		stmt_bind_int(stmt, 2, PER_FORM);
		while ((r = stmt_step(stmt, err)) == 1)
			add_candidate(search, stmt_int(stmt, 0), stmt_int(stmt, 1),
			              i < forms->n_sure);
	}
	return r;
}

/* The candidate's URLs: its service's name may stand in its password. */
static int add_urls(struct vault *vault, int64_t id, struct entry *entry, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_FIELD_URLS, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	while ((r = stmt_step(stmt, err)) == 1) {
		const char *url = stmt_text(stmt, 0);

		r = url ? entry_set_text(entry, FIELD_URL, NULL, url, err) : 0;
		if (r < 0)
			return r;
	}
	return r;
}

int entry_names(struct vault *vault, int64_t id, const char *name, const char *user,
                struct entry **ret_entry, struct error *err)
{
	ENTRY_AUTO *entry = NULL;
	int r = entry_new(&entry, name, err);

	if (r == 0)
		r = entry_set_user(entry, user, err);
	if (r == 0)
		r = add_urls(vault, id, entry, err);
	if (r < 0)
		return r;
	*ret_entry = entry;
	entry = NULL;
	return 0;
}

/* What differs from the password of `stmt`'s row; 0: nothing to speak of. */
static int compare(struct search *search, const struct candidate *candidate, struct stmt *stmt,
                   unsigned *ret_how, struct error *err)
{
	ENTRY_AUTO *entry = NULL;
	size_t length = 0;
	const void *value = stmt_blob(stmt, 5, &length);
	const char *name = stmt_text(stmt, 0), *user = stmt_text(stmt, 1);
	bool both = value && search->password;
	int r;

	*ret_how = both || !candidate->sure ? 0 : VARIANT_UNKNOWN;
	if (!both || length > PASSWORD_MAX)
		return 0;
	r = entry_names(search->vault, candidate->entry, name ? name : "", user, &entry, err);
	if (r == 0 && !search->theirs)
		r = secret_new(&search->theirs, PASSWORD_MAX, err);
	if (r < 0)
		return r;
	search->theirs->length = 0;
	r = secret_append(search->theirs, value, length, err);
	if (r == 0)
		*ret_how = variant_compare(search->password, search->entry, search->theirs, entry);
	return r;
}

/* The place among the conflicts for a variant of that name: NULL where it is told already, or
 * better. */
static int keep(struct search *search, const struct conflict *conflict, const char *name,
                struct error *err)
{
	struct conflicts *conflicts = search->conflicts;

	for (size_t i = 0; i < conflicts->count; i++) {
		struct conflict *other = &conflicts->items[i];

		if (!other->name || strcmp(other->name, name) != 0 ||
		    other->state != conflict->state)
			continue;
		if (i >= search->n_before && other->until != 0 &&
		    (conflict->until == 0 || conflict->until > other->until)) {
			char *kept = other->name;

			*other = *conflict;
			other->name = kept;
		}
		return 0;
	}
	return conflicts_add(conflicts, conflict, name, err);
}

/* 1: the password of `stmt`'s row leaked; gives its incident's row. */
static int find_burned(struct vault *vault, struct stmt *stmt, struct stmt **ret_burned,
                       struct error *err)
{
	struct span fingerprint = stmt_span(stmt, 6);
	int r = db_stmt(vault->db, SQL_PASSWORD_BURNED, ret_burned, err);

	if (r < 0)
		return r;
	stmt_bind_blob(*ret_burned, 1, fingerprint.bytes, fingerprint.length);
	return stmt_step(*ret_burned, err);
}

static int keep_burned(struct search *search, struct stmt *burned, unsigned how, struct error *err)
{
	const struct conflict conflict = {
		.kind = CONFLICT_BURNED_VARIANT,
		.id = stmt_int(burned, 0),
		.state = ENTRY_INCIDENT,
		.since = stmt_int(burned, 2),
		.how = how,
	};
	const char *name = stmt_text(burned, 1);

	return name ? keep(search, &conflict, name, err)
	            : error_set(err, VAULT_FAILED, "out of memory");
}

static int look_at(struct search *search, const struct candidate *candidate, struct error *err)
{
	struct vault *vault = search->vault;
	STMT_AUTO *stmt = NULL;
	STMT_AUTO *burned = NULL;
	struct conflict conflict = {0};
	const char *name;
	int r = db_stmt(vault->db, SQL_VARIANT_CANDIDATE, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, candidate->entry);
	stmt_bind_int(stmt, 2, candidate->position);
	r = stmt_step(stmt, err);
	if (r <= 0)
		return r;
	r = compare(search, candidate, stmt, &conflict.how, err);
	if (r < 0 || conflict.how == 0)
		return r;
	conflict.id = candidate->entry;
	conflict.state = (enum entry_state)stmt_int(stmt, 2);
	conflict.since = stmt_int(stmt, 3);
	conflict.until = stmt_is_null(stmt, 4) ? 0 : stmt_int(stmt, 4);
	conflict.kind = conflict.until == 0 ? CONFLICT_VARIANT_NOW : CONFLICT_VARIANT_THEN;
	if (search->burned) {
		r = find_burned(vault, stmt, &burned, err);
		if (r < 0)
			return r;
		if (r == 1)
			return keep_burned(search, burned, conflict.how, err);
	}
	if (conflict.state > ENTRY_PURGED || candidate->entry == search->id)
		return 0;
	if (search->entry) {
		r = realm_partner(vault, search->entry, candidate->entry, &conflict.realm, err);
		if (r < 0)
			return r;
	}
	name = stmt_text(stmt, 0);
	return name ? keep(search, &conflict, name, err)
	            : error_set(err, VAULT_FAILED, "out of memory");
}

/* In use first, then the latest. */
static int compare_conflicts(const void *left, const void *right)
{
	const struct conflict *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->since != b->since)
		return a->since > b->since ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* What shares the forms, and is a variant. */
static int find(struct search *search, const struct variant_forms *forms, struct error *err)
{
	struct conflicts *conflicts = search->conflicts;
	int r;

	search->n_before = conflicts->count;
	r = gather(search, forms, err);
	for (size_t i = 0; i < search->n_candidates && r == 0; i++)
		r = look_at(search, &search->candidates[i], err);
	secret_free(search->theirs);
	if (r == 0 && conflicts->count > search->n_before)
		qsort(conflicts->items + search->n_before, conflicts->count - search->n_before,
		      sizeof(struct conflict), compare_conflicts);
	return r;
}

int relatives_find(struct vault *vault, const struct secret *password, const struct entry *entry,
                   int64_t id, bool burned, struct conflicts *conflicts, struct error *err)
{
	FREE_AUTO struct search *search = calloc(1, sizeof(*search));
	struct variant_forms forms;

	if (!search)
		return error_set(err, VAULT_FAILED, "out of memory");
	search->vault = vault;
	search->password = password;
	search->entry = entry;
	search->id = id;
	search->burned = burned;
	search->conflicts = conflicts;
	variant_forms(password, entry, vault->keys->fingerprint, &forms);
	return find(search, &forms, err);
}

int relatives_by_forms(struct vault *vault, const struct variant_forms *forms, int64_t id,
                       struct conflicts *conflicts, struct error *err)
{
	FREE_AUTO struct search *search = calloc(1, sizeof(*search));

	if (!search)
		return error_set(err, VAULT_FAILED, "out of memory");
	search->vault = vault;
	search->id = id;
	search->conflicts = conflicts;
	return find(search, forms, err);
}
