/*
 * Proton Pass: data.json, by itself or in a zip file beside the folder of attached files. Vaults
 * become tags. Source: docs/FORMATS.md.
 */
#include <stdlib.h>
#include <string.h>

#include "format/json_take.h"
#include "format/json_vault.h"
#include "format/protonpass.h"
#include "format/zip_take.h"

#define FOLDER "Proton Pass/"
#define DATA FOLDER "data.json"
#define SEALED FOLDER "data.pgp"
#define FILES FOLDER "files/"
#define ARMOR "-----BEGIN PGP MESSAGE-----"
#define STATE_TRASHED 2

static bool is_armored(const struct source *source)
{
	return source->length >= strlen(ARMOR) && memcmp(source->bytes, ARMOR, strlen(ARMOR)) == 0;
}

static void look(const struct format *format, const struct source *source, struct look *ret_look)
{
	struct json_glance members[] = {{.name = "vaults"}, {.name = "encrypted"}};

	(void)format;
	if (json_glance(source, members, sizeof(members) / sizeof(members[0]))) {
		if (members[0].first == '{')
			ret_look->score = members[1].first ? 100 : 70;
	} else if (zip_has(source, DATA) || zip_has(source, SEALED)) {
		ret_look->score = 100;
	} else if (is_armored(source)) {
		ret_look->score = 20;
	}
}

/* ---- an item ------------------------------------------------------------------------- */

#define ELSEWHERE(member) \
	{ \
		member, TAKE_ELSEWHERE, NULL \
	}

static const struct json_rule item_rules[] = {
	ELSEWHERE("itemId"),
	ELSEWHERE("shareId"), /* of the vault it is in */
	ELSEWHERE("data"),
	ELSEWHERE("state"),
	ELSEWHERE("createTime"),
	ELSEWHERE("modifyTime"),
	ELSEWHERE("pinned"),
	ELSEWHERE("files"),
	ELSEWHERE("contentFormatVersion"),
	ELSEWHERE("shareCount"), /* with how many people */
	{"folderId", TAKE_LEFT, NULL},
	{"aliasEmail", TAKE_TEXT, "alias"},
	{NULL, 0, NULL},
};

static const struct json_rule data_rules[] = {
	ELSEWHERE("metadata"),
	ELSEWHERE("extraFields"),
	ELSEWHERE("type"),
	ELSEWHERE("content"),
	{"platformSpecific", TAKE_LEFT, NULL},
	{NULL, 0, NULL},
};

static const struct json_rule login_rules[] = {
	ELSEWHERE("itemEmail"), ELSEWHERE("itemUsername"), ELSEWHERE("username"),
	ELSEWHERE("password"),  ELSEWHERE("urls"),         ELSEWHERE("totpUri"),
	ELSEWHERE("passkeys"),  ELSEWHERE("autofillUrls"), {NULL, 0, NULL},
};

/* Of cards, identities and all else: text, but for what nobody should see. */
static const struct json_rule content_rules[] = {
	{"number", TAKE_SECRET, NULL},
	{"verificationNumber", TAKE_SECRET, NULL},
	{"pin", TAKE_SECRET, NULL},
	{"privateKey", TAKE_SECRET, NULL},
	{"socialSecurityNumber", TAKE_SECRET, NULL},
	{"passportNumber", TAKE_SECRET, NULL},
	{"licenseNumber", TAKE_SECRET, NULL},
	ELSEWHERE("password"), /* of a wireless network */
	ELSEWHERE("sections"),
	ELSEWHERE("extraSections"),
	ELSEWHERE("extraPersonalDetails"),
	ELSEWHERE("extraAddressDetails"),
	ELSEWHERE("extraContactDetails"),
	ELSEWHERE("extraWorkDetails"),
	{NULL, TAKE_TEXT, NULL},
};

