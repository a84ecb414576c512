/* Entries as rows: read, hashed to a leaf of the digest, and written. */
#include "vault/internal.h"

#include <stdlib.h>
#include <string.h>

#include <vault/text.h>

#include "store/schema.h"
#include "vault/leaf.h"

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

static int copy_text(char **ret_text, struct stmt *stmt, int column, struct error *err)
{
	const char *text = stmt_text(stmt, column);

	if (!text)
		return 0;
	*ret_text = strdup(text);
	return *ret_text ? 0 : no_memory(err);
}

static int copy_secret(struct secret **ret_secret, struct stmt *stmt, int column, struct error *err)
{
	size_t length = 0;
	const void *bytes = stmt_blob(stmt, column, &length);

	return bytes ? secret_copy(ret_secret, bytes, length, err) : 0;
}

/* ---- reading ------------------------------------------------------------------------ */

int entry_row(struct vault *vault, int64_t id, struct stmt **ret_stmt, struct error *err)
{
	int r = db_stmt(vault->db, SQL_ENTRY_READ, ret_stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(*ret_stmt, 1, id);
	return stmt_step(*ret_stmt, err);
}

static int read_entry(struct vault *vault, struct record *record, struct hash *leaf,
                      struct error *err)
{
	STMT_AUTO *stmt = NULL;
	struct entry *entry = record->entry;
	const void *uuid;
	size_t length;
	int r = entry_row(vault, record->id, &stmt, err);

	if (r <= 0)
		return r < 0 ? r : VAULT_NOT_FOUND;
	uuid = stmt_blob(stmt, 0, &length);
	if (uuid && length == sizeof(record->uuid))
		memcpy(record->uuid, uuid, sizeof(record->uuid));
	record->revision = stmt_int(stmt, 1);
	record->state = (enum entry_state)stmt_int(stmt, 7);
	entry->id = record->id;
	entry->created = stmt_int(stmt, 5);
	entry->modified = record->modified = stmt_int(stmt, 6);
	entry->trashed = stmt_int(stmt, 8);

	leaf_start(leaf, vault->keys->digest,
	           &(struct leaf_entry){
			   .id = record->id,
			   .uuid = record->uuid,
			   .revision = record->revision,
			   .state = record->state,
			   .created = entry->created,
			   .modified = entry->modified,
			   .trashed = entry->trashed,
			   .name = stmt_span(stmt, 2),
			   .user = stmt_span(stmt, 4),
		   });

	r = copy_text(&entry->name, stmt, 2, err);
	if (r == 0)
		r = copy_text(&entry->user, stmt, 4, err);
	return r;
}

static int add_past(struct record *record, struct stmt *stmt, unsigned want, struct error *err)
{
	struct past *past = realloc(record->past, (record->n_past + 1) * sizeof(*past));
	int r;

	if (!past)
		return no_memory(err);
	record->past = past;
	past += record->n_past++;
	*past = (struct past){
		.since = stmt_int(stmt, 1),
		.until = stmt_int(stmt, 2),
		.erased = stmt_is_null(stmt, 3),
	};
	memcpy(past->fingerprint, record->fingerprint, FINGERPRINT_BYTES);
	r = copy_text(&past->reason, stmt, 5, err);
	if (r == 0 && want & WANT_PAST)
		r = copy_secret(&past->value, stmt, 3, err);
	return r;
}

static int read_password(struct record *record, struct stmt *stmt, unsigned want, struct hash *leaf,
                         struct error *err)
{
	struct entry *entry = record->entry;
	size_t length = 0;
	const void *fingerprint = stmt_blob(stmt, 4, &length);
	bool current = stmt_is_null(stmt, 2);
	int64_t until = stmt_int(stmt, 2);
	int r = 0;

	if (!fingerprint || length != FINGERPRINT_BYTES)
		return error_set(err, VAULT_DAMAGED,
		                 "an entry's fingerprint is damaged: see 'vault check'");
	memcpy(record->fingerprint, fingerprint, FINGERPRINT_BYTES);
	record->n_passwords++;

	leaf_password(leaf, stmt_int(stmt, 0), stmt_int(stmt, 1), current ? NULL : &until,
	              stmt_span(stmt, 3), record->fingerprint, stmt_span(stmt, 5));

	if (current) {
		entry->password_since = stmt_int(stmt, 1);
		r = copy_text(&entry->reuse_reason, stmt, 5, err);
		if (r == 0 && want & WANT_SECRETS)
			r = copy_secret(&entry->password, stmt, 3, err);
	}
	if (r == 0 && want & WANT_HISTORY)
		r = add_past(record, stmt, want, err);
	return r;
}

static int read_passwords(struct vault *vault, struct record *record, unsigned want,
                          struct hash *leaf, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_PASSWORD_READ, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, record->id);
	while ((r = stmt_step(stmt, err)) == 1) {
		r = read_password(record, stmt, want, leaf, err);
		if (r < 0)
			return r;
	}
	return r;
}

