#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/when.h"
#include "format/cxf.h"
#include "format/json_take.h"

#define ELSEWHERE(member) \
	{ \
		member, TAKE_ELSEWHERE, NULL \
	}

static const struct json_rule item_rules[] = {
	ELSEWHERE("id"),          ELSEWHERE("creationAt"), ELSEWHERE("modifiedAt"),
	ELSEWHERE("title"),       ELSEWHERE("favorite"),   ELSEWHERE("scope"),
	ELSEWHERE("credentials"), ELSEWHERE("tags"),       {"subtitle", TAKE_TEXT, NULL},
	{NULL, 0, NULL},
};

/* An identifier: base 64 with - and _ instead of + and /; ours are UUIDs. */
static void take_id(struct emit *emit, struct span id)
{
	char text[24];
	struct span bytes;

	if (id.length > 0 && id.length < sizeof(text)) {
		memcpy(text, id.bytes, id.length);
		for (size_t i = 0; i < id.length; i++)
			text[i] = (char)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
		if (base64_decode(text, id.length, &bytes) && bytes.length == ITEM_UUID_BYTES) {
			emit_uuid(emit, bytes.bytes);
			return;
		}
	}
	json_take_id(emit, "cxf:", id);
}

/* ---- fields -------------------------------------------------------------------------- */

/* An editable field is an object with a value; some members are values by themselves. */
static const json_t *value_of(const json_t *field)
{
	return json_is_object(field) ? json_object_get(field, "value") : field;
}

static struct span text_of(const json_t *object, const char *member)
{
	return json_span(value_of(json_object_get(object, member)));
}

static bool is_concealed(const json_t *field)
{
	return span_is(json_member(field, "fieldType"), "concealed-string");
}

/* Labels by which we write what the format does not know. */
static bool take_own(struct emit *emit, struct span label, struct span value)
{
	int64_t seconds;

	if (span_is(label, CXF_RULES))
		emit_rules(emit, value);
	else if (span_is(label, CXF_OTP))
		emit_otp(emit, value);
	else if (span_is(label, CXF_EXPIRES) && when_read(value.bytes, value.length, &seconds))
		emit_expires(emit, seconds);
	else
		return false;
	return true;
}

static void take_field(struct emit *emit, struct span label, const json_t *field)
{
	const json_t *value = value_of(field);
	enum json_take how = is_concealed(field) ? TAKE_SECRET : TAKE_TEXT;

	if (json_is_string(value) && json_string_length(value) == 0) {
		if (how == TAKE_SECRET)
			emit_secret(emit, label, span_of(""));
		else
			emit_text(emit, label, span_of(""));
	} else {
		json_take_value(emit, how, label, value);
	}
	json_keep(emit, span_of("extensions of a field"), json_object_get(field, "extensions"));
}

static void take_custom(struct emit *emit, const json_t *credential)
{
	const json_t *field;
	size_t i;

	json_array_foreach(json_object_get(credential, "fields"), i, field)
	{
		struct span label = json_member(field, "label"), value = json_span(value_of(field));

		if (!value.bytes || !take_own(emit, label, value))
			take_field(emit, label, field);
	}
	if (i > 0 && json_member(credential, "label").length > 0)
		json_take_heading(emit);
	json_keep(emit, span_of("extensions"), json_object_get(credential, "extensions"));
}

/* A card, an address, an identity …: each of its members is a field. */
static void take_members(struct emit *emit, const json_t *credential, const char *type)
{
	const char *member;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)credential, member, value)
	{
		if (strcmp(member, "type") == 0 || json_is_nothing(value))
			continue;
		if (json_is_object(value) && json_object_get(value, "value"))
			take_field(emit, span_of(member), value);
		else
			json_keep(emit, span_of(member), value);
	}
	emit_account(emit, FATE_CHANGED, type, "kept as fields");
}

/* ---- credentials --------------------------------------------------------------------- */

static void add_encoded(struct buf *buf, struct span text)
{
	const unsigned char *p = text.bytes;

	for (size_t i = 0; i < text.length; i++)
		buf_add_format(buf, "%%%02x", p[i]);
}

