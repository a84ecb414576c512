/* What Bitwarden calls an item: a login, a note, a card, an identity or a key of SSH. */
#include <string.h>

#include "base/when.h"
#include "format/bitwarden.h"
#include "format/json_take.h"

enum custom_type {
	CUSTOM_TEXT,
	CUSTOM_HIDDEN,
	CUSTOM_BOOLEAN,
	CUSTOM_LINKED,
};

#define ELSEWHERE(member) \
	{ \
		member, TAKE_ELSEWHERE, NULL \
	}
#define END \
	{ \
		NULL, 0, NULL \
	}

static const struct json_rule item_rules[] = {
	ELSEWHERE("id"),
	ELSEWHERE("type"),
	ELSEWHERE("name"),
	ELSEWHERE("notes"),
	ELSEWHERE("folderId"),
	ELSEWHERE("collectionIds"),
	ELSEWHERE("favorite"),
	ELSEWHERE("reprompt"),
	ELSEWHERE("fields"),
	ELSEWHERE("login"),
	ELSEWHERE("secureNote"),
	ELSEWHERE("card"),
	ELSEWHERE("identity"),
	ELSEWHERE("sshKey"),
	ELSEWHERE("passwordHistory"),
	ELSEWHERE("creationDate"),
	ELSEWHERE("revisionDate"),
	ELSEWHERE("deletedDate"),
	{"archivedDate", TAKE_TEXT, "archived"},
	{"organizationId", TAKE_LEFT, "identifier of the organization"},
	END,
};

static const struct json_rule login_rules[] = {
	ELSEWHERE("username"),
	ELSEWHERE("password"),
	ELSEWHERE("passwordRevisionDate"),
	ELSEWHERE("totp"),
	ELSEWHERE("uris"),
	ELSEWHERE("fido2Credentials"),
	END,
};

static const struct json_rule note_rules[] = {ELSEWHERE("type"), END};

static const struct json_rule card_rules[] = {
	{"cardholderName", TAKE_TEXT, "cardholder"},
	{"brand", TAKE_TEXT, "brand"},
	{"number", TAKE_SECRET, "card number"},
	{"expMonth", TAKE_TEXT, "expiration month"},
	{"expYear", TAKE_TEXT, "expiration year"},
	{"code", TAKE_SECRET, "security code"},
	END,
};

static const struct json_rule identity_rules[] = {
	{"title", TAKE_TEXT, NULL},
	{"firstName", TAKE_TEXT, "first name"},
	{"middleName", TAKE_TEXT, "middle name"},
	{"lastName", TAKE_TEXT, "last name"},
	{"address1", TAKE_TEXT, "address 1"},
	{"address2", TAKE_TEXT, "address 2"},
	{"address3", TAKE_TEXT, "address 3"},
	{"city", TAKE_TEXT, NULL},
	{"state", TAKE_TEXT, NULL},
	{"postalCode", TAKE_TEXT, "postal code"},
	{"country", TAKE_TEXT, NULL},
	{"company", TAKE_TEXT, NULL},
	{"email", TAKE_TEXT, NULL},
	{"phone", TAKE_TEXT, NULL},
	{"ssn", TAKE_SECRET, "social security number"},
	ELSEWHERE("username"),
	{"passportNumber", TAKE_SECRET, "passport number"},
	{"licenseNumber", TAKE_SECRET, "license number"},
	END,
};

static const struct json_rule ssh_key_rules[] = {
	{"privateKey", TAKE_SECRET, "private key"},
	{"publicKey", TAKE_TEXT, "public key"},
	{"keyFingerprint", TAKE_TEXT, "fingerprint"},
	END,
};

static int64_t date(const json_t *object, const char *member)
{
	return json_date(json_object_get(object, member));
}

/* How an address is compared with that of a page: what is not the usual way is kept. */
static void take_urls(struct emit *emit, const json_t *urls)
{
	const json_t *url;
	size_t i;

	json_array_foreach(urls, i, url)
	{
		emit_url(emit, json_member(url, "uri"));
		if (!json_is_nothing(json_object_get(url, "match")))
			json_keep(emit, span_of("URL match"), url);
	}
}

static void take_passkeys(struct emit *emit, const json_t *passkeys)
{
	const json_t *passkey;
	size_t i;

	json_array_foreach(passkeys, i, passkey) json_keep(emit, span_of("passkey"), passkey);
}

/* Bitwarden dates the changes of a password alone: one without is as old as its item. */
static int64_t password_since(const json_t *item, const json_t *login)
{
	bool changed = json_array_size(json_object_get(item, "passwordHistory")) > 0;
	int64_t revised = date(login, "passwordRevisionDate");

	return revised || changed ? revised : date(item, "creationDate");
}

