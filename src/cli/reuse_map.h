/* What many entries that came in at once share, and which are variants of one another: of the whole
 * vault, in two lines. */
#ifndef CLI_REUSE_MAP_H
#define CLI_REUSE_MAP_H

#include <vault/vault.h>

#include "json.h"

/* How many, and the largest of them: an entry of it and how many others it has. */
struct reuse_part {
	size_t groups, entries;
	char worst[NAME_MAX_BYTES + 1];
	size_t others;
};

struct reuse_map {
	struct reuse_part shared;   /* passwords in use more than once */
	struct reuse_part variants; /* families of them */
	bool master;                /* one is the master password */
};

/* Looks through the whole vault. */
int reuse_map_look(struct reuse_map *map, struct vault *vault, struct error *err);
void reuse_map_print(const struct reuse_map *map);
void reuse_map_json(struct json *json, const struct reuse_map *map); /* the member "reuse" */

#endif
