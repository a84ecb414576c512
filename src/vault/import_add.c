/* A new entry from an item. */
#include "vault/importing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/leaf.h"
#include "vault/values.h"

/* ---- a free name --------------------------------------------------------------------- */

/* "NAME (BEHIND)", NAME cut where it would be too long. Gives; free(3). */
static int with_behind(const char *name, const char *behind, char **ret_name, struct error *err)
{
	size_t room = strlen(behind) + 3;
	FREE_AUTO char *front = NULL;
	FREE_AUTO char *whole = NULL;
	int r = text_tidy(name, strlen(name), NAME_MAX_BYTES - room, &front, err);

	if (r == 0 && asprintf(&whole, "%s (%s)", front, behind) < 0) {
		whole = NULL;
		r = error_set(err, VAULT_FAILED, "out of memory");
	}
	return r == 0 ? text_name(whole, ret_name, err) : r;
}

static int with_user(const char *name, const char *user, char **ret_name, struct error *err)
{
	FREE_AUTO char *behind = NULL;
	int r = text_tidy(user, strlen(user), NAME_MAX_BYTES / 2, &behind, err);

	return r == 0 && behind[0] ? with_behind(name, behind, ret_name, err) : r;
}

static int with_number(const char *name, uint64_t number, char **ret_name, struct error *err)
{
	char behind[24];

	snprintf(behind, sizeof(behind), "%llu", (unsigned long long)number);
	return with_behind(name, behind, ret_name, err);
}

int import_other_name(const char *name, const char *user, uint64_t number, char **ret_name,
                      struct error *err)
{
	*ret_name = NULL;
	if (number > 1)
		return with_number(name, number, ret_name, err);
	return user ? with_user(name, user, ret_name, err) : 0;
}

static int try_number(struct vault *vault, const char *name, uint64_t number, char **ret_name,
                      bool *ret_taken, struct error *err)
{
	int r;

	free(*ret_name);
	*ret_name = NULL;
	r = with_number(name, number, ret_name, err);
	return r == 0 ? name_taken(vault, *ret_name, ret_taken, err) : r;
}

/* Numbers are taken from 2 on, so the first free one is found by doubling and halving: a thousand
 * accounts at one service are no thousand look-ups each. */
static int free_number(struct vault *vault, const char *name, char **ret_name, struct error *err)
{
	struct import_numbers *numbers;
	uint64_t low, high; /* taken; perhaps free */
	bool taken = true;
	int r = import_numbers(vault, name, &numbers, err);

	if (r < 0)
		return r;
	low = numbers->taken;
	high = low + 1;
	for (uint64_t step = 2; r == 0 && taken; step *= 2) {
		r = try_number(vault, name, high, ret_name, &taken, err);
		if (r == 0 && taken) {
			low = high;
			high += step;
		}
	}
	while (r == 0 && high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		r = try_number(vault, name, middle, ret_name, &taken, err);
		if (taken)
			low = middle;
		else
			high = middle;
	}
	numbers->taken = high;
	return r == 0 ? try_number(vault, name, high, ret_name, &taken, err) : r;
}

int import_name(struct vault *vault, const char *wanted, const char *user, char **ret_name,
                struct error *err)
{
	FREE_AUTO char *name = NULL;
	FREE_AUTO char *found = NULL;
	bool taken = false;
	int r = text_name(wanted, &name, err);

	if (r == 0)
		r = name_taken(vault, name, &taken, err);
	if (r < 0)
		return r;
	if (taken && user) {
		r = with_user(name, user, &found, err);
		if (r == 0 && found)
			r = name_taken(vault, found, &taken, err);
	}
	if (r == 0 && taken)
		r = free_number(vault, name, &found, err);
	if (r < 0)
		return r;
	*ret_name = found ? found : name;
	if (found)
		found = NULL;
	else
		name = NULL;
	return 0;
}

/* ---- rows ---------------------------------------------------------------------------- */