static void keep_forms(struct record *record, int64_t position, struct span hashes)
{
	struct past *past;

	if (position < 0 || (size_t)position >= record->n_past || hashes.length > FORMS_MAX)
		return;
	past = &record->past[position];
	memcpy(past->forms, hashes.bytes, hashes.length);
	past->forms_length = hashes.length;
}

/* Hashes of the passwords' forms. Older vaults have none. */
static int read_forms(struct vault *vault, struct record *record, struct hash *leaf,
                      struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = vault->schema < SCHEMA_FORMS ? 0 : db_stmt(vault->db, SQL_FORM_READ, &stmt, err);

	if (r < 0 || !stmt)
		return r;
	stmt_bind_int(stmt, 1, record->id);
	while ((r = stmt_step(stmt, err)) == 1) {
		leaf_form(leaf, stmt_int(stmt, 0), stmt_span(stmt, 1));
		keep_forms(record, stmt_int(stmt, 0), stmt_span(stmt, 1));
	}
	return r;
}

static int read_field(struct record *record, struct stmt *stmt, unsigned want, struct error *err)
{
	struct entry *entry = record->entry;
	enum field_kind kind = (enum field_kind)stmt_int(stmt, 0);
	struct field *field = realloc(entry->fields, (entry->n_fields + 1) * sizeof(*field));
	int r;

	if (!field)
		return no_memory(err);
	entry->fields = field;
	field += entry->n_fields++;
	*field = (struct field){.kind = kind};
	r = copy_text(&field->key, stmt, 1, err);
	if (r < 0 || (field_is_secret(kind) && !(want & WANT_SECRETS)))
		return r;
	return field_is_secret(kind) ? copy_secret(&field->secret, stmt, 2, err)
	                             : copy_text(&field->text, stmt, 2, err);
}

static int read_fields(struct vault *vault, struct record *record, unsigned want, struct hash *leaf,
                       struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_FIELD_READ, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, record->id);
	while ((r = stmt_step(stmt, err)) == 1) {
		struct span value = stmt_span(stmt, 2);

		leaf_field(leaf, stmt_int(stmt, 0), stmt_span(stmt, 1), value);
		if (stmt_int(stmt, 0) == FIELD_VERSIONS) {
			versions_read(&record->versions, value.bytes, value.length);
			continue;
		}
		r = want ? read_field(record, stmt, want, err) : 0;
		if (r < 0)
			return r;
	}
	return r;
}

int record_read(struct vault *vault, int64_t id, unsigned want, struct record *ret_record,
                struct error *err)
{
	RECORD_AUTO record = {.id = id, .entry = calloc(1, sizeof(struct entry))};
	struct hash leaf;
	int r;

	if (!record.entry)
		return no_memory(err);
	r = read_entry(vault, &record, &leaf, err);
	if (r == 0)
		r = read_passwords(vault, &record, want, &leaf, err);
	if (r == 0)
		r = read_forms(vault, &record, &leaf, err);
	if (r == 0)
		r = read_fields(vault, &record, want, &leaf, err);
	if (r == 0)
		hash_finish(&leaf, record.leaf);
	else
		secret_wipe(&leaf, sizeof(leaf));
	if (r != 0)
		return r;
	*ret_record = record;
	record = (struct record){0};
	return 0;
}

