/* 1Password's unencrypted export (1PUX): a zip file with export.data, which is accounts with vaults
 * with items, and files/ID__NAME. */
#include "format/onepux.h"

#include <stdlib.h>

#include "format/json_take.h"
#include "format/json_vault.h"
#include "format/zip_take.h"

#define DATA "export.data"
#define ATTRIBUTES "export.attributes"

static void look(const struct format *format, const struct source *source, struct look *ret_look)
{
	(void)format;
	if (zip_has(source, DATA))
		ret_look->score = 100;
}

/* The first versions have one object more around an item. */
static int take_item(struct emit *emit, struct zip *zip, const json_t *item, struct error *err)
{
	const json_t *inner = json_object_get(item, "item");

	return onepux_take_item(emit, zip, json_is_object(inner) ? inner : item, err);
}

static int take_vault(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	struct json_vault vault = *(const struct json_vault *)context;
	JSON_AUTO *attributes = json_walk_ahead(walk, "attrs");

	(void)key;
	vault.name = json_member(attributes, "name");
	return json_vault_read(walk, &vault, err);
}

static int in_account(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	if (span_is(key, "vaults") && json_walk_peek(walk) == '[')
		return json_walk_array(walk, take_vault, context, err);
	return json_walk_skip(walk, err);
}

static int take_account(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	(void)key;
	return json_walk_object(walk, in_account, context, err);
}

static int in_file(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	if (span_is(key, "accounts"))
		return json_walk_array(walk, take_account, context, err);
	return json_walk_skip(walk, err);
}

static int read_onepux(const struct format *format, const struct source *source, struct emit *emit,
                       struct error *err)
{
	ZIP_AUTO zip = {0};
	struct json_vault vault = {.emit = emit, .zip = &zip, .take_item = take_item};
	struct span bytes = {0};
	struct source data = {0};
	int r = zip_open(&zip, source, err);

	(void)format;
	if (r == 0)
		r = zip_need(&zip, DATA, &bytes, err);
	if (r < 0)
		return r;
	data.bytes = bytes.bytes;
	data.length = bytes.length;
	r = json_walk_file(&data, in_file, &vault, err);
	if (r == 0)
		zip_tell_rest(&zip, ATTRIBUTES, emit);
	free((void *)(uintptr_t)bytes.bytes);
	return r;
}

static const struct format_code code = {.look = look, .read = read_onepux};

const struct format format_1pux = {
	.name = "1pux",
	.title = "1Password 1PUX",
	.flags = FORMAT_READS,
	.code = &code,
};