static int insert_entry(struct vault *vault, struct leaf_entry *row, const char *name,
                        const char *user, struct hash *leaf, struct error *err)
{
	FREE_AUTO char *folded = NULL;
	struct stmt *stmt = NULL;
	int r = text_fold(name, &folded, err);

	if (r == 0)
		r = db_stmt(vault->db, SQL_ENTRY_INSERT, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_blob(stmt, 1, row->uuid, ITEM_UUID_BYTES);
	stmt_bind_int(stmt, 2, row->revision);
	stmt_bind_text(stmt, 3, name);
	stmt_bind_text(stmt, 4, folded);
	stmt_bind_text(stmt, 5, user);
	stmt_bind_int(stmt, 6, row->created);
	stmt_bind_int(stmt, 7, row->modified);
	stmt_bind_int(stmt, 8, row->state);
	stmt_bind_int(stmt, 9, row->trashed);
	r = stmt_run(stmt, err);
	row->id = db_last_id(vault->db);
	row->name = text_span(name);
	row->user = text_span(user);
	leaf_start(leaf, vault->keys->digest, row);
	return r;
}

static int insert_password(struct vault *vault, int64_t id, int64_t position,
                           const struct item_password *password, int64_t since, struct hash *leaf,
                           struct error *err)
{
	unsigned char fingerprint[FINGERPRINT_BYTES];
	struct stmt *stmt = NULL;
	int r = db_stmt(vault->db, SQL_PASSWORD_INSERT, &stmt, err);

	if (r < 0)
		return r;
	hash_bytes(fingerprint, password->value.bytes, password->value.length,
	           vault->keys->fingerprint);
	stmt_bind_int(stmt, 1, id);
	stmt_bind_int(stmt, 2, position);
	stmt_bind_int(stmt, 3, since);
	if (password->until)
		stmt_bind_int(stmt, 4, password->until);
	else
		stmt_bind_null(stmt, 4);
	stmt_bind_blob(stmt, 5, password->value.bytes, password->value.length);
	stmt_bind_blob(stmt, 6, fingerprint, sizeof(fingerprint));
	stmt_bind_text(stmt, 7, password->reason);
	if (leaf)
		leaf_password(leaf, position, since, password->until ? &password->until : NULL,
		              password->value, fingerprint, text_span(password->reason));
	return stmt_run(stmt, err);
}

int import_passwords(struct vault *vault, int64_t id, const struct item_password *passwords,
                     size_t count, int64_t otherwise, struct hash *leaf, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = insert_password(vault, id, (int64_t)i, &passwords[i],
		                    passwords[i].since ? passwords[i].since : otherwise, leaf, err);
	return r;
}

struct secret import_lend(const struct item_password *password)
{
	return (struct secret){(unsigned char *)(uintptr_t)password->value.bytes,
	                       password->value.length, password->value.length};
}

/* What variants of a password are found by. */
static int insert_forms(struct vault *vault, int64_t id, const struct item *item,
                        const struct entry *entry, struct hash *leaf, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < item->n_passwords && r == 0; i++) {
		const struct secret borrowed = import_lend(&item->passwords[i]);

		r = forms_add(vault, entry, id, (int64_t)i, &borrowed, leaf, err);
	}
	return r;
}

static int insert_fields(struct vault *vault, int64_t id, const struct item *item,
                         struct hash *leaf, struct error *err)
{
	struct stmt *stmt = NULL;
	int r = db_stmt(vault->db, SQL_FIELD_INSERT, &stmt, err);

	for (size_t i = 0; i < item->n_fields && r == 0; i++) {
		const struct item_field *field = &item->fields[i];

		stmt_bind_int(stmt, 1, id);
		stmt_bind_int(stmt, 2, field->kind);
		stmt_bind_int(stmt, 3, (int64_t)i);
		stmt_bind_text(stmt, 4, field->key);
		stmt_bind_blob(stmt, 5, field->value.bytes, field->value.length);
		leaf_field(leaf, field->kind, text_span(field->key), field->value);
		r = stmt_run(stmt, err);
	}
	return r;
}

/* The names and addresses of the entry, borrowed: what its passwords' forms are made after. */
static int lend(const struct item *item, const char *name, struct entry *entry, struct error *err)
{
	*entry = (struct entry){.name = (char *)(uintptr_t)name,
	                        .user = (char *)(uintptr_t)item->user};
	entry->fields = calloc(item->n_fields + 1, sizeof(*entry->fields));
	if (!entry->fields)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < item->n_fields; i++)
		if (item->fields[i].kind == FIELD_URL)
			entry->fields[entry->n_fields++] =
				(struct field){.kind = FIELD_URL,
			                       .text = (char *)(uintptr_t)item->fields[i]
			                                       .value.bytes};
	return 0;
}

int import_add(struct vault *vault, const struct item *item, const char *name,
               const unsigned char uuid[ITEM_UUID_BYTES], int64_t *ret_id, struct error *err)
{
	int64_t now = now_seconds(), created = item->created ? item->created : item->modified;
	struct leaf_entry row = {
		.revision = 1,
		.state = item->trashed ? ENTRY_TRASHED : ENTRY_LIVE,
		.created = created ? created : now,
		.trashed = item->trashed,
		.uuid = uuid,
	};
	struct entry entry;
	struct hash leaf;
	int r;

	row.modified = item->modified ? item->modified : row.created;
	r = lend(item, name, &entry, err);
	if (r < 0)
		return r;
	r = insert_entry(vault, &row, name, item->user, &leaf, err);
	if (r == 0)
		r = import_passwords(vault, row.id, item->passwords, item->n_passwords,
		                     row.modified, &leaf, err);
	if (r == 0)
		r = insert_forms(vault, row.id, item, &entry, &leaf, err);
	if (r == 0)
		r = insert_fields(vault, row.id, item, &leaf, err);
	if (r == 0)
		r = record_seal_leaf(vault, row.id, &leaf, err);
	secret_wipe(&leaf, sizeof(leaf));
	free(entry.fields);
	*ret_id = row.id;
	return r;
}
