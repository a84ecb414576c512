/* Every entry with all that was ever in it, verified, for who writes it elsewhere. */
#include "vault/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "store/schema.h"
#include "vault/leaf.h"

#define ROOM_FIRST ((size_t)64 * 1024)

/* Entries that a table is stepped over rather than asked anew. */
#define NEAR 4

/* The rows of a table from some entry on. */
struct rows {
	enum sql which;
	struct stmt *stmt; /* NULL: it was not asked yet */
	bool more;         /* does it stand on a row? */
};

/* The tables are walked side by side. In order of the entries' numbers each is read once; by name
 * it is asked anew wherever the next entry lies elsewhere. */
struct walk {
	unsigned flags; /* enum export_flags */
	struct vault *vault;
	struct stmt *entries;
	struct rows passwords, forms, fields;
	int64_t last;                /* the entry before: what stands behind it is to come */
	struct digest_changes nodes; /* none is changed: those that are verified */
	struct secret *room;         /* values of the entry, each with a NUL behind it */
	struct item_password *item_passwords;
	struct item_field *item_fields;
	size_t passwords_room, fields_room;
	uint64_t live, trashed;
	char before[NAME_MAX_BYTES + 1]; /* by name: the entry before */
};

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

static int next(struct rows *rows, struct error *err)
{
	int r = stmt_step(rows->stmt, err);

	rows->more = r == 1;
	return r < 0 ? r : 0;
}

/* Copies a value into the room, which may move: spans hold offsets until it is complete. */
static int keep(struct walk *walk, struct span value, struct span *ret_kept, struct error *err)
{
	struct secret *room = walk->room;
	size_t at = room->length;
	int r = 0;

	*ret_kept = (struct span){NULL, 0};
	if (!value.bytes)
		return 0;
	if (room->capacity - room->length < value.length + 1)
		r = secret_reserve(&walk->room, (room->capacity + value.length + 1) * 2, err);
	if (r == 0)
		r = secret_append(walk->room, value.bytes, value.length, err);
	if (r == 0)
		r = secret_append(walk->room, "", 1, err);
	/* 1 more, since offset 0 would look like nothing. */
	*ret_kept = (struct span){(const void *)(uintptr_t)(at + 1), value.length};
	return r;
}

static struct span kept(const struct walk *walk, struct span span)
{
	if (span.bytes)
		span.bytes = walk->room->bytes + (uintptr_t)span.bytes - 1;
	return span;
}

/* Onto the first row of the entry, or of one behind it. */
static int find_rows(struct walk *walk, struct rows *rows, int64_t id, struct error *err)
{
	int r = 0;

	if (!rows->stmt || id <= walk->last ||
	    (rows->more && stmt_int(rows->stmt, 0) < id - NEAR)) {
		stmt_done(rows->stmt);
		r = db_stmt(walk->vault->db, rows->which, &rows->stmt, err);
		if (r < 0)
			return r;
		stmt_bind_int(rows->stmt, 1, id);
		r = next(rows, err);
	}
	while (r == 0 && rows->more && stmt_int(rows->stmt, 0) < id)
		r = next(rows, err);
	return r;
}

static bool is_of(const struct rows *rows, int64_t id)
{
	return rows->more && stmt_int(rows->stmt, 0) == id;
}

static int take_password(struct walk *walk, struct item *item, struct hash *leaf, struct error *err)
{
	struct stmt *stmt = walk->passwords.stmt;
	struct item_password *password;
	int64_t until = stmt_int(stmt, 3);
	bool current = stmt_is_null(stmt, 3);
	struct span fingerprint = stmt_span(stmt, 5), reason = stmt_span(stmt, 6);
	int r;

	if (fingerprint.length != FINGERPRINT_BYTES)
		return error_set(err, VAULT_DAMAGED, "a fingerprint is damaged: see 'vault check'");
	leaf_password(leaf, stmt_int(stmt, 1), stmt_int(stmt, 2), current ? NULL : &until,
	              stmt_span(stmt, 4), fingerprint.bytes, reason);
	if (stmt_is_null(stmt, 4)) /* erased */
		return 0;
	password = list_room(walk->item_passwords, item->n_passwords, &walk->passwords_room,
	                     sizeof(*password));
	if (!password)
		return no_memory(err);
	walk->item_passwords = password;
	password += item->n_passwords++;
	*password =
		(struct item_password){.since = stmt_int(stmt, 2), .until = current ? 0 : until};
	r = keep(walk, stmt_span(stmt, 4), &password->value, err);
	if (r == 0)
		r = keep(walk, reason, &reason, err);
	password->reason = reason.bytes;
	return r;
}

