/* What `status` tells of exports that anybody can read. */
#ifndef CLI_PLAIN_EXPORTS_H
#define CLI_PLAIN_EXPORTS_H

#include <stdbool.h>

#include <vault/vault.h>

#include "json.h"

struct plain_export {
	int64_t when;
	char *format, *path;
	bool there; /* something of that name is still there */
};

struct plain_exports {
	struct plain_export *items; /* the oldest first */
	size_t count, there;
};

int plain_exports_read(struct plain_exports *exports, struct vault *vault, struct error *err);
void plain_exports_done(struct plain_exports *exports);
/* Lines behind the label "exports"; nothing, where there was none. */
void plain_exports_text(const struct plain_exports *exports, size_t label_columns);
void plain_exports_json(const struct plain_exports *exports, struct json *json);

#endif
