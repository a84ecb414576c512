/* Bitwarden's plain JSON: {"encrypted": false, "folders" or "collections": […], "items": […]}. */
#include <stddef.h>
#include <string.h>

#include "format/bitwarden.h"
#include "format/json_take.h"

/* The first item, NULL where there is none; json_decref it. */
static json_t *first_item(const struct source *source)
{
	struct json_walk walk;
	json_t *item = NULL;
	int r;

	json_walk_start(&walk, source);
	r = json_walk_enter(&walk, '{', NULL);
	while (r == 0) {
		JSON_AUTO *key = NULL;

		if (json_walk_member(&walk, &key, NULL) != 1)
			return NULL;
		if (span_is(json_span(key), "items"))
			break;
		r = json_walk_skip(&walk, NULL);
	}
	if (r < 0 || json_walk_enter(&walk, '[', NULL) < 0 || json_walk_element(&walk, NULL) != 1)
		return NULL;
	return json_walk_item(&walk, &item, NULL) == 0 ? item : NULL;
}

/* Before 2021 nothing said that it is not encrypted: its items tell it from Enpass's. */
static bool is_old(const struct source *source)
{
	JSON_AUTO *item = first_item(source);

	return json_is_integer(json_object_get(item, "type")) && json_object_get(item, "name") &&
	       !json_object_get(item, "title");
}

static void look(const struct format *format, const struct source *source, struct look *ret_look)
{
	struct json_glance members[] = {{.name = "encrypted"},
	                                {.name = "items"},
	                                {.name = "folders"},
	                                {.name = "collections"}};

	(void)format;
	if (!json_glance(source, members, sizeof(members) / sizeof(members[0])))
		return;
	if (strcmp(members[0].text, "false") == 0 &&
	    (members[1].first == '[' || members[2].first == '[' || members[3].first == '['))
		ret_look->score = 100;
	else if (!members[0].first && members[1].first == '[' && is_old(source))
		ret_look->score = 70;
}

/* ---- reading ------------------------------------------------------------------------- */

struct reading {
	struct json_walk walk;
	json_t *folders; /* identifier: name */
	bool later;      /* `items` stands in front of the folders */
	struct json_walk items;
	const struct bitwarden_files *files;
	struct emit *emit;
};

static int take_folders(struct reading *reading, struct error *err)
{
	struct json_walk *walk = &reading->walk;
	int r = json_walk_enter(walk, '[', err);

	while (r == 0 && (r = json_walk_element(walk, err)) == 1) {
		JSON_AUTO *folder = NULL;
		const char *id;

		r = json_walk_value(walk, &folder, err);
		id = json_string_value(json_object_get(folder, "id"));
		if (r == 0 && id &&
		    json_object_set(reading->folders, id, json_object_get(folder, "name")) < 0)
			r = 0; /* without a name */
	}
	return r;
}

static int take_item(const struct reading *reading, const json_t *item, struct error *err)
{
	int r = 0;

	emit_begin(reading->emit);
	bitwarden_take_item(reading->emit, item, reading->folders);
	if (reading->files)
		r = reading->files->take(reading->files, reading->emit, item, err);
	return r < 0 ? r : emit_end(reading->emit, err);
}

static int take_items(struct reading *reading, struct json_walk *walk, struct error *err)
{
	int r = json_walk_enter(walk, '[', err);

	while (r == 0 && (r = json_walk_element(walk, err)) == 1) {
		JSON_AUTO *item = NULL;

		r = json_walk_item(walk, &item, err);
		if (r == 0)
			r = take_item(reading, item, err);
		json_take_progress(reading->emit, walk);
	}
	return r;
}

static int take_encrypted(struct reading *reading, struct error *err)
{
	JSON_AUTO *value = NULL;
	int r = json_walk_value(&reading->walk, &value, err);

	if (r == 0 && json_is_true(value))
		r = error_set(err, VAULT_USAGE,
		              "it is encrypted: read it as bitwarden-json-encrypted");
	return r;
}

static int take_member(struct reading *reading, struct span key, bool *seen_folders,
                       struct error *err)
{
	struct json_walk *walk = &reading->walk;

	if (span_is(key, "encrypted"))
		return take_encrypted(reading, err);
	if ((span_is(key, "folders") || span_is(key, "collections")) &&
	    json_walk_peek(walk) == '[') {
		*seen_folders = true;
		return take_folders(reading, err);
	}
	if (!span_is(key, "items"))
		return json_walk_skip(walk, err);
	if (*seen_folders)
		return take_items(reading, walk, err);
	reading->later = true;
	reading->items = *walk;
	return json_walk_skip(walk, err);
}

static int read_members(struct reading *reading, struct error *err)
{
	bool seen_folders = false;
	int r = json_walk_enter(&reading->walk, '{', err);

	while (r == 0) {
		JSON_AUTO *key = NULL;

		r = json_walk_member(&reading->walk, &key, err);
		if (r <= 0)
			break;
		r = take_member(reading, json_span(key), &seen_folders, err);
	}
	if (r == 0)
		r = json_walk_end(&reading->walk, err);
	if (r == 0 && reading->later)
		r = take_items(reading, &reading->items, err);
	return r;
}

int bitwarden_read(const struct source *source, const struct bitwarden_files *files,
                   struct emit *emit, struct error *err)
{
	struct reading reading = {.folders = json_object(), .files = files, .emit = emit};
	int r;

	if (!reading.folders)
		return error_set(err, VAULT_FAILED, "out of memory");
	json_walk_start(&reading.walk, source);
	r = read_members(&reading, err);
	json_decref(reading.folders);
	return r;
}

static int read_plain(const struct format *format, const struct source *source, struct emit *emit,
                      struct error *err)
{
	(void)format;
	return bitwarden_read(source, NULL, emit, err);
}

/* ---- writing ------------------------------------------------------------------------- */

static int begin(const struct format *format, struct sink *sink, struct error *err)
{
	(void)format;
	return bitwarden_begin(sink->state, sink, err);
}

static int put_item(struct sink *sink, const struct item *item, struct error *err)
{
	return bitwarden_item(sink->state, item, err);
}

static int end(struct sink *sink, struct error *err)
{
	return bitwarden_end(sink->state, err);
}

static void drop(struct sink *sink)
{
	bitwarden_drop(sink->state);
}

static const struct format_code code = {
	.look = look,
	.read = read_plain,
	.begin = begin,
	.item = put_item,
	.end = end,
	.losses = bitwarden_losses,
	.drop = drop,
	.state_bytes = sizeof(struct bitwarden_write),
};

const struct format format_bitwarden_json = {
	.name = "bitwarden-json",
	.title = "Bitwarden JSON",
	.flags = FORMAT_READS | FORMAT_WRITES | FORMAT_PLAIN,
	.holds = BITWARDEN_HOLDS,
	.code = &code,
};
