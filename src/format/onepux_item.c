#include <string.h>

#include "base/when.h"
#include "format/json_take.h"
#include "format/onepux.h"
#include "format/zip_take.h"

#define DAY_MAX INT64_C(61000000000) /* seconds: as far as years have four digits */

#define ELSEWHERE(member) \
	{ \
		member, TAKE_ELSEWHERE, NULL \
	}
#define LEFT(member) \
	{ \
		member, TAKE_LEFT, NULL \
	}
#define END \
	{ \
		NULL, 0, NULL \
	}

static const struct json_rule item_rules[] = {
	ELSEWHERE("uuid"),         ELSEWHERE("favIndex"),
	ELSEWHERE("createdAt"),    ELSEWHERE("updatedAt"),
	ELSEWHERE("state"),        ELSEWHERE("trashed"),
	ELSEWHERE("categoryUuid"), ELSEWHERE("details"),
	ELSEWHERE("overview"),     END,
};

static const struct json_rule overview_rules[] = {
	ELSEWHERE("title"),
	ELSEWHERE("url"),
	ELSEWHERE("urls"),
	ELSEWHERE("tags"),
	LEFT("subtitle"), /* made from other fields */
	LEFT("icons"),
	LEFT("ps"),
	LEFT("pbe"),
	LEFT("pgrng"),
	END,
};

static const struct json_rule details_rules[] = {
	ELSEWHERE("loginFields"),
	ELSEWHERE("notesPlain"),
	ELSEWHERE("sections"),
	ELSEWHERE("passwordHistory"),
	ELSEWHERE("documentAttributes"),
	ELSEWHERE("password"),
	END,
};

/* What is no login, note, password or document. */
static const struct {
	const char *id, *what;
} categories[] = {
	{"002", "credit card"},
	{"004", "identity"},
	{"100", "software license"},
	{"101", "bank account"},
	{"102", "database"},
	{"103", "driver license"},
	{"104", "outdoor license"},
	{"105", "membership"},
	{"106", "passport"},
	{"107", "reward program"},
	{"108", "social security number"},
	{"109", "wireless router"},
	{"110", "server"},
	{"111", "email account"},
	{"112", "API credential"},
	{"113", "medical record"},
	{"114", "SSH key"},
	{"115", "crypto wallet"},
};

/* Kinds whose user and password lie among the fields, under these identifiers. */
static const struct login {
	const char *category, *user, *password, *url;
} logins[] = {
	{"102", "username", "password", NULL},
	{"109", NULL, "wireless_password", NULL},
	{"110", "username", "password", "url"},
	{"111", "pop_username", "pop_password", NULL},
};

/* What the fields of an item are taken from and by. */
struct fields {
	struct emit *emit;
	struct zip *zip;
	const struct login *login; /* NULL: a kind that has its own places for it */
};

static const struct login *login_of(struct span category)
{
	for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++)
		if (span_is(category, logins[i].category))
			return &logins[i];
	return NULL;
}

static int64_t date(const json_t *object, const char *member)
{
	return json_date(json_object_get(object, member));
}

/* ---- files --------------------------------------------------------------------------- */

static int take_file(struct emit *emit, struct zip *zip, const json_t *file, struct error *err)
{
	const char *id = json_string_value(json_object_get(file, "documentId"));
	struct span name = json_member(file, "fileName");
	BUF_AUTO prefix = BUF_EMPTY;
	struct zip_member *member = NULL;

	if (id) {
		buf_add_format(&prefix, "files/%s__", id);
		if (buf_check(&prefix, err) < 0)
			return -VAULT_FAILED;
		member = zip_first(zip, (char *)prefix.bytes);
	}
	if (member)
		return zip_take(zip, member, emit, name, err);
	json_keep(emit, span_of("missing file"), file);
	return 0;
}

/* ---- fields -------------------------------------------------------------------------- */

