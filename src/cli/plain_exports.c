#include "plain_exports.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/log.h>

#include "dates.h"
#include "output.h"

#define SHOWN 5 /* of those that are gone, or went to standard output, the newest ones */

static int keep(void *context, const struct log_export *export)
{
	struct plain_exports *exports = context;
	struct plain_export *items = realloc(exports->items, (exports->count + 1) * sizeof(*items));
	struct plain_export item = {
		.when = export->when,
		.format = strdup(export->format),
		.path = strdup(export->path),
		.there = export->path[0] == '/' && access(export->path, F_OK) == 0,
	};

	if (items)
		exports->items = items;
	if (!items || !item.format || !item.path) {
		free(item.format);
		free(item.path);
		return -VAULT_FAILED;
	}
	items[exports->count++] = item;
	exports->there += item.there;
	return 0;
}

int plain_exports_read(struct plain_exports *exports, struct vault *vault, struct error *err)
{
	int r = vault_log_exports(vault, keep, exports, err);

	return r < 0 && !err->message[0] ? error_set(err, VAULT_FAILED, "out of memory") : r;
}

void plain_exports_done(struct plain_exports *exports)
{
	for (size_t i = 0; i < exports->count; i++) {
		free(exports->items[i].format);
		free(exports->items[i].path);
	}
	free(exports->items);
	*exports = (struct plain_exports){0};
}

void plain_exports_text(const struct plain_exports *exports, size_t label_columns)
{
	char day[DATE_DAY_SIZE];

	if (exports->count == 0)
		return;
	output_padded("exports", label_columns);
	output_format("%zu that anybody can read; %zu still there%s\n", exports->count,
	              exports->there, exports->there > 0 ? ": destroy by shred -u FILE" : "");
	for (size_t i = 0; i < exports->count; i++) {
		const struct plain_export *item = &exports->items[i];

		if (!item->there && i + SHOWN < exports->count)
			continue;
		output_padded("", label_columns);
		output_format("%s  ", date_day(item->when, day));
		output_text(item->format);
		output_string("  ");
		output_text(strcmp(item->path, "-") == 0 ? "(standard output)" : item->path);
		output_string(item->there ? "  STILL THERE\n" : "\n");
	}
}

void plain_exports_json(const struct plain_exports *exports, struct json *json)
{
	json_put_array(json, "plain_exports");
	for (size_t i = 0; i < exports->count; i++) {
		const struct plain_export *item = &exports->items[i];

		json_put_object(json, NULL);
		json_put_time(json, "when", item->when);
		json_put_string(json, "format", item->format);
		json_put_string(json, "file", item->path);
		json_put_bool(json, "there", item->there);
		json_close(json);
	}
	json_close(json);
}
