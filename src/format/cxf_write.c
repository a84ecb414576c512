#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <vault/otp.h>

#include "format/cxf.h"
#include "format/otp_out.h"

#define EXPORTER "vault"
#define ID_TEXT 22 /* characters of 16 bytes in base 64 */

/* Identifiers are base 64 with - and _, without padding. */
static void make_id(const unsigned char uuid[ITEM_UUID_BYTES], char text[ID_TEXT + 1])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	for (size_t i = 0; i < ID_TEXT; i++) {
		size_t bit = i * 6, byte = bit / 8;
		unsigned pair = (unsigned)uuid[byte] << 8 |
		                (byte + 1 < ITEM_UUID_BYTES ? uuid[byte + 1] : 0U);

		text[i] = digits[pair >> (10 - bit % 8) & 63];
	}
	text[ID_TEXT] = '\0';
}

int cxf_begin(const struct format *format, struct sink *sink, struct error *err)
{
	static const unsigned char account[ITEM_UUID_BYTES] = {0};
	struct json_write *json = sink->state;
	char id[ID_TEXT + 1];

	(void)format;
	json->sink = sink;
	json_write_object(json, NULL);
	json_write_object(json, "version");
	json_write_number(json, "major", 1);
	json_write_number(json, "minor", 0);
	json_write_close(json);
	json_write_string(json, "exporterRpId", EXPORTER);
	json_write_string(json, "exporterDisplayName", EXPORTER);
	json_write_number(json, "timestamp", (int64_t)time(NULL));
	json_write_array(json, "accounts");
	json_write_object(json, NULL);
	make_id(account, id);
	json_write_string(json, "id", id);
	json_write_string(json, "username", "");
	json_write_string(json, "email", "");
	json_write_array(json, "collections");
	json_write_close(json);
	json_write_array(json, "items");
	return sink_check(sink, err);
}

/* ---- credentials --------------------------------------------------------------------- */

static void begin_credential(struct json_write *json, const char *type)
{
	json_write_object(json, NULL);
	json_write_string(json, "type", type);
}

/* `key` is NULL in a list, `label` is NULL outside of one. */
static void put_field(struct json_write *json, const char *key, const char *label, const char *type,
                      struct span value)
{
	json_write_object(json, key);
	json_write_string(json, "fieldType", type);
	json_write_text(json, "value", value);
	if (label)
		json_write_string(json, "label", label);
	json_write_close(json);
}

static void put_login(struct json_write *json, const struct item *item)
{
	const struct item_password *last =
		item->n_passwords > 0 ? &item->passwords[item->n_passwords - 1] : NULL;

	if (last && last->until != 0)
		last = NULL;
	if (!last && !item->user)
		return;
	begin_credential(json, "basic-auth");
	if (item->user)
		put_field(json, "username", NULL, "string",
		          (struct span){item->user, strlen(item->user)});
	if (last)
		put_field(json, "password", NULL, "concealed-string", last->value);
	json_write_close(json);
}

static int put_totp(struct json_write *json, struct span uri, bool *ret_written, struct error *err)
{
	static const char *const hashes[] =
		{[OTP_SHA1] = "sha1", [OTP_SHA256] = "sha256", [OTP_SHA512] = "sha512"};
	SECRET_AUTO *text = NULL;
	OTP_AUTO otp = {0};
	int r = secret_copy(&text, uri.bytes, uri.length, err);

	*ret_written = false;
	if (r < 0)
		return r;
	if (otp_read(text, &otp, NULL) < 0 || otp.kind != OTP_TOTP || !otp_seed(uri).bytes)
		return 0;
	begin_credential(json, "totp");
	json_write_text(json, "secret", otp_seed(uri));
	json_write_number(json, "period", otp.period);
	json_write_number(json, "digits", otp.digits);
	if (otp.account)
		json_write_string(json, "username", otp.account);
	json_write_string(json, "algorithm", hashes[otp.hash]);
	if (otp.issuer)
		json_write_string(json, "issuer", otp.issuer);
	json_write_close(json);
	*ret_written = true;
	return 0;
}

