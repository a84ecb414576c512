/* Key slots for people and as JSON; used by `key list` and `status`. */
#ifndef CLI_KEY_NAMES_H
#define CLI_KEY_NAMES_H

#include <vault/keys.h>

#include "json.h"

void key_print(const struct key_slot *slot);
void key_json(struct json *json, const struct key_slot *slot);

#endif
