/* What the files that import share. */
#ifndef VAULT_IMPORTING_H
#define VAULT_IMPORTING_H

#include "vault/internal.h"

/* ---- identities (identity.c) --------------------------------------------------------- */

/* All entries by their uuid, and which of them this batch has met. */
struct identity {
	unsigned char uuid[ITEM_UUID_BYTES];
	int64_t id; /* 0: a free place */
	enum entry_state state;
	bool met;      /* an item of this batch is it */
	uint32_t next; /* which one of its kind comes next: see identity_find */
};

/* Finds the entry that `item` is by its uuid, or which uuid it gets. *ret_identity is NULL when it
 * is a new one. Borrowed until the next call. */
int identity_find(struct vault *vault, const struct item *item, struct identity **ret_identity,
                  unsigned char ret_uuid[ITEM_UUID_BYTES], struct error *err);
/* Remembers an entry that was added, or met. */
int identity_meet(struct vault *vault, const unsigned char uuid[ITEM_UUID_BYTES], int64_t id,
                  struct error *err);
bool identity_was_met(struct vault *vault, const unsigned char uuid[ITEM_UUID_BYTES]);
/* Remembers that the entry, which was met, is what the file calls `item`, or what identity_find
 * gave a uuid to. */
int identity_alias(struct vault *vault, const struct item *item,
                   const unsigned char uuid[ITEM_UUID_BYTES], int64_t id, struct error *err);
/* The entry that has this uuid, or had it in the file; 0: none so far, or one that was erased. */
int64_t identity_of(struct vault *vault, const unsigned char uuid[ITEM_UUID_BYTES]);
void identities_free(struct vault *vault);

/* ---- references (import_refs.c) ------------------------------------------------------ */

/* An item with the uuids of this vault in the place of the file's. */
struct translated {
	struct item item; /* borrows */
	struct item_field *fields;
	struct item_password *passwords;
	struct secret **secrets; /* that values of both are */
	size_t n_secrets;
	char (*texts)[VAULT_UUID_SIZE];
	bool realm_left; /* its realm is left out: see realm_enters */
};

/* For the entry `id`; 0: a new one. There, what refers to an entry that was not met yet stays as it
 * is; elsewhere it is left out. */
int import_translate(struct vault *vault, const struct item *item, int64_t id,
                     struct translated *ret_translated, struct error *err);
void translated_done(struct translated *translated);
/* Makes its fields a list of its own, to->fields. */
int translated_own_fields(struct translated *to, struct error *err);
#define TRANSLATED_AUTO __attribute__((cleanup(translated_done))) struct translated

/* Remembers these of an item whose entry is `id`, for vault_import_end. */
int references_keep(struct vault *vault, const struct item *item, int64_t id, bool added,
                    unsigned flags, struct error *err);
void references_free(struct vault *vault);

/* Puts bytes that the entry has in the place of their base64 (import_bytes.c). */
int import_bytes(struct vault *vault, int64_t id, struct translated *to, struct error *err);

/* ---- what stands for a value elsewhere (import_pointers.c) --------------------------- */

/* Is the value, of an item without an identity of its own, one that refers to another entry? */
bool import_points(const struct item *item, struct span value);
/* Drops such values where the entry has another one in their place; *ret_kept: it had. */
int import_pointers(struct vault *vault, int64_t id, struct translated *to, bool *ret_kept,
                    struct error *err);

/* ---- realms (import_realms.c) -------------------------------------------------------- */

/* May the entry `id` (0: a new one) be in that realm, the text of its field, because a file says
 * so? It is in it, or it is in none and the vault had none of that name before the import. */
int realm_enters(struct vault *vault, int64_t id, struct span text, bool *ret_enters,
                 struct error *err);
void realm_names_free(struct vault *vault);

/* ---- numbers behind a name (import_names.c) ------------------------------------------ */

/* What this batch knows of them; no name becomes free while it lasts. */
struct import_numbers {
	uint64_t hash;
	uint64_t taken; /* all from 2 to this one are in use */
	uint64_t met;   /* all from 2 to this one are of entries that were met */
};

/* Borrowed until the next call. */
int import_numbers(struct vault *vault, const char *name, struct import_numbers **ret_numbers,
                   struct error *err);
void import_names_free(struct vault *vault);

/* ---- adding (import_add.c) ----------------------------------------------------------- */

/* Gives a name that no live entry has: `wanted`, or that with something behind it. */
int import_name(struct vault *vault, const char *wanted, const char *user, char **ret_name,
                struct error *err);

/* The name that import_name gives in the place of `name`: the user behind it (1), or that number.
 * *ret_name is NULL where there is no such user. Gives; free(3). */
int import_other_name(const char *name, const char *user, uint64_t number, char **ret_name,
                      struct error *err);

/* Writes the rows of a new entry. *ret_id is its number. */
int import_add(struct vault *vault, const struct item *item, const char *name,
               const unsigned char uuid[ITEM_UUID_BYTES], int64_t *ret_id, struct error *err);

/* A row of `password` for each, of an entry that has none. `otherwise`: since when, where it is not
 * known. `leaf` (may be NULL) gets them. */
int import_passwords(struct vault *vault, int64_t id, const struct item_password *passwords,
                     size_t count, int64_t otherwise, struct hash *leaf, struct error *err);

/* Lends the value for who takes a secret and only looks at it. */
struct secret import_lend(const struct item_password *password);

/* ---- comparing (import_compare.c) ---------------------------------------------------- */

/* The live entry of that very name, with that user and one of those URLs (or no URL, as the item).
 * *ret_id is 0 when there is none, or when another item of this batch was it. An item without an
 * identity of its own is also known by a name that import gave because that one was taken; of
 * several, the one with its password is it. */
int import_known(struct vault *vault, const struct item *item, int64_t *ret_id,
                 unsigned char ret_uuid[ITEM_UUID_BYTES], struct error *err);

/* The field of a row of SQL_FIELD_READ, until the next step: to be taken once, and not for each
 * field of an item. */
struct item_field import_field_there(struct stmt *stmt);
/* Are both of one kind and key, whatever their values? Whether a custom field is secret makes no
 * difference. */
bool import_same_place(const struct item_field *a, const struct item_field *b);

/* What differs in `item` from entry `id`; nothing of NEWS_ANY: all of it is there. */
int import_news(struct vault *vault, const struct item *item, int64_t id, unsigned *ret_news,
                struct error *err);

#define NEWS_ANY (NEWS_PASSWORD | NEWS_HISTORY | NEWS_USER | NEWS_FIELDS)

/* Finds which of what differs is new, in *news, and takes it where it `writes`. */
int import_update(struct vault *vault, const struct item *item, int64_t id, bool writes,
                  unsigned *news, struct error *err);

#endif