static void put_custom(struct json_write *json, const struct item *item, bool otp)
{
	begin_credential(json, "custom-fields");
	json_write_array(json, "fields");
	for (size_t i = 0; i < item->n_fields; i++) {
		const struct item_field *field = &item->fields[i];

		if (field->kind == FIELD_TEXT)
			put_field(json, NULL, field->key, "string", field->value);
		else if (field->kind == FIELD_SECRET)
			put_field(json, NULL, field->key, "concealed-string", field->value);
		else if (field->kind == FIELD_EXPIRES)
			put_field(json, NULL, CXF_EXPIRES, "string", field->value);
		else if (field->kind == FIELD_RULES)
			put_field(json, NULL, CXF_RULES, "string", field->value);
		else if (field->kind == FIELD_OTP && otp)
			put_field(json, NULL, CXF_OTP, "concealed-string", field->value);
	}
	json_write_close(json);
	json_write_close(json);
}

static int put_credentials(struct json_write *json, const struct item *item, struct error *err)
{
	bool custom = false, otp = false;
	int r = 0;

	json_write_array(json, "credentials");
	put_login(json, item);
	for (size_t i = 0; i < item->n_fields && r == 0; i++) {
		const struct item_field *field = &item->fields[i];
		bool written = true;

		if (field->kind == FIELD_OTP) {
			r = put_totp(json, field->value, &written, err);
			otp |= !written;
		} else if (field->kind == FIELD_NOTE) {
			begin_credential(json, "note");
			put_field(json, "content", NULL, "string", field->value);
			json_write_close(json);
		}
		custom |= field->kind == FIELD_TEXT || field->kind == FIELD_SECRET ||
		          field->kind == FIELD_EXPIRES || field->kind == FIELD_RULES || !written;
	}
	if (custom && r == 0)
		put_custom(json, item, otp);
	json_write_close(json);
	return r;
}

/* ---- items --------------------------------------------------------------------------- */

static bool is_favourite(const struct item_field *field)
{
	return field->kind == FIELD_TAG && strcmp(field->value.bytes, CXF_FAVOURITE) == 0;
}

static void put_texts(struct json_write *json, const struct item *item, enum field_kind kind)
{
	for (size_t i = 0; i < item->n_fields; i++)
		if (item->fields[i].kind == kind && !is_favourite(&item->fields[i]))
			json_write_text(json, NULL, item->fields[i].value);
	json_write_close(json);
}

static void put_head(struct json_write *json, const struct item *item)
{
	char id[ID_TEXT + 1];
	bool favourite = false;

	for (size_t i = 0; i < item->n_fields; i++)
		favourite |= is_favourite(&item->fields[i]);
	make_id(item->uuid, id);
	json_write_string(json, "id", id);
	if (item->created > 0)
		json_write_number(json, "creationAt", item->created);
	if (item->modified > 0)
		json_write_number(json, "modifiedAt", item->modified);
	json_write_string(json, "title", item->name);
	json_write_bool(json, "favorite", favourite);
	json_write_object(json, "scope");
	json_write_array(json, "urls");
	put_texts(json, item, FIELD_URL);
	json_write_array(json, "androidApps");
	json_write_close(json);
	json_write_close(json);
	json_write_array(json, "tags");
	put_texts(json, item, FIELD_TAG);
}

int cxf_item(struct sink *sink, const struct item *item, struct error *err)
{
	struct json_write *json = sink->state;
	int r;

	json_write_object(json, NULL);
	put_head(json, item);
	r = put_credentials(json, item, err);
	json_write_close(json);
	return r == 0 ? sink_check(sink, err) : r;
}

int cxf_end(struct sink *sink, struct error *err)
{
	struct json_write *json = sink->state;

	while (json->depth > 0)
		json_write_close(json);
	sink_bytes(sink, "\n", 1);
	return sink_check(sink, err);
}
