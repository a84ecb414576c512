/*
 * The product's own JSON: everything that a vault holds, so that export and import give the same
 * vault again. docs/FORMATS.md has it field by field. What `vault rescue --output` writes is read,
 * too: it is the same without uuid and history.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/uuid.h"
#include "base/when.h"
#include "format/emit.h"
#include "format/format.h"
#include "format/json_take.h"
#include "format/json_write.h"
#include "format/kinds.h"

#define FORMAT_NAME "vault"
#define VERSION 1

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- reading ------------------------------------------------------------------------- */

static void look(const struct format *format, const struct source *source, struct look *ret_look)
{
	JSON_AUTO *key = NULL;
	JSON_AUTO *value = NULL;
	struct json_walk walk;

	(void)format;
	json_walk_start(&walk, source);
	if (json_walk_peek(&walk) != '{' || json_walk_enter(&walk, '{', NULL) < 0 ||
	    json_walk_member(&walk, &key, NULL) != 1)
		return;
	if (span_is(json_span(key), "format") && json_walk_peek(&walk) == '"' &&
	    json_walk_value(&walk, &value, NULL) == 0 && span_is(json_span(value), FORMAT_NAME))
		ret_look->score = 100;
	else if (span_is(json_span(key), "entries"))
		ret_look->score = 60;
}

/* What is no string where one belongs, such as a number, is not to be lost. */
static bool is_other(const json_t *value)
{
	return !json_is_string(value) && !json_is_nothing(value);
}

/* A string, or bytes under the name with "_base64" behind it. *ret_other is what stands there and
 * is not taken, or NULL. */
static struct span bytes_of(const json_t *object, const char *key, const json_t **ret_other)
{
	const json_t *value = json_object_get(object, key), *coded;
	struct span span = json_span(value);
	char in_base64[32];

	snprintf(in_base64, sizeof(in_base64), "%s_base64", key);
	coded = json_object_get(object, in_base64);
	*ret_other = is_other(value) ? value : json_is_object(object) ? NULL : object;
	if ((span.bytes || !json_base64(coded, &span)) && !json_is_nothing(coded))
		*ret_other = coded;
	return span;
}

static int64_t date(const json_t *object, const char *key)
{
	return json_date(json_object_get(object, key));
}

static void take_field(struct emit *emit, const json_t *field)
{
	const json_t *other;
	struct span value = bytes_of(field, "value", &other), key = json_member(field, "key");

	if (other)
		json_keep(emit, key.length > 0 ? key : span_of("field"), other);
	else
		kind_emit(emit, kind_of_word(json_member(field, "kind")), key, value);
}

static void take_history(struct emit *emit, const json_t *history)
{
	const json_t *past, *other;
	size_t i;

	json_array_foreach(history, i, past)
	{
		struct span password = bytes_of(past, "password", &other);

		emit_earlier(emit, password, date(past, "since"), date(past, "until"),
		             json_member(past, "reuse_reason"));
		if (other)
			json_keep(emit, span_of("earlier password"), other);
	}
}

static bool is_string(const json_t *value)
{
	return json_is_string(value);
}

static bool is_uuid(const json_t *value)
{
	unsigned char uuid[ITEM_UUID_BYTES];

	return uuid_read(json_span(value).bytes, json_span(value).length, uuid);
}

static bool is_date(const json_t *value)
{
	struct span text = json_span(value);
	int64_t seconds;

	return json_is_integer(value) ||
	       (text.bytes && when_read(text.bytes, text.length, &seconds));
}

static bool is_list(const json_t *value)
{
	return json_is_array(value);
}

static bool is_anything(const json_t *value)
{
	return value != NULL;
}

/* Is it a member that this version knows, and of a kind that it takes? */
static bool is_taken(const char *key, const json_t *value)
{
	static const struct {
		const char *key;
		bool (*fits)(const json_t *value);
	} known[] = {
		{"uuid", is_uuid},
		{"name", is_string},
		{"user", is_string},
		{"password", is_string},
		{"password_base64", is_anything},
		{"password_since", is_date},
		{"reuse_reason", is_string},
		{"history", is_list},
		{"fields", is_list},
		{"created", is_date},
		{"modified", is_date},
		{"trashed", is_date},
		{"verified", is_anything},
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(key, known[i].key) == 0)
			return json_is_nothing(value) || known[i].fits(value);
	return false;
}

/* All that is in no place of its own. */
static void take_rest(struct emit *emit, const json_t *entry)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)entry, key, value)
	{
		FREE_AUTO char *text = is_taken(key, value) ? NULL : json_text(value);

		if (text)
			emit_kept(emit, span_of(key), span_of(text));
	}
}

static int take_entry(struct emit *emit, const json_t *entry, struct error *err)
{
	struct span given = json_member(entry, "uuid");
	unsigned char uuid[ITEM_UUID_BYTES] = {0};
	const json_t *field, *other;
	size_t i;

	emit_begin(emit);
	if (uuid_read(given.bytes, given.length, uuid))
		emit_uuid(emit, uuid);
	emit_name(emit, json_member(entry, "name"));
	emit_user(emit, json_member(entry, "user"));
	emit_created(emit, date(entry, "created"));
	emit_modified(emit, date(entry, "modified"));
	emit_trashed(emit, date(entry, "trashed"));
	emit_password(emit, bytes_of(entry, "password", &other), date(entry, "password_since"),
	              json_member(entry, "reuse_reason"));
	if (other && other != json_object_get(entry, "password")) /* that one: take_rest */
		json_keep(emit, span_of("password_base64"), other);
	take_history(emit, json_object_get(entry, "history"));
	json_array_foreach(json_object_get(entry, "fields"), i, field) take_field(emit, field);
	take_rest(emit, entry);
	return emit_end(emit, err);
}

