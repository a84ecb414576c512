/* Items from elsewhere become entries. */
#include "vault/importing.h"

#include <stdlib.h>
#include <string.h>

#include <vault/realm.h>
#include <vault/rules.h>

#include "base/uuid.h"
#include "base/when.h"

/* ---- what no entry can hold ---------------------------------------------------------- */

static int check_dates(const struct item *item, struct error *err)
{
	bool good = item->created >= 0 && item->created <= WHEN_MAX && item->modified >= 0 &&
	            item->modified <= WHEN_MAX && item->trashed >= 0 && item->trashed <= WHEN_MAX;

	for (size_t i = 0; i < item->n_passwords; i++) {
		const struct item_password *password = &item->passwords[i];

		good &= password->since >= 0 && password->since <= WHEN_MAX &&
		        password->until >= 0 && password->until <= WHEN_MAX;
	}
	return good ? 0 : error_set(err, VAULT_USAGE, "'%s' has a date out of range", item->name);
}

static int check_passwords(const struct item *item, struct error *err)
{
	if (item->n_passwords > ITEM_PASSWORDS_MAX)
		return error_set(err, VAULT_USAGE, "'%s' has too many passwords", item->name);
	for (size_t i = 0; i < item->n_passwords; i++) {
		const struct item_password *password = &item->passwords[i];
		const char *reason = password->reason;

		if (!password->value.bytes || password->value.length == 0 ||
		    password->value.length > PASSWORD_MAX ||
		    (password->until == 0 && i + 1 < item->n_passwords) ||
		    (reason && (!*reason || strlen(reason) > FIELD_TEXT_MAX ||
		                !text_is_printable(reason, strlen(reason)))))
			return error_set(err, VAULT_USAGE,
			                 "'%s' has a password that no entry can hold", item->name);
	}
	return 0;
}

static bool has_key(enum field_kind kind)
{
	return kind == FIELD_TEXT || kind == FIELD_SECRET || kind == FIELD_ATTACHMENT;
}

static bool good_key(const struct item_field *field)
{
	static const char *const reserved[] = ENTRY_WORDS;
	const char *key = field->key;
	int64_t seconds;

	if (field->kind == FIELD_CONSUMER && key)
		return strlen(key) == WHEN_SIZE - 1 && when_read(key, strlen(key), &seconds);
	if (!has_key(field->kind))
		return !key;
	if (!key || !*key || strlen(key) > FIELD_KEY_MAX || strpbrk(key, "\t\n") ||
	    !text_is_printable(key, strlen(key)))
		return false;
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (field->kind != FIELD_ATTACHMENT && strcmp(key, reserved[i]) == 0)
			return false;
	return true;
}

static bool good_value(const struct item_field *field)
{
	unsigned char uuid[UUID_BYTES];
	char realm[REALM_NAME_SIZE];
	const char *reason;
	int64_t seconds;
	struct rules rules;
	struct span value = field->value;

	if (!value.bytes)
		return false;
	switch (field->kind) {
	case FIELD_URL:
	case FIELD_TAG:
	case FIELD_CONSUMER:
		if (value.length == 0)
			return false;
		/* fall through */
	case FIELD_TEXT:
		return value.length <= FIELD_TEXT_MAX && !memchr(value.bytes, 0, value.length) &&
		       text_is_printable(value.bytes, value.length);
	case FIELD_RULES:
		return value.length > 0 && value.length <= RULES_TEXT_MAX &&
		       !memchr(value.bytes, 0, value.length) &&
		       text_is_printable(value.bytes, value.length) &&
		       rules_parse(value.bytes, &rules, NULL) == 0;
	case FIELD_EXPIRES:
		return value.length == WHEN_SIZE - 1 &&
		       when_read(value.bytes, value.length, &seconds);
	case FIELD_REALM:
		return realm_split(value.bytes, value.length, realm, &reason);
	case FIELD_RESETS:
		return value.length == UUID_SIZE - 1 && uuid_read(value.bytes, value.length, uuid);
	case FIELD_NOTE:
	case FIELD_SECRET:
	case FIELD_OTP:
		return value.length <= PASSWORD_MAX;
	case FIELD_PENDING:
		return value.length > 0 && value.length <= PASSWORD_MAX;
	case FIELD_ATTACHMENT:
		return value.length <= ATTACHMENT_MAX;
	}
	return false;
}

