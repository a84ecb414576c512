/*
 * Vaults inside a file of JSON: objects whose member "items" is an array of items, which get the
 * vault's name as a tag. 1Password's and Proton Pass's files are made of such.
 */
#ifndef FORMAT_JSON_VAULT_H
#define FORMAT_JSON_VAULT_H

#include "format/emit.h"
#include "format/json_read.h"
#include "format/zip.h"

/* All is borrowed. */
struct json_vault {
	struct emit *emit;
	struct zip *zip;  /* where attached files are; NULL: there are none */
	struct span name; /* may be empty */

	/* Takes one item, begun and not ended. */
	int (*take_item)(struct emit *emit, struct zip *zip, const json_t *item, struct error *err);
};

/* The vault that follows, and all its items. */
int json_vault_read(struct json_walk *walk, struct json_vault *vault, struct error *err);

#endif
