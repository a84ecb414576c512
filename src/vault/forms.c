/* The forms of passwords, as they are stored: see variant.h for what they are. */
#include "vault/internal.h"

#include <string.h>

#include "base/bytes.h"
#include "vault/variant.h"

#define HASHES_MAX (1 + VARIANT_FORMS_MAX * VARIANT_FORM_BYTES)

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

/* Each form's way to the password, made or taken away. */
static int write_ways(struct vault *vault, enum sql what, const struct variant_forms *forms,
                      int64_t id, int64_t position, struct error *err)
{
	struct stmt *stmt = NULL;
	int r = 0;

	for (size_t i = 0; i < forms->count && r == 0; i++) {
		r = db_stmt(vault->db, what, &stmt, err);
		if (r < 0)
			return r;
		stmt_bind_int(stmt, 1, form_number(forms->hashes[i]));
		stmt_bind_int(stmt, 2, id);
		stmt_bind_int(stmt, 3, position);
		r = stmt_run(stmt, err);
	}
	return r;
}

/* The forms that are stored of one password; none, where there is no row. */
static int read_forms(struct vault *vault, int64_t id, int64_t position,
                      struct variant_forms *ret_forms, struct error *err)
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

int forms_write(struct vault *vault, const struct entry *entry, int64_t id, int64_t position,
                const struct secret *password, struct error *err)
{
	struct variant_forms forms, before;
	unsigned char hashes[HASHES_MAX];
	struct stmt *stmt = NULL;
	int r = read_forms(vault, id, position, &before, err);

	if (r < 0)
		return r;
	variant_forms(password, entry, vault->keys->fingerprint, &forms);
	if (same(&forms, &before))
		return 0;
	r = write_ways(vault, SQL_VARIANT_DELETE, &before, id, position, err);
	if (r == 0)
		r = write_ways(vault, SQL_VARIANT_INSERT, &forms, id, position, err);
	if (r == 0)
		r = db_stmt(vault->db, SQL_FORM_WRITE, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	stmt_bind_int(stmt, 2, position);
	stmt_bind_blob(stmt, 3, hashes, pack(&forms, hashes));
	return stmt_run(stmt, err);
}
