/* An entry as JSON, the members of an object that is open; used by `show` and `rescue`. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <stdbool.h>

#include <vault/entry.h>

#include "json.h"

void show_json(struct json *json, const struct entry *entry, bool reveal);

#endif