static int take_field(struct walk *walk, struct item *item, struct hash *leaf, struct error *err)
{
	struct stmt *stmt = walk->fields.stmt;
	struct span key = stmt_span(stmt, 2);
	struct item_field *field;
	int r;

	leaf_field(leaf, stmt_int(stmt, 1), key, stmt_span(stmt, 3));
	if (stmt_int(stmt, 1) == FIELD_VERSIONS)
		return 0;
	field = list_room(walk->item_fields, item->n_fields, &walk->fields_room, sizeof(*field));
	if (!field)
		return no_memory(err);
	walk->item_fields = field;
	field += item->n_fields++;
	*field = (struct item_field){.kind = (enum field_kind)stmt_int(stmt, 1)};
	r = keep(walk, stmt_span(stmt, 3), &field->value, err);
	if (r == 0)
		r = keep(walk, key, &key, err);
	field->key = key.bytes;
	return r;
}

static int take_rows(struct walk *walk, int64_t id, struct item *item, struct hash *leaf,
                     struct error *err)
{
	int r = find_rows(walk, &walk->passwords, id, err);

	while (r == 0 && is_of(&walk->passwords, id)) {
		r = take_password(walk, item, leaf, err);
		if (r == 0)
			r = next(&walk->passwords, err);
	}
	if (r == 0 && walk->vault->schema >= SCHEMA_FORMS)
		r = find_rows(walk, &walk->forms, id, err);
	while (r == 0 && is_of(&walk->forms, id)) {
		leaf_form(leaf, stmt_int(walk->forms.stmt, 1), stmt_span(walk->forms.stmt, 2));
		r = next(&walk->forms, err);
	}
	if (r == 0)
		r = find_rows(walk, &walk->fields, id, err);
	while (r == 0 && is_of(&walk->fields, id)) {
		r = take_field(walk, item, leaf, err);
		if (r == 0)
			r = next(&walk->fields, err);
	}
	walk->last = id;
	return r;
}

/* Offsets become addresses. */
static void lay_out(struct walk *walk, struct item *item)
{
	for (size_t i = 0; i < item->n_passwords; i++) {
		struct item_password *password = &walk->item_passwords[i];

		password->value = kept(walk, password->value);
		password->reason = kept(walk, (struct span){password->reason, 0}).bytes;
	}
	for (size_t i = 0; i < item->n_fields; i++) {
		struct item_field *field = &walk->item_fields[i];

		field->value = kept(walk, field->value);
		field->key = kept(walk, (struct span){field->key, 0}).bytes;
	}
	item->passwords = walk->item_passwords;
	item->fields = walk->item_fields;
}

static int changed_outside(struct error *err)
{
	return error_set(err, VAULT_DAMAGED,
	                 "an entry does not agree with the vault's digest: nothing was exported; "
	                 "see 'vault check' and 'vault help rescue'");
}

/* The entry on whose row the walk stands. */
static int take_entry(struct walk *walk, struct item *item, enum entry_state *ret_state,
                      struct error *err)
{
	const struct vault *vault = walk->vault;
	struct stmt *stmt = walk->entries;
	unsigned char hashed[HASH_BYTES];
	struct span uuid = stmt_span(stmt, 1);
	struct leaf_entry row = {
		.id = stmt_int(stmt, 0),
		.uuid = uuid.bytes,
		.revision = stmt_int(stmt, 2),
		.name = stmt_span(stmt, 3),
		.user = stmt_span(stmt, 4),
		.created = stmt_int(stmt, 5),
		.modified = stmt_int(stmt, 6),
		.state = stmt_int(stmt, 7),
		.trashed = stmt_int(stmt, 8),
	};
	struct hash leaf;
	int r;

