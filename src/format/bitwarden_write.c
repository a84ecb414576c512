/* Writes what Bitwarden imports. Every entry is a login, or a note when it has nothing of one. */
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "base/uuid.h"
#include "format/bitwarden.h"
#include "format/json_take.h"
#include "format/otp_out.h"

#define ITEM_LOGIN 1
#define ITEM_NOTE 2
#define CUSTOM_TEXT 0
#define CUSTOM_HIDDEN 1
#define NAMES_FIRST ((size_t)4096)

/* ---- folders ------------------------------------------------------------------------- */

static void folder_uuid(struct span name, unsigned char uuid[UUID_BYTES])
{
	uuid_of_name("folder:", name, uuid);
}

static struct span name_at(const struct bitwarden_folders *folders, size_t at)
{
	const unsigned char *p = folders->names->bytes + at;
	uint32_t length;

	memcpy(&length, p, sizeof(length));
	return (struct span){p + sizeof(length), length};
}

/* The place of a name, or where it belongs. */
static size_t *place_of(const struct bitwarden_folders *folders, struct span name,
                        const unsigned char uuid[UUID_BYTES])
{
	size_t at;

	memcpy(&at, uuid, sizeof(at));
	for (;; at++) {
		size_t *place = &folders->places[at & (folders->size - 1)];
		struct span other;

		if (*place == 0)
			return place;
		other = name_at(folders, *place - 1);
		if (span_equal(other, name))
			return place;
	}
}

/* A table twice as large, with the same names. */
static int grow(struct bitwarden_folders *folders, struct error *err)
{
	struct bitwarden_folders bigger = *folders;
	size_t end = folders->names ? folders->names->length : 0, at = 0;

	bigger.size = folders->size ? folders->size * 2 : 64;
	bigger.places = calloc(bigger.size, sizeof(*bigger.places));
	if (!bigger.places)
		return error_set(err, VAULT_FAILED, "out of memory");
	while (at < end) {
		struct span name = name_at(folders, at);
		unsigned char uuid[UUID_BYTES];

		folder_uuid(name, uuid);
		*place_of(&bigger, name, uuid) = at + 1;
		at += sizeof(uint32_t) + name.length;
	}
	free(folders->places);
	*folders = bigger;
	return 0;
}

static int remember(struct bitwarden_folders *folders, struct span name, size_t *place,
                    struct error *err)
{
	uint32_t length = (uint32_t)name.length;
	size_t need, at;
	int r = 0;

	if (!folders->names)
		r = secret_new(&folders->names, NAMES_FIRST, err);
	if (r < 0)
		return r;
	at = folders->names->length;
	need = at + sizeof(length) + name.length;
	if (need > folders->names->capacity)
		r = secret_reserve(&folders->names, need * 2, err);
	if (r == 0)
		r = secret_append(folders->names, &length, sizeof(length), err);
	if (r == 0)
		r = secret_append(folders->names, name.bytes, name.length, err);
	if (r < 0)
		return r;
	*place = at + 1;
	folders->count++;
	return 0;
}

int bitwarden_folder(struct bitwarden_folders *folders, struct span name, char *ret_uuid,
                     struct error *err)
{
	unsigned char uuid[UUID_BYTES];
	size_t *place;
	int r = folders->count * 2 >= folders->size ? grow(folders, err) : 0;

	if (r < 0)
		return r;
	folder_uuid(name, uuid);
	place = place_of(folders, name, uuid);
	if (*place == 0)
		r = remember(folders, name, place, err);
	if (r == 0)
		uuid_write(uuid, ret_uuid);
	return r;
}

void bitwarden_put_folders(const struct bitwarden_folders *folders, struct json_write *json)
{
	size_t end = folders->names ? folders->names->length : 0;

	json_write_array(json, "folders");
	for (size_t at = 0; at < end;) {
		struct span name = name_at(folders, at);
		unsigned char uuid[UUID_BYTES];
		char id[UUID_SIZE];

		folder_uuid(name, uuid);
		uuid_write(uuid, id);
		json_write_object(json, NULL);
		json_write_string(json, "id", id);
		json_write_text(json, "name", name);
		json_write_close(json);
		at += sizeof(uint32_t) + name.length;
	}
	json_write_close(json);
}

void bitwarden_folders_done(struct bitwarden_folders *folders)
{
	secret_free(folders->names);
	free(folders->places);
	*folders = (struct bitwarden_folders){0};
}

/* ---- items --------------------------------------------------------------------------- */

static const struct item_field *first_of(const struct item *item, enum field_kind kind)
{
	for (size_t i = 0; i < item->n_fields; i++)
		if (item->fields[i].kind == kind)
			return &item->fields[i];
	return NULL;
}

static const struct item_password *current(const struct item *item)
{
	const struct item_password *last =
		item->n_passwords > 0 ? &item->passwords[item->n_passwords - 1] : NULL;

	return last && last->until == 0 ? last : NULL;
}

static void put_otp(struct json_write *json, const struct item_field *otp)
{
	struct otp_out out;

	if (!otp) {
		json_write_null(json, "totp");
		return;
	}
	out = otp_out(OTP_TAKES_SCHEME, otp->value);
	json_write_parts(json, "totp", out.front, out.rest);
}

static void put_login(struct json_write *json, const struct item *item)
{
	const struct item_password *password = current(item);

	json_write_object(json, "login");
	json_write_array(json, "uris");
	for (size_t i = 0; i < item->n_fields; i++) {
		if (item->fields[i].kind != FIELD_URL)
			continue;
		json_write_object(json, NULL);
		json_write_null(json, "match");
		json_write_text(json, "uri", item->fields[i].value);
		json_write_close(json);
	}
	json_write_close(json);
	json_write_string(json, "username", item->user);
	if (password) {
		json_write_text(json, "password", password->value);
		json_write_time(json, "passwordRevisionDate", password->since);
	} else {
		json_write_null(json, "password");
	}
	put_otp(json, first_of(item, FIELD_OTP));
	json_write_close(json);
}