static int take_entries(struct json_walk *walk, struct emit *emit, struct error *err)
{
	int r = json_walk_enter(walk, '[', err);

	while (r == 0 && (r = json_walk_element(walk, err)) == 1) {
		JSON_AUTO *entry = NULL;

		r = json_walk_value(walk, &entry, err);
		if (r == 0 && !json_is_object(entry))
			r = error_set(err, VAULT_USAGE, "line %zu: an entry is no object",
			              json_walk_line(walk));
		if (r == 0)
			r = take_entry(emit, entry, err);
		json_take_progress(emit, walk);
	}
	return r;
}

static int check_version(const json_t *version, struct error *err)
{
	if (!json_is_integer(version) || json_integer_value(version) != VERSION)
		return error_set(err, VAULT_USAGE,
		                 "it is of a version that is not known here: update vault");
	return 0;
}

static int read_member(struct json_walk *walk, struct span key, struct emit *emit,
                       struct error *err)
{
	JSON_AUTO *value = NULL;
	int r;

	if (span_is(key, "entries"))
		return take_entries(walk, emit, err);
	r = json_walk_value(walk, &value, err);
	if (r == 0 && span_is(key, "version"))
		r = check_version(value, err);
	return r;
}

static int read_json(const struct format *format, const struct source *source, struct emit *emit,
                     struct error *err)
{
	struct json_walk walk;
	int r;

	(void)format;
	json_walk_start(&walk, source);
	r = json_walk_enter(&walk, '{', err);
	while (r == 0) {
		JSON_AUTO *key = NULL;

		r = json_walk_member(&walk, &key, err);
		if (r <= 0)
			break;
		r = read_member(&walk, json_span(key), emit, err);
	}
	return r < 0 ? r : json_walk_end(&walk, err);
}

/* ---- writing ------------------------------------------------------------------------- */

static int begin(const struct format *format, struct sink *sink, struct error *err)
{
	struct json_write *json = sink->state;

	(void)format;
	json->sink = sink;
	json_write_object(json, NULL);
	json_write_string(json, "format", FORMAT_NAME);
	json_write_number(json, "version", VERSION);
	json_write_array(json, "entries");
	return sink_check(sink, err);
}

static void put_passwords(struct json_write *json, const struct item *item)
{
	size_t earlier = item->n_passwords;
	const struct item_password *last = earlier > 0 ? &item->passwords[earlier - 1] : NULL;

	if (last && last->until == 0) {
		json_write_span(json, "password", last->value);
		json_write_time(json, "password_since", last->since);
		if (last->reason)
			json_write_string(json, "reuse_reason", last->reason);
		earlier--;
	}
	if (earlier == 0)
		return;
	json_write_array(json, "history");
	for (size_t i = 0; i < earlier; i++) {
		const struct item_password *past = &item->passwords[i];

		json_write_object(json, NULL);
		json_write_span(json, "password", past->value);
		json_write_time(json, "since", past->since);
		json_write_time(json, "until", past->until);
		if (past->reason)
			json_write_string(json, "reuse_reason", past->reason);
		json_write_close(json);
	}
	json_write_close(json);
}

static void put_field(struct json_write *json, const struct item_field *field)
{
	json_write_object(json, NULL);
	json_write_string(json, "kind", kind_word(field->kind));
	if (field->key)
		json_write_string(json, "key", field->key);
	json_write_span(json, "value", field->value);
	json_write_close(json);
}

static int put_item(struct sink *sink, const struct item *item, struct error *err)
{
	struct json_write *json = sink->state;
	char uuid[UUID_SIZE];

	sink_bytes(sink, "\n", 1);
	json_write_object(json, NULL);
	uuid_write(item->uuid, uuid);
	json_write_string(json, "uuid", uuid);
	json_write_string(json, "name", item->name);
	if (item->user)
		json_write_string(json, "user", item->user);
	put_passwords(json, item);
	json_write_array(json, "fields");
	for (size_t i = 0; i < item->n_fields; i++)
		put_field(json, &item->fields[i]);
	json_write_close(json);
	json_write_time(json, "created", item->created);
	json_write_time(json, "modified", item->modified);
	if (item->trashed)
		json_write_time(json, "trashed", item->trashed);
	json_write_close(json);
	return sink_check(sink, err);
}

static int end(struct sink *sink, struct error *err)
{
	struct json_write *json = sink->state;

	json_write_close(json);
	json_write_close(json);
	sink_bytes(sink, "\n", 1);
	return sink_check(sink, err);
}

static const struct format_code code = {
	.look = look,
	.read = read_json,
	.begin = begin,
	.item = put_item,
	.end = end,
	.state_bytes = sizeof(struct json_write),
};

const struct format format_json = {
	.name = "json",
	.title = "vault's own JSON",
	.flags = FORMAT_READS | FORMAT_WRITES | FORMAT_PLAIN,
	.holds = HOLDS_EVERYTHING,
	.code = &code,
};
