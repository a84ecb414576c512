/* The forms of passwords, as they are stored: see variant.h for what they are. */
#include "vault/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "vault/leaf.h"
#include "vault/variant.h"

#define WAYS_MAX 1000000 /* kept for later: 24 MB */
#define HASHES_MAX (1 + VARIANT_FORMS_MAX * VARIANT_FORM_BYTES)

_Static_assert(HASHES_MAX == FORMS_MAX, "a row of form in a record");

static size_t pack(const struct variant_forms *forms, unsigned char hashes[HASHES_MAX])
{
	hashes[0] = (unsigned char)forms->n_sure;
	memcpy(hashes + 1, forms->hashes, forms->count * VARIANT_FORM_BYTES);
	return 1 + forms->count * VARIANT_FORM_BYTES;
}

bool forms_unpack(const void *bytes, size_t length, struct variant_forms *ret_forms)
{
	const unsigned char *hashes = bytes;

	*ret_forms = (struct variant_forms){0};
	if (!hashes || length < 1 || length > HASHES_MAX || (length - 1) % VARIANT_FORM_BYTES != 0)
		return false;
	ret_forms->count = (length - 1) / VARIANT_FORM_BYTES;
	ret_forms->n_sure = hashes[0];
	memcpy(ret_forms->hashes, hashes + 1, length - 1);
	return ret_forms->n_sure <= ret_forms->count;
}

int64_t form_number(const unsigned char *hash)
{
	return (int64_t)get_u64(hash);
}

/* ---- ways ---------------------------------------------------------------------------- */

/* Runs a statement of `count` rows. */
static int run_ways(struct vault *vault, enum sql what, const struct form_way *ways, int count,
                    struct error *err)
{
	struct stmt *stmt = NULL;
	int r = db_stmt(vault->db, what, &stmt, err);

	if (r < 0)
		return r;
	for (int i = 0; i < count; i++) {
		stmt_bind_int(stmt, 3 * i + 1, ways[i].hash);
		stmt_bind_int(stmt, 3 * i + 2, ways[i].entry);
		stmt_bind_int(stmt, 3 * i + 3, ways[i].position);
	}
	return stmt_run(stmt, err);
}

static int compare_ways(const void *left, const void *right)
{
	const struct form_way *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->entry != b->entry)
		return a->entry < b->entry ? -1 : 1;
	return a->position < b->position ? -1 : a->position > b->position;
}

int ways_write(struct vault *vault, struct error *err)
{
	const struct form_way *ways = vault->ways.items;
	size_t count = vault->ways.count, at = 0;
	int r = 0;

	if (count > 1)
		qsort(vault->ways.items, count, sizeof(*ways), compare_ways);
	for (; count - at >= SQL_VARIANT_MANY && r == 0; at += SQL_VARIANT_MANY)
		r = run_ways(vault, SQL_VARIANT_INSERT_MANY, ways + at, SQL_VARIANT_MANY, err);
	for (; at < count && r == 0; at++)
		r = run_ways(vault, SQL_VARIANT_INSERT, ways + at, 1, err);
	vault->ways.count = 0;
	vault->batch_failed |= r < 0;
	return r;
}

void ways_forget(struct vault *vault)
{
	free(vault->ways.items);
	vault->ways.items = NULL;
	vault->ways.count = vault->ways.room = 0;
}

static int add_way(struct vault *vault, const struct form_way *way, struct error *err)
{
	struct form_way *items;

	if (!vault->batch)
		return run_ways(vault, SQL_VARIANT_INSERT, way, 1, err);
	items = list_room(vault->ways.items, vault->ways.count, &vault->ways.room, sizeof(*items));
	if (!items)
		return error_set(err, VAULT_FAILED, "out of memory");
	vault->ways.items = items;
	items[vault->ways.count++] = *way;
	return vault->ways.count < WAYS_MAX ? 0 : ways_write(vault, err);
}

static int remove_way(struct vault *vault, const struct form_way *way, struct error *err)
{
	/* It may be one that is still to be written. */
	int r = ways_write(vault, err);

	return r == 0 ? run_ways(vault, SQL_VARIANT_DELETE, way, 1, err) : r;
}

/* Each form's way to the password, made or taken away. */
static int
each_way(struct vault *vault,
         int (*do_one)(struct vault *vault, const struct form_way *way, struct error *err),
         const struct variant_forms *forms, int64_t id, int64_t position, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < forms->count && r == 0; i++)
		r = do_one(vault, &(struct form_way){form_number(forms->hashes[i]), id, position},
		           err);
	return r;
}

/* ---- rows ---------------------------------------------------------------------------- */