static void take_fields(struct emit *emit, const json_t *fields)
{
	const json_t *field;
	size_t i;

	json_array_foreach(fields, i, field)
	{
		struct span name = json_member(field, "fieldName");
		struct span type = json_member(field, "type");
		const json_t *data = json_object_get(field, "data");

		if (span_is(type, "totp"))
			emit_otp(emit, json_member(data, "totpUri"));
		else if (span_is(type, "text") || span_is(type, "hidden"))
			json_take_value(emit, span_is(type, "text") ? TAKE_TEXT : TAKE_SECRET, name,
			                json_object_get(data, "content"));
		else if (span_is(type, "timestamp"))
			json_take_value(emit, TAKE_TEXT, name, json_object_get(data, "timestamp"));
		else
			json_keep(emit, name, field);
	}
}

static void take_sections(struct emit *emit, const json_t *sections)
{
	const json_t *section;
	size_t i;

	json_array_foreach(sections, i, section)
	{
		const json_t *fields = json_object_get(section, "sectionFields");

		take_fields(emit, fields);
		if (json_array_size(fields) > 0 && json_member(section, "sectionName").length > 0)
			json_take_heading(emit);
	}
}

/* How an address is matched, where that is not the usual way (0), is kept. */
static void take_urls(struct emit *emit, const json_t *urls)
{
	const json_t *each;
	size_t i;

	json_array_foreach(urls, i, each)
	{
		emit_url(emit, json_member(each, "url"));
		if (json_integer_value(json_object_get(each, "mode")) != 0)
			json_keep(emit, span_of("URL match"), each);
	}
}

void proton_take_urls(struct emit *emit, struct span key, struct span text)
{
	const struct source source = {.bytes = (const unsigned char *)text.bytes,
	                              .length = text.length};
	struct json_walk walk;
	JSON_AUTO *urls = NULL;

	if (text.length == 0)
		return;
	json_walk_start(&walk, &source);
	if (json_walk_value(&walk, &urls, NULL) == 0 && json_is_array(urls) &&
	    json_walk_end(&walk, NULL) == 0)
		take_urls(emit, urls);
	else
		emit_kept(emit, key, text);
}

static void take_login(struct emit *emit, const json_t *login)
{
	struct span user = json_member(login, "itemUsername");
	struct span email = json_member(login, "itemEmail");
	const json_t *each;
	size_t i;

	emit_user(emit, user);
	if (user.length > 0 && email.length > 0)
		emit_text(emit, span_of("email"), email);
	else
		emit_user(emit, email);
	emit_user(emit, json_member(login, "username")); /* of older versions */
	emit_password(emit, json_member(login, "password"), 0, span_of(NULL));
	emit_otp(emit, json_member(login, "totpUri"));
	json_array_foreach(json_object_get(login, "urls"), i, each) emit_url(emit, json_span(each));
	take_urls(emit, json_object_get(login, "autofillUrls"));
	json_array_foreach(json_object_get(login, "passkeys"), i, each)
		json_keep(emit, span_of("passkey"), each);
	json_take(emit, login, login_rules);
}

static void take_content(struct emit *emit, const json_t *content, const char *type)
{
	emit_password(emit, json_member(content, "password"), 0, span_of(NULL));
	json_take(emit, content, content_rules);
	take_sections(emit, json_object_get(content, "sections"));
	take_sections(emit, json_object_get(content, "extraSections"));
	for (size_t i = 0; content_rules[i].member; i++)
		if (strncmp(content_rules[i].member, "extra", 5) == 0 &&
		    strcmp(content_rules[i].member, "extraSections") != 0)
			take_fields(emit, json_object_get(content, content_rules[i].member));
	if (type && strcmp(type, "note") != 0)
		emit_account(emit, FATE_CHANGED, type, "kept as fields");
}

static void take_data(struct emit *emit, const json_t *data)
{
	const json_t *metadata = json_object_get(data, "metadata");
	const char *type = json_string_value(json_object_get(data, "type"));
	struct span note = json_member(metadata, "note");

	emit_name(emit, json_member(metadata, "name"));
	if (note.length > 0)
		emit_note(emit, note);
	if (type && strcmp(type, "login") == 0)
		take_login(emit, json_object_get(data, "content"));
	else
		take_content(emit, json_object_get(data, "content"), type);
	take_fields(emit, json_object_get(data, "extraFields"));
	json_take(emit, data, data_rules);
}