	if (!uuid.bytes || uuid.length != ITEM_UUID_BYTES)
		return changed_outside(err);
	*item = (struct item){.has_uuid = true,
	                      .created = row.created,
	                      .modified = row.modified,
	                      .trashed = row.trashed};
	memcpy(item->uuid, uuid.bytes, ITEM_UUID_BYTES);
	walk->room->length = 0;
	leaf_start(&leaf, vault->keys->digest, &row);
	r = take_rows(walk, row.id, item, &leaf, err);
	hash_finish(&leaf, hashed);
	if (r == 0)
		r = digest_compare(vault->db, vault->keys->digest, &walk->nodes, row.id, hashed,
		                   vault->state.top, err);
	if (r != 0)
		return r < 0 ? r : changed_outside(err);
	lay_out(walk, item);
	item->name = stmt_text(stmt, 3);
	item->user = stmt_text(stmt, 4);
	*ret_state = (enum entry_state)row.state;
	return item->name ? 0 : no_memory(err);
}

/* By an index of names: each comes once, if each comes after the one before. */
static bool in_order(struct walk *walk, const char *name)
{
	size_t length = strlen(name);
	bool good = strcmp(walk->before, name) < 0 && length < sizeof(walk->before);

	if (good)
		memcpy(walk->before, name, length + 1);
	return good;
}

static int walk_entries(struct walk *walk, int (*each)(void *context, const struct item *item),
                        void *context, struct error *err)
{
	enum entry_state state = ENTRY_LIVE;
	struct item item;
	int r;

	while ((r = stmt_step(walk->entries, err)) == 1) {
		r = take_entry(walk, &item, &state, err);
		if (r < 0)
			return r;
		walk->live += state == ENTRY_LIVE;
		walk->trashed += state == ENTRY_TRASHED;
		if (walk->flags & EXPORT_BY_NAME && state == ENTRY_LIVE &&
		    !in_order(walk, item.name))
			return changed_outside(err);
		if (state >= ENTRY_PURGED ||
		    (state == ENTRY_TRASHED && !(walk->flags & EXPORT_TRASHED)))
			continue;
		r = each(context, &item);
		if (r != 0)
			return r;
	}
	return r;
}

static int walk_all(struct walk *walk, int (*each)(void *context, const struct item *item),
                    void *context, struct error *err)
{
	int r = walk_entries(walk, each, context, err);

	if (r == 0 && walk->flags & EXPORT_BY_NAME) {
		stmt_done(walk->entries);
		r = db_stmt(walk->vault->db, SQL_MOVE_TRASH_BY_NAME, &walk->entries, err);
		if (r == 0)
			r = walk_entries(walk, each, context, err);
	}
	/* A row that is missing has no leaf to be compared. */
	if (r == 0 && !(walk->flags & EXPORT_ATTACHED) &&
	    (walk->live != walk->vault->state.entries ||
	     walk->trashed != walk->vault->state.trashed))
		return changed_outside(err);
	return r;
}

static int start(struct walk *walk, struct error *err)
{
	enum sql entries = walk->flags & EXPORT_ATTACHED  ? SQL_MOVE_ATTACHED
	                   : walk->flags & EXPORT_BY_NAME ? SQL_MOVE_LIVE_BY_NAME
	                                                  : SQL_MOVE_ENTRIES;
	int r = secret_new(&walk->room, ROOM_FIRST, err);

	return r == 0 ? db_stmt(walk->vault->db, entries, &walk->entries, err) : r;
}

int vault_export(struct vault *vault, unsigned flags,
                 int (*each)(void *context, const struct item *item), void *context,
                 struct error *err)
{
	struct walk walk = {
		.vault = vault,
		.flags = flags,
		.passwords.which = SQL_MOVE_PASSWORDS,
		.forms.which = SQL_MOVE_FORMS,
		.fields.which = SQL_MOVE_FIELDS,
	};
	int r;

	if (vault->batch)
		return error_set(err, VAULT_USAGE, "an export cannot be part of a batch of writes");
	r = read_begin(vault, err);
	if (r < 0)
		return r;
	if (flags & EXPORT_BY_NAME) /* rows lie all over the file */
		r = db_large_cache(vault->db, true, err);
	if (r == 0)
		r = start(&walk, err);
	if (r == 0)
		r = walk_all(&walk, each, context, err);
	stmt_done(walk.entries);
	stmt_done(walk.passwords.stmt);
	stmt_done(walk.forms.stmt);
	stmt_done(walk.fields.stmt);
	if (flags & EXPORT_BY_NAME)
		(void)db_large_cache(vault->db, false, NULL);
	read_end(vault);
	digest_forget(&walk.nodes);
	secret_free(walk.room);
	free(walk.item_passwords);
	free(walk.item_fields);
	return r;
}
