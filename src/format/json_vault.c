#include "format/json_vault.h"

#include "format/json_take.h"

static int in_items(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	const struct json_vault *vault = context;
	JSON_AUTO *item = NULL;
	int r = json_walk_item(walk, &item, err);

	(void)key;
	if (r < 0)
		return r;
	emit_begin(vault->emit);
	emit_tag(vault->emit, vault->name);
	r = vault->take_item(vault->emit, vault->zip, item, err);
	if (r == 0)
		r = emit_end(vault->emit, err);
	json_take_progress(vault->emit, walk);
	return r;
}

static int in_vault(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	if (span_is(key, "items") && json_walk_peek(walk) == '[')
		return json_walk_array(walk, in_items, context, err);
	return json_walk_skip(walk, err);
}

int json_vault_read(struct json_walk *walk, struct json_vault *vault, struct error *err)
{
	return json_walk_object(walk, in_vault, vault, err);
}
