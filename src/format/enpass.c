/* Enpass JSON: {"folders": […], "items": […]}, attachments in base 64. Source: docs/FORMATS.md. */
#include <string.h>

#include "format/json_take.h"

#define DEPTH 16 /* of folders */

static void look(const struct format *format, const struct source *source, struct look *ret_look)
{
	struct json_glance members[] = {{.name = "items"},
	                                {.name = "folders"},
	                                {.name = "encrypted"},
	                                {.name = "version"}};

	(void)format;
	if (!json_glance(source, members, sizeof(members) / sizeof(members[0])))
		return;
	if (members[2].first || members[3].first)
		return;
	if (members[0].first == '[' || members[1].first == '[')
		ret_look->score = 60;
}

#define ELSEWHERE(member) \
	{ \
		member, TAKE_ELSEWHERE, NULL \
	}

static const struct json_rule item_rules[] = {
	ELSEWHERE("uuid"),
	ELSEWHERE("title"),
	ELSEWHERE("note"),
	ELSEWHERE("fields"),
	ELSEWHERE("attachments"),
	ELSEWHERE("folders"),
	ELSEWHERE("favorite"),
	ELSEWHERE("archived"),
	ELSEWHERE("trashed"),
	ELSEWHERE("createdAt"),
	ELSEWHERE("updated_at"),
	ELSEWHERE("category"),
	ELSEWHERE("category_name"),
	ELSEWHERE("template_type"),
	ELSEWHERE("subtitle"),    /* the user, once more */
	ELSEWHERE("auto_submit"), /* how a form is filled in */
	ELSEWHERE("field_updated_at"),
	{"icon", TAKE_LEFT, NULL},
	{NULL, 0, NULL},
};

static int64_t date(const json_t *object, const char *member)
{
	return json_date(json_object_get(object, member));
}

/* A switch: 0 or 1, or a boolean. */
static bool is_on(const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);

	return json_is_true(value) || json_integer_value(value) != 0;
}

/* ---- fields -------------------------------------------------------------------------- */

/* What the fields before it have been. */
struct seen {
	bool user, password;
	bool section; /* the heading of one, with nothing taken from below it yet */
};

static bool has_user(const json_t *fields)
{
	const json_t *field;
	size_t i;

	json_array_foreach(fields, i,
	                   field) if (span_is(json_member(field, "type"), "username") &&
	                              !is_on(field, "deleted") &&
	                              json_member(field, "value").length > 0) return true;
	return false;
}

/* Its history counts where it has been emptied since, too. */
static void take_password(struct emit *emit, const json_t *field)
{
	int64_t since = date(field, "value_updated_at");
	bool emptied = json_member(field, "value").length == 0;
	const json_t *past;
	size_t i;

	emit_password(emit, json_member(field, "value"), since, span_of(NULL));
	json_array_foreach(json_object_get(field, "history"), i, past)
	{
		bool last = i + 1 == json_array_size(json_object_get(field, "history"));

		emit_earlier(emit, json_member(past, "value"), date(past, "updated_at"),
		             emptied && last ? since : 0, span_of(NULL));
	}
}

static void take_value(struct emit *emit, const json_t *field, struct seen *seen)
{
	struct span type = json_member(field, "type"), label = json_member(field, "label");
	struct span value = json_member(field, "value");
	bool secret = is_on(field, "sensitive") || span_is(type, "password");

	if (span_is(type, "username") || (span_is(type, "email") && !seen->user)) {
		emit_user(emit, value);
		seen->user |= value.length > 0;
	} else if (span_is(type, "url")) {
		emit_url(emit, value);
	} else if (span_is(type, "totp")) {
		emit_otp(emit, value);
	} else {
		json_take_value(emit, secret ? TAKE_SECRET : TAKE_TEXT,
		                label.length > 0 ? label : type, json_object_get(field, "value"));
	}
	json_keep(emit, span_of("history of a field"), json_object_get(field, "history"));
}

static void take_field(struct emit *emit, const json_t *field, struct seen *seen)
{
	struct span type = json_member(field, "type");
	bool there = json_member(field, "value").length > 0;

	if (span_is(type, "section") && !there)
		seen->section = json_member(field, "label").length > 0;
	if (!there && json_is_nothing(json_object_get(field, "history")))
		return;
	if (seen->section)
		json_take_heading(emit);
	seen->section = false;
	if (is_on(field, "deleted")) {
		json_keep(emit, span_of("deleted field"), field);
	} else if (span_is(type, "password") && !seen->password) {
		take_password(emit, field);
		seen->password = there;
	} else {
		take_value(emit, field, seen);
	}
}