/* As the URI that all else writes. */
static void take_totp(struct emit *emit, const json_t *totp)
{
	struct span issuer = text_of(totp, "issuer"), account = text_of(totp, "username");
	struct span hash = text_of(totp, "algorithm"), secret = text_of(totp, "secret");
	json_int_t digits = json_integer_value(json_object_get(totp, "digits"));
	json_int_t period = json_integer_value(json_object_get(totp, "period"));
	BUF_AUTO uri = BUF_EMPTY;

	buf_add_string(&uri, "otpauth://totp/");
	add_encoded(&uri, account);
	buf_add_string(&uri, "?secret=");
	add_encoded(&uri, secret);
	if (issuer.length > 0) {
		buf_add_string(&uri, "&issuer=");
		add_encoded(&uri, issuer);
	}
	if (hash.length > 0) {
		buf_add_string(&uri, "&algorithm=");
		add_encoded(&uri, hash);
	}
	if (digits > 0)
		buf_add_format(&uri, "&digits=%" JSON_INTEGER_FORMAT, digits);
	if (period > 0)
		buf_add_format(&uri, "&period=%" JSON_INTEGER_FORMAT, period);
	if (secret.length > 0 && !uri.failed)
		emit_otp(emit, (struct span){uri.bytes, uri.length});
	else
		json_keep(emit, span_of("one-time code"), totp);
}

static const struct json_rule login_rules[] = {
	ELSEWHERE("type"), ELSEWHERE("username"), ELSEWHERE("password"),
	ELSEWHERE("urls"), {NULL, 0, NULL},
};

static void take_urls(struct emit *emit, const json_t *urls)
{
	const json_t *url;
	size_t i;

	json_array_foreach(urls, i, url) emit_url(emit, json_span(url));
}

static void take_login(struct emit *emit, const json_t *login)
{
	const json_t *user = json_object_get(login, "username");
	const json_t *password = json_object_get(login, "password");

	emit_user(emit, json_span(value_of(user)));
	emit_password(emit, json_span(value_of(password)), 0, span_of(NULL));
	take_urls(emit, json_object_get(login, "urls")); /* of the drafts */
	json_take(emit, login, login_rules);
}

static void take_credential(struct emit *emit, const json_t *credential)
{
	const char *name = json_string_value(json_object_get(credential, "type"));
	struct span type = span_of(name);

	if (span_is(type, "basic-auth")) {
		take_login(emit, credential);
	} else if (span_is(type, "totp")) {
		take_totp(emit, credential);
	} else if (span_is(type, "note")) {
		if (text_of(credential, "content").length > 0)
			emit_note(emit, text_of(credential, "content"));
	} else if (span_is(type, "custom-fields")) {
		take_custom(emit, credential);
	} else if (span_is(type, "generated-password")) {
		emit_password(emit, text_of(credential, "password"), 0, span_of(NULL));
	} else if (span_is(type, "file")) {
		json_keep(emit, span_of("file that is not in it"), credential);
	} else if (!name || span_is(type, "passkey") || span_is(type, "item-reference")) {
		json_keep(emit, name ? type : span_of("credential"), credential);
	} else {
		take_members(emit, credential, name);
	}
}

/* ---- the item ------------------------------------------------------------------------ */

static void take_scope(struct emit *emit, const json_t *scope)
{
	const json_t *app;
	size_t i;

	take_urls(emit, json_object_get(scope, "urls"));
	json_array_foreach(json_object_get(scope, "androidApps"), i, app)
		json_keep(emit, span_of("Android app"), app);
}

void cxf_take_item(struct emit *emit, const json_t *item, const json_t *collections)
{
	const char *id = json_string_value(json_object_get(item, "id"));
	const json_t *each;
	size_t i;

	take_id(emit, span_of(id));
	emit_name(emit, json_member(item, "title"));
	emit_created(emit, json_date(json_object_get(item, "creationAt")));
	emit_modified(emit, json_date(json_object_get(item, "modifiedAt")));
	json_array_foreach(id ? json_object_get(collections, id) : NULL, i, each)
		emit_tag(emit, json_span(each));
	json_array_foreach(json_object_get(item, "tags"), i, each) emit_tag(emit, json_span(each));
	if (json_is_true(json_object_get(item, "favorite")))
		emit_tag(emit, span_of(CXF_FAVOURITE));
	take_scope(emit, json_object_get(item, "scope"));
	json_array_foreach(json_object_get(item, "credentials"), i, each)
		take_credential(emit, each);
	json_take(emit, item, item_rules);
}