static void take_login_field(struct emit *emit, const json_t *field)
{
	struct span value = json_member(field, "value"), name = json_member(field, "name");
	struct span designation = json_member(field, "designation");
	struct span type = json_member(field, "fieldType");

	if (json_is_nothing(json_object_get(field, "value")))
		return;
	if (name.length == 0)
		name = json_member(field, "id");
	if (span_is(designation, "username"))
		emit_user(emit, value);
	else if (span_is(designation, "password"))
		emit_password(emit, value, 0, span_of(NULL));
	else if (span_is(type, "P"))
		emit_secret(emit, name, value);
	else if (span_is(type, "C") || span_is(type, "B") || span_is(type, "I"))
		emit_account(emit, FATE_LEFT, "button of a web form",
		             "of use to the other program alone");
	else
		json_take_value(emit, TAKE_TEXT, name, json_object_get(field, "value"));
}

/* A day is a number of seconds, in front of 1970 as well. */
static bool take_day(struct emit *emit, struct span title, const json_t *value)
{
	json_int_t seconds = json_integer_value(value);
	char text[WHEN_SIZE];

	if (!json_is_integer(value) || seconds < -DAY_MAX || seconds > DAY_MAX)
		return false;
	when_write(seconds, text);
	emit_text(emit, title, span_of(text));
	return true;
}

static void take_scalar(struct emit *emit, struct span title, const char *kind, const json_t *value)
{
	static const char *const secret[] = {"concealed", "creditCardNumber", "sshKey", "reference",
	                                     NULL};
	size_t i = 0;

	if (strcmp(kind, "date") == 0 && take_day(emit, title, value))
		return;
	while (secret[i] && strcmp(secret[i], kind) != 0)
		i++;
	json_take_value(emit, secret[i] ? TAKE_SECRET : TAKE_TEXT, title,
	                strcmp(kind, "email") == 0 && json_is_object(value)
	                        ? json_object_get(value, "email_address")
	                        : value);
}

/* A value is an object of one member, which says what kind it is. */
static int take_value(const struct fields *fields, struct span title, const json_t *value,
                      struct error *err)
{
	struct emit *emit = fields->emit;
	const char *kind;
	json_t *inner;

	json_object_foreach((json_t *)(uintptr_t)value, kind, inner)
	{
		if (json_is_nothing(inner))
			continue;
		if (strcmp(kind, "totp") == 0) {
			emit_otp(emit, json_span(inner));
		} else if (strcmp(kind, "url") == 0) {
			emit_url(emit, json_span(inner));
		} else if (strcmp(kind, "file") == 0) {
			int r = take_file(emit, fields->zip, inner, err);

			if (r < 0)
				return r;
		} else {
			take_scalar(emit, title, kind, inner);
		}
	}
	return 0;
}

static bool is_id(struct span id, const char *wanted)
{
	return wanted && span_is(id, wanted);
}

/* False: it is another field. */
static bool take_login(const struct fields *fields, const json_t *field)
{
	const struct login *login = fields->login;
	const json_t *value = json_object_get(field, "value");
	struct span text = json_member(value, "string"), id = json_member(field, "id");

	if (login && is_id(id, login->password) && json_member(value, "concealed").length > 0)
		emit_password(fields->emit, json_member(value, "concealed"), 0, span_of(NULL));
	else if (login && is_id(id, login->user) && text.length > 0)
		emit_user(fields->emit, text);
	else if (login && is_id(id, login->url) && text.length > 0)
		emit_url(fields->emit, text);
	else
		return false;
	return true;
}

/* Templates have many fields that nobody has filled in. */
static bool is_filled(const json_t *field)
{
	const json_t *value = json_object_get(field, "value");
	void *kind = json_object_iter((json_t *)(uintptr_t)value);

	return json_is_object(value) ? kind && !json_is_nothing(json_object_iter_value(kind))
	                             : !json_is_nothing(value);
}

