/* {"version": …, "accounts": [{"collections": […], "items": […]}]}: what is around the items. */
#include "format/cxf.h"

#include <string.h>

#include "format/json_take.h"

#define DEPTH 16 /* of collections */

static void look(const struct format *format, const struct source *source, struct look *ret_look)
{
	struct json_glance members[] = {{.name = "accounts"},
	                                {.name = "version"},
	                                {.name = "exporterRpId"}};

	(void)format;
	if (!json_glance(source, members, sizeof(members) / sizeof(members[0])))
		return;
	if (members[2].first == '"' || (members[0].first == '[' && members[1].first == '{'))
		ret_look->score = 100;
}

struct reading {
	struct emit *emit;
	json_t *collections; /* item: list of titles */
};

/* ---- collections --------------------------------------------------------------------- */

static void add_title(json_t *collections, const char *item, const char *title)
{
	json_t *titles = json_object_get(collections, item);

	if (!titles) {
		titles = json_array();
		if (!titles || json_object_set_new(collections, item, titles) < 0)
			return;
	}
	json_array_append_new(titles, json_string(title));
}

static void list_collections(json_t *collections, const json_t *list, const char *outer,
                             unsigned depth)
{
	const json_t *collection, *item;
	size_t i, j;

	json_array_foreach(list, i, collection)
	{
		const char *title = json_string_value(json_object_get(collection, "title"));
		BUF_AUTO path = BUF_EMPTY;

		buf_add_format(&path, "%s%s%s", outer, outer[0] ? "/" : "", title ? title : "");
		if (path.failed)
			return;
		json_array_foreach(json_object_get(collection, "items"), j, item)
		{
			const char *id = json_string_value(json_object_get(item, "item"));

			if (id && title)
				add_title(collections, id, (char *)path.bytes);
		}
		if (depth < DEPTH)
			list_collections(collections, json_object_get(collection, "subCollections"),
			                 (char *)path.bytes, depth + 1);
	}
}

/* ---- the file ------------------------------------------------------------------------ */

static int in_items(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	const struct reading *reading = context;
	JSON_AUTO *item = NULL;
	int r = json_walk_item(walk, &item, err);

	(void)key;
	if (r < 0)
		return r;
	emit_begin(reading->emit);
	cxf_take_item(reading->emit, item, reading->collections);
	json_take_progress(reading->emit, walk);
	return emit_end(reading->emit, err);
}

static int in_account(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	if (span_is(key, "items"))
		return json_walk_array(walk, in_items, context, err);
	return json_walk_skip(walk, err);
}

static int in_accounts(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	struct reading *reading = context;
	JSON_AUTO *list = json_walk_ahead(walk, "collections");

	(void)key;
	json_object_clear(reading->collections);
	list_collections(reading->collections, list, "", 0);
	return json_walk_object(walk, in_account, context, err);
}

static int in_file(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	if (span_is(key, "accounts"))
		return json_walk_array(walk, in_accounts, context, err);
	return json_walk_skip(walk, err);
}

static int read_cxf(const struct format *format, const struct source *source, struct emit *emit,
                    struct error *err)
{
	JSON_AUTO *collections = json_object();
	struct reading reading = {emit, collections};

	(void)format;
	return json_walk_file(source, in_file, &reading, err);
}

static const struct format_code code = {
	.look = look,
	.read = read_cxf,
	.begin = cxf_begin,
	.item = cxf_item,
	.end = cxf_end,
	.state_bytes = sizeof(struct json_write),
};

const struct format format_cxf = {
	.name = "cxf",
	.title = "FIDO Credential Exchange Format",
	.flags = FORMAT_READS | FORMAT_WRITES | FORMAT_PLAIN,
	.holds = HOLDS_DATES | HOLDS_URLS | HOLDS_TAGS | HOLDS_FIELDS | HOLDS_OTP | HOLDS_EXPIRY |
                 HOLDS_RULES,
	.code = &code,
};