static int take_files(struct emit *emit, struct zip *zip, const json_t *files, struct error *err)
{
	const json_t *file;
	size_t i;
	int r = 0;

	json_array_foreach(files, i, file)
	{
		const char *name = json_string_value(file);
		BUF_AUTO path = BUF_EMPTY;
		struct zip_member *member;

		buf_add_format(&path, FILES "%s", name ? name : "");
		if (buf_check(&path, err) < 0)
			return -VAULT_FAILED;
		for (char *p = (char *)path.bytes + strlen(FILES); *p; p++)
			if (*p == '/' || *p == '\\') /* as Proton Pass does */
				*p = '_';
		member = zip ? zip_find(zip, (char *)path.bytes) : NULL;
		if (member)
			r = zip_take(zip, member, emit, span_of(name), err);
		else
			json_keep(emit, span_of("missing file"), file);
		if (r < 0)
			return r;
	}
	return 0;
}

static int take_item(struct emit *emit, struct zip *zip, const json_t *item, struct error *err)
{
	int64_t modified = json_date(json_object_get(item, "modifyTime"));

	json_take_id(emit, "proton:", json_member(item, "itemId"));
	emit_created(emit, json_date(json_object_get(item, "createTime")));
	emit_modified(emit, modified);
	if (json_integer_value(json_object_get(item, "state")) == STATE_TRASHED)
		emit_trashed(emit, modified ? modified : 1);
	if (json_is_true(json_object_get(item, "pinned")))
		emit_tag(emit, span_of("pinned"));
	take_data(emit, json_object_get(item, "data"));
	json_take(emit, item, item_rules);
	return take_files(emit, zip, json_object_get(item, "files"), err);
}

/* ---- the file ------------------------------------------------------------------------ */

static int in_vaults(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	struct json_vault vault = *(const struct json_vault *)context;
	JSON_AUTO *name = json_walk_ahead(walk, "name");

	(void)key;
	vault.name = json_span(name);
	return json_vault_read(walk, &vault, err);
}

static int in_file(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	JSON_AUTO *value = NULL;
	int r;

	if (span_is(key, "vaults"))
		return json_walk_object(walk, in_vaults, context, err);
	if (!span_is(key, "encrypted"))
		return json_walk_skip(walk, err);
	r = json_walk_value(walk, &value, err);
	if (r == 0 && json_is_true(value))
		r = error_set(err, VAULT_USAGE,
		              "its contents are encrypted: export it again without encryption");
	return r;
}

static int read_data(const struct source *source, struct zip *zip, struct emit *emit,
                     struct error *err)
{
	struct json_vault vault = {.emit = emit, .zip = zip, .take_item = take_item};

	return json_walk_file(source, in_file, &vault, err);
}

static int refuse_pgp(struct error *err)
{
	return error_set(err, VAULT_USAGE,
	                 "it is encrypted by PGP: decrypt it first, by 'gpg --decrypt' with the "
	                 "passphrase of the export, or export it again without encryption");
}

static int read_protonpass(const struct format *format, const struct source *source,
                           struct emit *emit, struct error *err)
{
	ZIP_AUTO zip = {0};
	struct source data = {0};
	struct span bytes = {0};
	int r;

	(void)format;
	if (is_armored(source))
		return refuse_pgp(err);
	if (source->length < 2 || memcmp(source->bytes, "PK", 2) != 0)
		return read_data(source, NULL, emit, err);
	r = zip_open(&zip, source, err);
	if (r == 0 && zip_find(&zip, SEALED))
		r = refuse_pgp(err);
	if (r == 0)
		r = zip_need(&zip, DATA, &bytes, err);
	data.bytes = bytes.bytes;
	data.length = bytes.length;
	if (r == 0)
		r = read_data(&data, &zip, emit, err);
	if (r == 0)
		zip_tell_rest(&zip, NULL, emit);
	free((void *)(uintptr_t)bytes.bytes);
	return r;
}

static const struct format_code code = {.look = look, .read = read_protonpass};

const struct format format_protonpass = {
	.name = "protonpass",
	.title = "Proton Pass JSON or zip",
	.flags = FORMAT_READS,
	.code = &code,
};
