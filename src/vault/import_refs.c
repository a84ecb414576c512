/* Which entries an item names: by the uuids of its file, which need not be those of this vault. */
#include "vault/importing.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/uuid.h"

/* To an entry that has not been met yet: it may come later in the file. */
struct reference {
	int64_t id;                          /* of the entry with the reference */
	unsigned char uuid[ITEM_UUID_BYTES]; /* what the file calls the other one */
	bool added;                          /* the entry is new, and has the file's uuid for now */
	bool update;
};

struct references {
	struct reference *list;
	size_t count, room;
};

void references_free(struct vault *vault)
{
	if (vault->references)
		free(vault->references->list);
	free(vault->references);
	vault->references = NULL;
}

/* ---- one ----------------------------------------------------------------------------- */

/* The uuid that the file's `uuid` has here. */
static int resolve(struct vault *vault, const unsigned char uuid[ITEM_UUID_BYTES], bool *ret_found,
                   char ret_text[UUID_SIZE], struct error *err)
{
	int64_t id = identity_of(vault, uuid);
	STMT_AUTO *stmt = NULL;
	struct span there;
	int r;

	*ret_found = false;
	if (id == 0)
		return 0;
	r = entry_row(vault, id, &stmt, err);
	if (r <= 0)
		return r;
	there = stmt_span(stmt, 0);
	if (there.length == ITEM_UUID_BYTES) {
		uuid_write((const unsigned char *)there.bytes, ret_text);
		*ret_found = true;
	}
	return 0;
}

static int note(struct vault *vault, const struct reference *reference, struct error *err)
{
	struct references *all = vault->references;
	struct reference *list;

	if (!all)
		all = vault->references = calloc(1, sizeof(*all));
	list = all ? list_room(all->list, all->count, &all->room, sizeof(*list)) : NULL;
	if (!list)
		return error_set(err, VAULT_FAILED, "out of memory");
	all->list = list;
	list[all->count++] = *reference;
	return 0;
}

int references_keep(struct vault *vault, const struct item *item, int64_t id, bool added,
                    unsigned flags, struct error *err)
{
	struct reference reference = {.id = id, .added = added, .update = flags & IMPORT_UPDATE};
	char text[UUID_SIZE];
	bool found;
	int r = 0;

	for (size_t i = 0; i < item->n_fields && r == 0; i++) {
		const struct item_field *field = &item->fields[i];

		if (field->kind != FIELD_RESETS ||
		    !uuid_read(field->value.bytes, field->value.length, reference.uuid))
			continue;
		r = resolve(vault, reference.uuid, &found, text, err);
		if (r == 0 && !found)
			r = note(vault, &reference, err);
	}
	return r;
}

/* ---- an item as this vault would have it --------------------------------------------- */

void translated_done(struct translated *translated)
{
	free(translated->fields);
	free(translated->texts);
	free(translated->passwords);
	for (size_t i = 0; i < translated->n_secrets; i++)
		secret_free(translated->secrets[i]);
	free(translated->secrets);
}

static bool is_twice(const struct translated *translated, struct span value)
{
	for (size_t i = 0; i < translated->item.n_fields; i++)
		if (translated->fields[i].kind == FIELD_RESETS &&
		    span_equal(translated->fields[i].value, value))
			return true;
	return false;
}

static int translate_field(struct vault *vault, const struct item_field *field, int64_t id,
                           struct translated *to, char text[UUID_SIZE], struct error *err)
{
	struct item_field *copy = &to->fields[to->item.n_fields];
	unsigned char uuid[UUID_BYTES];
	bool found = true;
	int r = 0;

	*copy = *field;
	if (field->kind == FIELD_RESETS) {
		if (uuid_read(field->value.bytes, field->value.length, uuid))
			r = resolve(vault, uuid, &found, text, err);
		if (r == 0 && found && *text)
			copy->value = (struct span){text, UUID_SIZE - 1};
		found = (found || id == 0) && !is_twice(to, copy->value);
	}
	if (field->kind == FIELD_REALM) {
		r = realm_enters(vault, id, field->value, &found, err);
		to->realm_left = !found;
	}
	to->item.n_fields += found;
	return r;
}

int import_translate(struct vault *vault, const struct item *item, int64_t id,
                     struct translated *ret_translated, struct error *err)
{
	size_t count = 0;
	int r = 0;