int record_load(struct vault *vault, int64_t id, unsigned want, struct record *ret_record,
                struct error *err)
{
	RECORD_AUTO record = {0};
	int r = record_read(vault, id, want, &record, err);

	if (r == 0)
		r = digest_verify(vault->db, vault->keys->digest, &vault->changes, id, record.leaf,
		                  vault->state.top, err);
	if (r > 0)
		return error_set(
			err, VAULT_DAMAGED,
			"an entry does not agree with the vault's digest: it was changed from"
			" outside or put back to an "
			"older state; see 'vault check' and 'vault help rescue'");
	if (r < 0)
		return r;
	*ret_record = record;
	record = (struct record){0};
	return 0;
}

void record_done(struct record *record)
{
	for (size_t i = 0; i < record->n_past; i++) {
		secret_free(record->past[i].value);
		free(record->past[i].reason);
	}
	free(record->past);
	entry_free(record->entry);
	*record = (struct record){0};
}

/* ---- writing ------------------------------------------------------------------------ */

void record_bind(struct stmt *stmt, const struct record *record, const char *folded)
{
	const struct entry *entry = record->entry;

	stmt_bind_int(stmt, 2, record->revision);
	stmt_bind_text(stmt, 3, entry->name);
	stmt_bind_text(stmt, 4, folded);
	stmt_bind_text(stmt, 5, entry->user);
	stmt_bind_int(stmt, 6, entry->created);
	stmt_bind_int(stmt, 7, entry->modified);
	stmt_bind_int(stmt, 8, record->state);
	stmt_bind_int(stmt, 9, entry->trashed);
}

static int insert_entry(struct vault *vault, struct record *record, const char *folded,
                        struct error *err)
{
	struct stmt *stmt = NULL;
	int r = db_stmt(vault->db, SQL_ENTRY_INSERT, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_blob(stmt, 1, record->uuid, sizeof(record->uuid));
	record_bind(stmt, record, folded);
	r = stmt_run(stmt, err);
	if (r == 0)
		record->id = db_last_id(vault->db);
	return r;
}

static int update_entry(struct vault *vault, struct record *record, const char *folded,
                        struct error *err)
{
	const struct entry *entry = record->entry;
	struct stmt *stmt = NULL;
	int r = db_stmt(vault->db, SQL_ENTRY_UPDATE, &stmt, err);