static void put_custom(struct json_write *json, const char *name, struct span value, int type)
{
	json_write_object(json, NULL);
	json_write_string(json, "name", name);
	json_write_text(json, "value", value);
	json_write_number(json, "type", type);
	json_write_null(json, "linkedId");
	json_write_close(json);
}

static bool is_favourite(const struct item_field *field)
{
	return field->kind == FIELD_TAG && strcmp(field->value.bytes, BITWARDEN_FAVOURITE) == 0;
}

/* The tag that is the folder. */
static const struct item_field *folder_of(const struct item *item)
{
	for (size_t i = 0; i < item->n_fields; i++)
		if (item->fields[i].kind == FIELD_TAG && !is_favourite(&item->fields[i]))
			return &item->fields[i];
	return NULL;
}

static void put_fields(struct json_write *json, const struct item *item,
                       const struct item_field *folder)
{
	json_write_array(json, "fields");
	for (size_t i = 0; i < item->n_fields; i++) {
		const struct item_field *field = &item->fields[i];

		if (field->kind == FIELD_TEXT)
			put_custom(json, field->key, field->value, CUSTOM_TEXT);
		else if (field->kind == FIELD_SECRET)
			put_custom(json, field->key, field->value, CUSTOM_HIDDEN);
		else if (field->kind == FIELD_TAG && field != folder && !is_favourite(field))
			put_custom(json, "tag", field->value, CUSTOM_TEXT);
		else if (field->kind == FIELD_EXPIRES)
			put_custom(json, "expires", field->value, CUSTOM_TEXT);
		else if (field->kind == FIELD_RULES)
			put_custom(json, "rules", field->value, CUSTOM_TEXT);
	}
	json_write_close(json);
}

/* The last one first, as Bitwarden has it. */
static void put_history(struct json_write *json, const struct item *item)
{
	json_write_array(json, "passwordHistory");
	for (size_t i = item->n_passwords; i-- > 0;) {
		const struct item_password *past = &item->passwords[i];

		if (past->until == 0)
			continue;
		json_write_object(json, NULL);
		json_write_time(json, "lastUsedDate", past->until);
		json_write_text(json, "password", past->value);
		json_write_close(json);
	}
	json_write_close(json);
}

static void put_head(struct json_write *json, const struct item *item, const char *folder)
{
	const struct item_field *note = first_of(item, FIELD_NOTE);
	char uuid[UUID_SIZE];
	bool favourite = false;

	for (size_t i = 0; i < item->n_fields; i++)
		favourite |= is_favourite(&item->fields[i]);
	uuid_write(item->uuid, uuid);
	json_write_string(json, "id", item->has_uuid ? uuid : NULL);
	json_write_null(json, "organizationId");
	json_write_string(json, "folderId", folder);
	json_write_time(json, "creationDate", item->created);
	json_write_time(json, "revisionDate", item->modified);
	json_write_time(json, "deletedDate", item->trashed);
	json_write_number(json, "reprompt", 0);
	json_write_string(json, "name", item->name);
	if (note)
		json_write_text(json, "notes", note->value);
	else
		json_write_null(json, "notes");
	json_write_bool(json, "favorite", favourite);
}

int bitwarden_begin(struct bitwarden_write *write, struct sink *sink, struct error *err)
{
	write->json.sink = sink;
	json_write_object(&write->json, NULL);
	json_write_bool(&write->json, "encrypted", false);
	json_write_array(&write->json, "items");
	return sink_check(sink, err);
}

int bitwarden_item(struct bitwarden_write *write, const struct item *item, struct error *err)
{
	struct json_write *json = &write->json;
	const struct item_field *folder = folder_of(item);
	bool login = item->user || current(item) || first_of(item, FIELD_URL) ||
	             first_of(item, FIELD_OTP);
	char uuid[UUID_SIZE];
	int r = folder ? bitwarden_folder(&write->folders, folder->value, uuid, err) : 0;

	if (r < 0)
		return r;
	sink_bytes(json->sink, "\n", 1);
	json_write_object(json, NULL);
	put_head(json, item, folder ? uuid : NULL);
	json_write_number(json, "type", login ? ITEM_LOGIN : ITEM_NOTE);
	if (login) {
		put_login(json, item);
	} else {
		json_write_object(json, "secureNote");
		json_write_number(json, "type", 0);
		json_write_close(json);
	}
	put_fields(json, item, folder);
	put_history(json, item);
	json_write_null(json, "collectionIds");
	json_write_close(json);
	return sink_check(json->sink, err);
}

int bitwarden_end(struct bitwarden_write *write, struct error *err)
{
	json_write_close(&write->json);
	bitwarden_put_folders(&write->folders, &write->json);
	json_write_close(&write->json);
	sink_bytes(write->json.sink, "\n", 1);
	return sink_check(write->json.sink, err);
}

void bitwarden_losses(const struct format *format, const struct item *item, struct account *account)
{
	const struct item_field *otp = first_of(item, FIELD_OTP);

	(void)format;
	if (otp && otp_is_misread(OTP_TAKES_SCHEME, otp->value))
		account_add(account, FATE_CHANGED, "one-time code", OTP_MISREAD, item->name);
}

void bitwarden_drop(struct bitwarden_write *write)
{
	bitwarden_folders_done(&write->folders);
}