static void take_login(struct emit *emit, const json_t *item)
{
	const json_t *login = json_object_get(item, "login");

	emit_user(emit, json_member(login, "username"));
	emit_password(emit, json_member(login, "password"), password_since(item, login),
	              span_of(NULL));
	emit_otp(emit, json_member(login, "totp"));
	take_urls(emit, json_object_get(login, "uris"));
	take_passkeys(emit, json_object_get(login, "fido2Credentials"));
	json_take(emit, login, login_rules);
}

/* What we write where Bitwarden has no room comes back as it was. */
static bool take_own(struct emit *emit, struct span name, struct span value)
{
	int64_t seconds;

	if (span_is(name, "tag"))
		emit_tag(emit, value);
	else if (span_is(name, "rules"))
		emit_rules(emit, value);
	else if (span_is(name, "expires") && when_read(value.bytes, value.length, &seconds))
		emit_expires(emit, seconds);
	else
		return false;
	return true;
}

static void take_custom(struct emit *emit, const json_t *field)
{
	struct span name = json_member(field, "name"), value = json_member(field, "value");

	switch (json_integer_value(json_object_get(field, "type"))) {
	case CUSTOM_TEXT:
		if (value.bytes && take_own(emit, name, value))
			return;
		emit_text(emit, name, value.bytes ? value : span_of(""));
		return;
	case CUSTOM_HIDDEN:
		emit_secret(emit, name, value.bytes ? value : span_of(""));
		return;
	case CUSTOM_BOOLEAN:
		emit_text(emit, name, value.bytes ? value : span_of("false"));
		emit_account(emit, FATE_CHANGED, "boolean field", "kept as a text field");
		return;
	case CUSTOM_LINKED:
		json_take_value(emit, TAKE_TEXT, name, json_object_get(field, "linkedId"));
		emit_account(emit, FATE_CHANGED, "linked field",
		             "kept as a text field with the number of what it is linked to");
		return;
	default:
		json_keep(emit, name, field);
	}
}

/* The last one comes first. Of two with one date the order is all that tells which was earlier. */
static void take_history(struct emit *emit, const json_t *history)
{
	for (size_t i = json_array_size(history); i-- > 0;) {
		const json_t *past = json_array_get(history, i);

		emit_earlier(emit, json_member(past, "password"), 0, date(past, "lastUsedDate"),
		             span_of(NULL));
	}
}

/* An item has one of these, whatever its type says. */
static void take_parts(struct emit *emit, const json_t *item)
{
	static const struct {
		const char *member, *what;
		const struct json_rule *rules;
	} parts[] = {
		{"card", "card", card_rules},
		{"identity", "identity", identity_rules},
		{"sshKey", "SSH key", ssh_key_rules},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const json_t *part = json_object_get(item, parts[i].member);

		if (json_is_nothing(part))
			continue;
		json_take(emit, part, parts[i].rules);
		emit_account(emit, FATE_CHANGED, parts[i].what, "kept as fields");
	}
	emit_user(emit, json_member(json_object_get(item, "identity"), "username"));
	json_take(emit, json_object_get(item, "secureNote"), note_rules);
}

static void take_folders(struct emit *emit, const json_t *item, const json_t *folders)
{
	const json_t *collection;
	const char *id = json_string_value(json_object_get(item, "folderId"));
	size_t i;

	if (id)
		emit_tag(emit, json_member(folders, id));
	json_array_foreach(json_object_get(item, "collectionIds"), i, collection)
	{
		id = json_string_value(collection);
		if (id)
			emit_tag(emit, json_member(folders, id));
	}
}

void bitwarden_take_item(struct emit *emit, const json_t *item, const json_t *folders)
{
	const json_t *field;
	size_t i;

	json_take_id(emit, "bitwarden:", json_member(item, "id"));
	emit_name(emit, json_member(item, "name"));
	emit_note(emit, json_member(item, "notes"));
	emit_created(emit, date(item, "creationDate"));
	emit_modified(emit, date(item, "revisionDate"));
	emit_trashed(emit, date(item, "deletedDate"));
	take_folders(emit, item, folders);
	if (json_is_true(json_object_get(item, "favorite")))
		emit_tag(emit, span_of(BITWARDEN_FAVOURITE));
	if (json_integer_value(json_object_get(item, "reprompt")) != 0)
		json_take_value(emit, TAKE_TEXT, span_of("reprompt"),
		                json_object_get(item, "reprompt"));
	take_login(emit, item);
	take_parts(emit, item);
	json_array_foreach(json_object_get(item, "fields"), i, field) take_custom(emit, field);
	take_history(emit, json_object_get(item, "passwordHistory"));
	json_take(emit, item, item_rules);
}
