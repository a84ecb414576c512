/*
 * Bitwarden's JSON, as its programs of 2024 to 2026 write it: what the plain file, the encrypted
 * one and the zip have in common. Sources: docs/FORMATS.md.
 */
#ifndef FORMAT_BITWARDEN_H
#define FORMAT_BITWARDEN_H

#include <jansson.h>

#include "format/emit.h"
#include "format/format.h"
#include "format/json_write.h"

/* Hands over the files that belong to an item; NULL where there are none. */
struct bitwarden_files {
	int (*take)(const struct bitwarden_files *files, struct emit *emit, const json_t *item,
	            struct error *err);
};

/* Reads a plain file. */
int bitwarden_read(const struct source *source, const struct bitwarden_files *files,
                   struct emit *emit, struct error *err);

/* Takes one item, begun and not ended; `folders` has the names of folders and collections by their
 * identifiers. */
void bitwarden_take_item(struct emit *emit, const json_t *item, const json_t *folders);

/* Names of the folders that were written: Bitwarden has a list of them. */
struct bitwarden_folders {
	struct secret *names; /* each: 4 bytes length, text */
	size_t *places;       /* in names, + 1; a hash table, a power of two in size; 0: free */
	size_t size, count;
};

struct bitwarden_write {
	struct json_write json;
	struct bitwarden_folders folders;
};

/* The same three as in struct format_code. bitwarden_drop frees what it points to. */
int bitwarden_begin(struct bitwarden_write *write, struct sink *sink, struct error *err);
int bitwarden_item(struct bitwarden_write *write, const struct item *item, struct error *err);
int bitwarden_end(struct bitwarden_write *write, struct error *err);
void bitwarden_drop(struct bitwarden_write *write);
void bitwarden_losses(const struct format *format, const struct item *item,
                      struct account *account);

/* Gives the identifier of a folder, which is made from its name, and remembers the name. */
int bitwarden_folder(struct bitwarden_folders *folders, struct span name, char *ret_uuid,
                     struct error *err);
void bitwarden_put_folders(const struct bitwarden_folders *folders, struct json_write *json);
void bitwarden_folders_done(struct bitwarden_folders *folders);

#define BITWARDEN_FAVOURITE "favorite" /* a tag */
#define BITWARDEN_HOLDS \
	(HOLDS_HISTORY | HOLDS_DATES | HOLDS_URLS | HOLDS_TAGS | HOLDS_FIELDS | HOLDS_OTP | \
	 HOLDS_EXPIRY | HOLDS_TRASH | HOLDS_RULES)

#endif