	ret_translated->item = *item;
	for (size_t i = 0; i < item->n_fields; i++)
		count +=
			item->fields[i].kind == FIELD_RESETS || item->fields[i].kind == FIELD_REALM;
	if (count == 0)
		return 0;
	ret_translated->fields = calloc(item->n_fields, sizeof(*ret_translated->fields));
	ret_translated->texts = calloc(item->n_fields, sizeof(*ret_translated->texts));
	if (!ret_translated->fields || !ret_translated->texts)
		return error_set(err, VAULT_FAILED, "out of memory");
	ret_translated->item.fields = ret_translated->fields;
	ret_translated->item.n_fields = 0;
	for (size_t i = 0; i < item->n_fields && r == 0; i++)
		r = translate_field(vault, &item->fields[i], id, ret_translated,
		                    ret_translated->texts[i], err);
	return r;
}

/* ---- at the end of the file ---------------------------------------------------------- */

struct settling {
	import_lost_each lost;
	void *context;
};

static bool has_reset(const struct entry *entry, const char *text)
{
	for (size_t i = 0; i < entry->n_fields; i++)
		if (entry->fields[i].kind == FIELD_RESETS &&
		    strcmp(entry->fields[i].text, text) == 0)
			return true;
	return false;
}

/* Puts `to` in the place of `from`, or nothing. */
static int replace_reset(struct entry *entry, const char *from, const char *to, struct error *err)
{
	FREE_AUTO char(*kept)[UUID_SIZE] = calloc(entry->n_fields + 1, sizeof(*kept));
	size_t count = 0;
	int r = 0;

	if (!kept)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];
		const char *text = field->text;

		if (field->kind != FIELD_RESETS)
			continue;
		if (strcmp(text, from) == 0)
			text = to;
		if (text)
			memcpy(kept[count++], text, UUID_SIZE);
	}
	entry_clear_kind(entry, FIELD_RESETS);
	for (size_t i = 0; i < count && r == 0; i++)
		r = entry_set_text(entry, FIELD_RESETS, NULL, kept[i], err);
	return r;
}

/* A new entry is corrected as if it had been right from the start. */
static int settle_added(struct vault *vault, struct record *record, const char *from,
                        const char *to, struct error *err)
{
	int r = replace_reset(record->entry, from, to, err);

	if (r == 0)
		r = record_write_fields(vault, record, err);
	return r == 0 ? record_seal(vault, record->id, err) : r;
}

static int settle_known(struct vault *vault, struct record *record, const char *to,
                        struct error *err)
{
	int r = entry_set_text(record->entry, FIELD_RESETS, NULL, to, err);

	if (r == 0) {
		record->entry->modified = now_seconds();
		r = record_write(vault, record, true, err);
	}
	return r == 0 ? record_seal(vault, record->id, err) : r;
}

static int settle(struct vault *vault, const struct reference *reference,
                  const struct settling *settling, struct error *err)
{
	char from[UUID_SIZE], to[UUID_SIZE];
	RECORD_AUTO record = {0};
	bool found, lost;
	int r = resolve(vault, reference->uuid, &found, to, err);

	uuid_write(reference->uuid, from);
	if (r < 0 || (found && reference->added && strcmp(from, to) == 0))
		return r;
	r = record_load(vault, reference->id, WANT_SECRETS, &record, err);
	if (r != 0)
		return r < 0 ? r : error_set(err, VAULT_FAILED, "an entry is gone");
	lost = !found;
	if (reference->added)
		r = settle_added(vault, &record, from, found ? to : NULL, err);
	else if (found && !has_reset(record.entry, to)) {
		if (reference->update)
			r = settle_known(vault, &record, to, err);
		else
			lost = true;
	}
	if (r == 0 && lost)
		settling->lost(settling->context, record.entry->name, found, reference->added);
	return r;
}

int vault_import_end(struct vault *vault, import_lost_each lost, void *context, struct error *err)
{
	const struct settling settling = {lost, context};
	int r;

	if (!vault->references)
		return 0;
	r = write_begin(vault, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < vault->references->count && r == 0; i++)
		r = settle(vault, &vault->references->list[i], &settling, err);
	references_free(vault);
	return r == 0 ? write_commit(vault, err) : write_rollback(vault, r);
}