/* May the two stand in one entry? */
static bool go_together(const struct item_field *a, const struct item_field *b)
{
	if (has_key(a->kind) && has_key(b->kind))
		return (a->kind == FIELD_ATTACHMENT) != (b->kind == FIELD_ATTACHMENT) ||
		       strcmp(a->key, b->key) != 0;
	return a->kind != b->kind || field_has_many(a->kind);
}

static int check_fields(const struct item *item, struct error *err)
{
	bool good = item->n_fields <= ENTRY_FIELDS_MAX;
	size_t bytes = 0;

	for (size_t i = 0; i < item->n_fields && good; i++) {
		const struct item_field *field = &item->fields[i];

		good = good_key(field) && good_value(field) &&
		       (i == 0 || item->fields[i - 1].kind <= field->kind);
		bytes += field->value.length;
		for (size_t j = 0; j < i && good; j++)
			good = go_together(&item->fields[j], field);
	}
	return good && bytes <= ITEM_BYTES_MAX
	               ? 0
	               : error_set(err, VAULT_USAGE, "'%s' has a field that no entry can hold",
	                           item->name);
}

static int check_item(const struct item *item, struct error *err)
{
	FREE_AUTO char *name = NULL;
	int r = text_name(item->name, &name, err);

	if (r == 0 && item->user &&
	    (!*item->user || strlen(item->user) > FIELD_TEXT_MAX ||
	     !text_is_printable(item->user, strlen(item->user))))
		r = error_set(err, VAULT_USAGE, "'%s' has a user name that no entry can hold",
		              name);
	if (r == 0)
		r = check_dates(item, err);
	if (r == 0)
		r = check_passwords(item, err);
	return r == 0 ? check_fields(item, err) : r;
}

/* ---- the item and its entry ---------------------------------------------------------- */

static void tell_name(struct import_result *result, const char *name)
{
	size_t length = strnlen(name, NAME_MAX_BYTES);

	memcpy(result->name, name, length);
	result->name[length] = '\0';
}

static bool is_master(const struct vault *vault, const struct item *item)
{
	const struct item_password *last = item->passwords + item->n_passwords;
	unsigned char fingerprint[FINGERPRINT_BYTES];

	if (item->n_passwords == 0 || (--last)->until > 0)
		return false;
	hash_bytes(fingerprint, last->value.bytes, last->value.length, vault->keys->fingerprint);
	return reuse_is_master(vault, fingerprint);
}

/* Has it leaked? It goes in, too, and the incident is open again. Where nothing has leaked there is
 * nothing to look for. */
static int look_for_burned(struct vault *vault, int64_t id, struct import_result *result,
                           struct error *err)
{
	FREE_AUTO int64_t *incidents = NULL;
	RECORD_AUTO record = {0};
	struct conflicts conflicts = {0};
	const struct past *last;
	size_t count = 0;
	int r = incident_ids(vault, SQL_INCIDENTS, &incidents, &count, err);

	if (r < 0 || count == 0)
		return r;
	r = record_load(vault, id, WANT_SECRETS | WANT_HISTORY | WANT_PAST, &record, err);
	if (r < 0 || record.n_past == 0)
		return r;
	last = &record.past[record.n_past - 1];
	if (last->until == 0 && last->value)
		r = reuse_find(vault, last->value, record.entry, id, &conflicts, err);
	result->burned = conflicts_burned(&conflicts);
	conflicts_done(&conflicts);
	return r;
}

static int add(struct vault *vault, const struct item *item,
               const unsigned char uuid[ITEM_UUID_BYTES], unsigned flags,
               struct import_result *result, struct error *err)
{
	TRANSLATED_AUTO own = {0};
	FREE_AUTO char *name = NULL;
	int64_t id = 0;
	int r = item->trashed ? text_name(item->name, &name, err)
	                      : import_name(vault, item->name, item->user, &name, err);