static int take_field(const struct fields *fields, const json_t *field, struct error *err)
{
	struct span title = json_member(field, "title");
	const json_t *value = json_object_get(field, "value");

	if (take_login(fields, field))
		return 0;
	if (title.length == 0)
		title = json_member(field, "id");
	if (json_is_object(value))
		return take_value(fields, title, value, err);
	json_keep(fields->emit, title, value);
	return 0;
}

static int take_section(const struct fields *fields, const json_t *section, struct error *err)
{
	const json_t *field;
	bool filled = false;
	size_t i;

	json_array_foreach(json_object_get(section, "fields"), i, field)
	{
		int r = take_field(fields, field, err);

		if (r < 0)
			return r;
		filled |= is_filled(field);
	}
	if (filled && json_member(section, "title").length > 0)
		json_take_heading(fields->emit);
	return 0;
}

static int take_sections(const struct fields *fields, const json_t *sections, struct error *err)
{
	const json_t *section;
	size_t i;
	int r = 0;

	json_array_foreach(sections, i, section)
	{
		r = take_section(fields, section, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- the item ------------------------------------------------------------------------ */

static void take_urls(struct emit *emit, const json_t *overview)
{
	const json_t *url;
	size_t i;

	emit_url(emit, json_member(overview, "url"));
	json_array_foreach(json_object_get(overview, "urls"), i, url)
		emit_url(emit, json_member(url, "url"));
}

static void take_category(struct emit *emit, const json_t *item)
{
	struct span id = json_member(item, "categoryUuid");

	for (size_t i = 0; i < sizeof(categories) / sizeof(categories[0]); i++)
		if (span_is(id, categories[i].id))
			emit_account(emit, FATE_CHANGED, categories[i].what, "kept as fields");
}

static void take_overview(struct emit *emit, const json_t *overview)
{
	const json_t *tag;
	size_t i;

	emit_name(emit, json_member(overview, "title"));
	take_urls(emit, overview);
	json_array_foreach(json_object_get(overview, "tags"), i, tag)
		emit_tag(emit, json_span(tag));
	json_take(emit, overview, overview_rules);
}

static int take_details(const struct fields *fields, const json_t *details, struct error *err)
{
	struct emit *emit = fields->emit;
	const json_t *document = json_object_get(details, "documentAttributes"), *each;
	struct span note = json_member(details, "notesPlain");
	size_t i;

	if (note.length > 0)
		emit_note(emit, note);
	emit_password(emit, json_member(details, "password"), 0, span_of(NULL));
	json_array_foreach(json_object_get(details, "loginFields"), i, each)
		take_login_field(emit, each);
	json_array_foreach(json_object_get(details, "passwordHistory"), i, each)
		emit_earlier(emit, json_member(each, "value"), 0, date(each, "time"),
	                     span_of(NULL));
	json_take(emit, details, details_rules);
	if (json_is_object(document)) {
		int r = take_file(emit, fields->zip, document, err);

		if (r < 0)
			return r;
	}
	return take_sections(fields, json_object_get(details, "sections"), err);
}

int onepux_take_item(struct emit *emit, struct zip *zip, const json_t *item, struct error *err)
{
	struct span state = json_member(item, "state");
	const struct fields fields = {emit, zip, login_of(json_member(item, "categoryUuid"))};

	json_take_id(emit, "1password:", json_member(item, "uuid"));
	emit_created(emit, date(item, "createdAt"));
	emit_modified(emit, date(item, "updatedAt"));
	if (json_is_true(json_object_get(item, "trashed")) || span_is(state, "trashed"))
		emit_trashed(emit, date(item, "updatedAt") ? date(item, "updatedAt") : 1);
	if (json_integer_value(json_object_get(item, "favIndex")) > 0)
		emit_tag(emit, span_of("favorite"));
	if (span_is(state, "archived"))
		emit_tag(emit, state);
	take_category(emit, item);
	take_overview(emit, json_object_get(item, "overview"));
	json_take(emit, item, item_rules);
	return take_details(&fields, json_object_get(item, "details"), err);
}