	if (r < 0)
		return r;
	versions_step(record);
	stmt_bind_int(stmt, 1, record->id);
	stmt_bind_int(stmt, 2, ++record->revision);
	stmt_bind_text(stmt, 3, entry->name);
	stmt_bind_text(stmt, 4, folded);
	stmt_bind_text(stmt, 5, entry->user);
	stmt_bind_int(stmt, 6, entry->modified);
	stmt_bind_int(stmt, 7, record->state);
	stmt_bind_int(stmt, 8, entry->trashed);
	return stmt_run(stmt, err);
}

/* Nothing, where it was never changed. */
static int write_versions(struct vault *vault, const struct record *record, struct error *err)
{
	const struct versions *versions = &record->versions;
	struct stmt *stmt = NULL;
	int r = versions->count > 0 ? db_stmt(vault->db, SQL_VERSIONS_WRITE, &stmt, err) : 0;

	if (r < 0 || !stmt)
		return r;
	stmt_bind_int(stmt, 1, record->id);
	stmt_bind_blob(stmt, 2, versions->ids, versions->count * VERSION_BYTES);
	return stmt_run(stmt, err);
}

int record_write_fields(struct vault *vault, const struct record *record, struct error *err)
{
	const struct entry *entry = record->entry;
	struct stmt *stmt = NULL;
	int r = db_stmt(vault->db, SQL_FIELD_DELETE, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, record->id);
	r = stmt_run(stmt, err);
	for (size_t i = 0; i < entry->n_fields && r == 0; i++) {
		const struct field *field = &entry->fields[i];

		r = db_stmt(vault->db, SQL_FIELD_INSERT, &stmt, err);
		if (r < 0)
			return r;
		stmt_bind_int(stmt, 1, record->id);
		stmt_bind_int(stmt, 2, field->kind);
		stmt_bind_int(stmt, 3, (int64_t)i);
		stmt_bind_text(stmt, 4, field->key);
		if (field_is_secret(field->kind))
			stmt_bind_secret(stmt, 5, field->secret);
		else
			stmt_bind_blob(stmt, 5, field->text, strlen(field->text));
		r = stmt_run(stmt, err);
	}
	return r == 0 ? write_versions(vault, record, err) : r;
}

int record_write(struct vault *vault, struct record *record, bool fields, struct error *err)
{
	FREE_AUTO char *folded = NULL;
	bool insert = record->id == 0;
	int r = text_fold(record->entry->name, &folded, err);

	if (r == 0)
		r = insert ? insert_entry(vault, record, folded, err)
		           : update_entry(vault, record, folded, err);
	if (r < 0)
		return r;
	return fields ? record_write_fields(vault, record, err)
	              : write_versions(vault, record, err);
}

int record_write_password(struct vault *vault, struct record *record, const struct secret *password,
                          int64_t now, const char *reason, struct error *err)
{
	unsigned char fingerprint[FINGERPRINT_BYTES];
	struct stmt *stmt = NULL;
	int r = db_stmt(vault->db, SQL_PASSWORD_RETIRE, &stmt, err);

	if (r == 0 && record->n_passwords > 0) {
		stmt_bind_int(stmt, 1, record->id);
		stmt_bind_int(stmt, 2, now);
		r = stmt_run(stmt, err);
	}
	if (r == 0)
		r = db_stmt(vault->db, SQL_PASSWORD_INSERT, &stmt, err);
	if (r < 0)
		return r;
	fingerprint_password(fingerprint, password, vault->keys->fingerprint);
	stmt_bind_int(stmt, 1, record->id);
	stmt_bind_int(stmt, 2, (int64_t)record->n_passwords);
	stmt_bind_int(stmt, 3, now);
	stmt_bind_null(stmt, 4);
	stmt_bind_secret(stmt, 5, password);
	stmt_bind_blob(stmt, 6, fingerprint, sizeof(fingerprint));
	stmt_bind_text(stmt, 7, reason);
	r = stmt_run(stmt, err);
	return r == 0 ? forms_write(vault, record->entry, record->id,
	                            (int64_t)record->n_passwords++, password, err)
	              : r;
}

int record_write_fingerprint(struct vault *vault, struct record *record,
                             const unsigned char fingerprint[FINGERPRINT_BYTES], int64_t since,
                             int64_t until, struct error *err)
{
	struct stmt *stmt = NULL;
	int r = db_stmt(vault->db, SQL_PASSWORD_INSERT, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, record->id);
	stmt_bind_int(stmt, 2, (int64_t)record->n_passwords++);
	stmt_bind_int(stmt, 3, since);
	stmt_bind_int(stmt, 4, until);
	stmt_bind_null(stmt, 5);
	stmt_bind_blob(stmt, 6, fingerprint, FINGERPRINT_BYTES);
	stmt_bind_text(stmt, 7, NULL);
	return stmt_run(stmt, err);
}

int record_seal(struct vault *vault, int64_t id, struct error *err)
{
	RECORD_AUTO record = {0};
	int r = record_read(vault, id, 0, &record, err);

	if (r > 0)
		return error_set(err, VAULT_FAILED, "an entry is gone that was just written");
	if (r == 0)
		r = digest_put(vault->db, vault->keys->digest, &vault->changes, id, record.leaf,
		               vault->state.top, err);
	return r;
}

int record_seal_leaf(struct vault *vault, int64_t id, struct hash *leaf, struct error *err)
{
	unsigned char hash[HASH_BYTES];

	hash_finish(leaf, hash);
	return digest_put(vault->db, vault->keys->digest, &vault->changes, id, hash,
	                  vault->state.top, err);
}