static void take_attachment(struct emit *emit, const json_t *attachment)
{
	struct span name = json_member(attachment, "name"), bytes;

	if (json_base64(json_object_get(attachment, "data"), &bytes))
		emit_attachment(emit, name, bytes);
	else
		emit_account(emit, FATE_LEFT, "attachment", "it is no base 64");
}

/* ---- items --------------------------------------------------------------------------- */

/* "outer/inner", by the identifiers of the parents. */
static void take_folder(struct emit *emit, const json_t *folders, const char *id)
{
	struct span names[DEPTH];
	BUF_AUTO path = BUF_EMPTY;
	size_t depth = 0;

	while (id && id[0] && depth < DEPTH) {
		const json_t *folder = json_object_get(folders, id);

		if (!folder)
			break;
		names[depth++] = json_member(folder, "title");
		id = json_string_value(json_object_get(folder, "parent_uuid"));
	}
	while (depth-- > 0) {
		if (path.length > 0)
			buf_add_string(&path, "/");
		buf_add(&path, names[depth].bytes ? names[depth].bytes : "", names[depth].length);
	}
	emit_tag(emit, (struct span){path.bytes, path.length});
}

static void take_category(struct emit *emit, const json_t *item)
{
	static const char *const usual[] = {"login", "note", "password", NULL};
	const char *category = json_string_value(json_object_get(item, "category"));

	for (size_t i = 0; category && usual[i]; i++)
		if (strcmp(category, usual[i]) == 0)
			return;
	if (category && category[0])
		emit_account(emit, FATE_CHANGED, category, "kept as fields");
}

static void take_parts(struct emit *emit, const json_t *item, const json_t *folders)
{
	const json_t *fields = json_object_get(item, "fields"), *each;
	struct seen seen = {.user = has_user(fields)};
	size_t i;

	json_array_foreach(fields, i, each) take_field(emit, each, &seen);
	json_array_foreach(json_object_get(item, "attachments"), i, each)
		take_attachment(emit, each);
	json_array_foreach(json_object_get(item, "folders"), i, each)
		take_folder(emit, folders, json_string_value(each));
	if (is_on(item, "favorite"))
		emit_tag(emit, span_of("favorite"));
	if (is_on(item, "archived"))
		emit_tag(emit, span_of("archived"));
}

struct reading {
	struct emit *emit;
	const json_t *folders;
};

static int in_items(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	const struct reading *reading = context;
	struct emit *emit = reading->emit;
	struct span note;
	JSON_AUTO *item = NULL;
	int r = json_walk_item(walk, &item, err);

	(void)key;
	if (r < 0)
		return r;
	note = json_member(item, "note");
	emit_begin(emit);
	json_take_id(emit, "enpass:", json_member(item, "uuid"));
	emit_name(emit, json_member(item, "title"));
	if (note.length > 0)
		emit_note(emit, note);
	emit_created(emit, date(item, "createdAt"));
	emit_modified(emit, date(item, "updated_at"));
	if (is_on(item, "trashed"))
		emit_trashed(emit, date(item, "updated_at") ? date(item, "updated_at") : 1);
	take_category(emit, item);
	take_parts(emit, item, reading->folders);
	json_take(emit, item, item_rules);
	json_take_progress(emit, walk);
	return emit_end(emit, err);
}

static int in_file(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	if (span_is(key, "items"))
		return json_walk_array(walk, in_items, context, err);
	return json_walk_skip(walk, err);
}

/* Gives the folders by their identifiers. */
static json_t *folders_of(const struct json_walk *walk)
{
	JSON_AUTO *list = json_walk_ahead(walk, "folders");
	json_t *folders = json_object(), *folder;
	size_t i;

	json_array_foreach(list, i, folder)
	{
		const char *id = json_string_value(json_object_get(folder, "uuid"));

		if (id && json_object_set(folders, id, folder) < 0)
			break;
	}
	return folders;
}

static int read_enpass(const struct format *format, const struct source *source, struct emit *emit,
                       struct error *err)
{
	struct json_walk walk;
	int r;

	(void)format;
	json_walk_start(&walk, source);

	JSON_AUTO *folders = folders_of(&walk);
	struct reading reading = {emit, folders};

	r = json_walk_object(&walk, in_file, &reading, err);
	return r == 0 ? json_walk_end(&walk, err) : r;
}

static const struct format_code code = {.look = look, .read = read_enpass};

const struct format format_enpass = {
	.name = "enpass",
	.title = "Enpass JSON",
	.flags = FORMAT_READS,
	.code = &code,
};