int forms_read(struct vault *vault, int64_t id, int64_t position, struct variant_forms *ret_forms,
               struct error *err)
{
	STMT_AUTO *stmt = NULL;
	size_t length;
	const void *hashes;
	int r = db_stmt(vault->db, SQL_FORM_READ, &stmt, err);

	*ret_forms = (struct variant_forms){0};
	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	while ((r = stmt_step(stmt, err)) == 1) {
		if (stmt_int(stmt, 0) != position)
			continue;
		hashes = stmt_blob(stmt, 1, &length);
		if (!forms_unpack(hashes, length, ret_forms))
			return error_set(err, VAULT_DAMAGED,
			                 "the forms of a password are damaged: see 'vault check'");
	}
	return r;
}

static bool same(const struct variant_forms *a, const struct variant_forms *b)
{
	return a->count == b->count && a->n_sure == b->n_sure &&
	       memcmp(a->hashes, b->hashes, a->count * VARIANT_FORM_BYTES) == 0;
}

static int write_row(struct vault *vault, int64_t id, int64_t position, struct span hashes,
                     struct error *err)
{
	struct stmt *stmt = NULL;
	int r = db_stmt(vault->db, SQL_FORM_WRITE, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	stmt_bind_int(stmt, 2, position);
	stmt_bind_blob(stmt, 3, hashes.bytes, hashes.length);
	return stmt_run(stmt, err);
}

int forms_write(struct vault *vault, const struct entry *entry, int64_t id, int64_t position,
                const struct secret *password, struct error *err)
{
	struct variant_forms forms, before;
	unsigned char hashes[HASHES_MAX];
	int r = forms_read(vault, id, position, &before, err);

	if (r < 0)
		return r;
	variant_forms(password, entry, vault->keys->fingerprint, &forms);
	if (same(&forms, &before))
		return 0;
	r = each_way(vault, remove_way, &before, id, position, err);
	if (r == 0)
		r = each_way(vault, add_way, &forms, id, position, err);
	return r == 0 ? write_row(vault, id, position, (struct span){hashes, pack(&forms, hashes)},
	                          err)
	              : r;
}

int forms_copy(struct vault *vault, int64_t from, int64_t from_position, int64_t id,
               int64_t position, struct error *err)
{
	struct variant_forms forms;
	unsigned char hashes[HASHES_MAX];
	int r = forms_read(vault, from, from_position, &forms, err);

	if (r < 0 || forms.count == 0)
		return r;
	r = each_way(vault, add_way, &forms, id, position, err);
	return r == 0 ? write_row(vault, id, position, (struct span){hashes, pack(&forms, hashes)},
	                          err)
	              : r;
}

int forms_add(struct vault *vault, const struct entry *entry, int64_t id, int64_t position,
              const struct secret *password, struct hash *leaf, struct error *err)
{
	struct variant_forms forms;
	unsigned char hashes[HASHES_MAX];
	struct span row = {hashes, 0};
	int r;

	variant_forms(password, entry, vault->keys->fingerprint, &forms);
	if (forms.count == 0)
		return 0;
	row.length = pack(&forms, hashes);
	leaf_form(leaf, position, row);
	r = each_way(vault, add_way, &forms, id, position, err);
	return r == 0 ? write_row(vault, id, position, row, err) : r;
}

int forms_keep(struct vault *vault, int64_t id, int64_t position, struct span hashes,
               struct error *err)
{
	struct variant_forms forms;
	int r;

	if (!forms_unpack(hashes.bytes, hashes.length, &forms))
		return error_set(err, VAULT_DAMAGED,
		                 "the forms of a password are damaged: see 'vault check'");
	r = each_way(vault, add_way, &forms, id, position, err);
	return r == 0 ? write_row(vault, id, position, hashes, err) : r;
}

/* The ways to one password of the row that `stmt` stands on. */
static int clear_row(struct vault *vault, int64_t id, struct stmt *stmt, struct error *err)
{
	struct variant_forms forms;
	struct span hashes = stmt_span(stmt, 1);

	if (!forms_unpack(hashes.bytes, hashes.length, &forms))
		return 0; /* the row goes */
	return each_way(vault, remove_way, &forms, id, stmt_int(stmt, 0), err);
}

int forms_clear(struct vault *vault, int64_t id, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	struct stmt *erase = NULL;
	int r = db_stmt(vault->db, SQL_FORM_READ, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	while ((r = stmt_step(stmt, err)) == 1) {
		r = clear_row(vault, id, stmt, err);
		if (r < 0)
			return r;
	}
	if (r == 0)
		r = db_stmt(vault->db, SQL_FORM_DELETE, &erase, err);
	if (r < 0)
		return r;
	stmt_bind_int(erase, 1, id);
	return stmt_run(erase, err);
}