	if (r == 0)
		r = import_translate(vault, item, 0, &own, err);
	if (r == 0)
		r = import_add(vault, &own.item, name, uuid, &id, err);
	if (r == 0)
		r = references_keep(vault, item, id, true, flags, err);
	if (r == 0)
		r = identity_meet(vault, uuid, id, err);
	if (r == 0)
		r = identity_alias(vault, item, uuid, id, err);
	if (r == 0 && !item->trashed)
		r = look_for_burned(vault, id, result, err);
	if (r < 0)
		return r;
	vault->state.entries += !item->trashed;
	vault->state.trashed += item->trashed != 0;
	result->outcome = IMPORT_ADDED;
	result->renamed = strcmp(name, item->name) != 0;
	result->realm_left = own.realm_left;
	result->master = is_master(vault, item);
	tell_name(result, name);
	return 0;
}

/* An entry that is there keeps its name, and its place in the trash or not. */
static int tell_entry(struct vault *vault, const struct item *item, int64_t id,
                      struct import_result *result, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	FREE_AUTO char *name = NULL;
	int r = text_name(item->name, &name, err);

	if (r == 0)
		r = entry_row(vault, id, &stmt, err);
	if (r <= 0)
		return r < 0 ? r : error_set(err, VAULT_FAILED, "an entry is gone");
	tell_name(result, stmt_text(stmt, 2));
	result->other_name = strcmp(result->name, name) != 0;
	result->trashed_there = item->trashed && stmt_int(stmt, 7) == ENTRY_LIVE;
	return 0;
}

/* The entry is there: is there anything new? */
static int meet(struct vault *vault, const struct item *item, int64_t id, unsigned flags,
                struct import_result *result, struct error *err)
{
	TRANSLATED_AUTO own = {0};
	bool kept = false;
	int r = import_translate(vault, item, id, &own, err);

	result->realm_left = own.realm_left;
	if (r == 0)
		r = tell_entry(vault, item, id, result, err);
	if (r == 0)
		r = import_bytes(vault, id, &own, err);
	if (r == 0)
		r = import_pointers(vault, id, &own, &kept, err);
	if (r == 0)
		r = references_keep(vault, item, id, false, flags, err);
	if (r == 0)
		r = import_news(vault, &own.item, id, &result->news, err);
	if (r < 0)
		return r;
	if (kept)
		result->news |= NEWS_KEPT;
	result->outcome = IMPORT_SAME;
	if (!(result->news & NEWS_ANY))
		return 0;
	r = import_update(vault, &own.item, id, flags & IMPORT_UPDATE, &result->news, err);
	if (r < 0 || !(result->news & NEWS_ANY))
		return r;
	result->outcome = flags & IMPORT_UPDATE ? IMPORT_UPDATED : IMPORT_DIFFERS;
	if (!(flags & IMPORT_UPDATE))
		return 0;
	result->master = is_master(vault, item);
	return result->news & NEWS_PASSWORD ? look_for_burned(vault, id, result, err) : 0;
}

static int import_one(struct vault *vault, const struct item *item, unsigned flags,
                      struct import_result *result, struct error *err)
{
	unsigned char uuid[ITEM_UUID_BYTES], met[ITEM_UUID_BYTES];
	struct identity *identity = NULL;
	int64_t id = 0;
	int r = identity_find(vault, item, &identity, uuid, err);

	if (r < 0)
		return r;
	if (identity && identity->state == ENTRY_TRASHED) {
		identity->met = true;
		result->outcome = item->trashed ? IMPORT_SAME : IMPORT_TRASHED;
		return tell_entry(vault, item, identity->id, result, err);
	}
	if (identity) {
		identity->met = true;
		return meet(vault, item, identity->id, flags, result, err);
	}
	if (!item->trashed) {
		r = import_known(vault, item, &id, met, err);
		if (r < 0)
			return r;
	}
	if (id == 0)
		return add(vault, item, uuid, flags, result, err);
	r = identity_meet(vault, met, id, err);
	if (r == 0)
		r = identity_alias(vault, item, uuid, id, err);
	return r == 0 ? meet(vault, item, id, flags, result, err) : r;
}

int vault_import(struct vault *vault, const struct item *item, unsigned flags,
                 struct import_result *ret_result, struct error *err)
{
	int r;

	*ret_result = (struct import_result){0};
	if (!vault->batch)
		return error_set(err, VAULT_USAGE, "an import is a batch of writes");
	r = write_begin(vault, err);
	if (r == 0)
		r = check_item(item, err);
	if (r < 0)
		return r;
	tell_name(ret_result, item->name);
	r = import_one(vault, item, flags, ret_result, err);
	return r == 0 ? write_commit(vault, err) : write_rollback(vault, r);
}
