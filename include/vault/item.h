/*
 * An item: an entry with everything that was ever in it, on its way between a vault and a file of
 * another kind.
 *
 * Unlike struct entry, whose secrets have memory of their own each, an item owns nothing and costs
 * nothing: whoever hands one out says how long it stays valid, and where its bytes lie (they are
 * secret). So a hundred thousand of them pass by in seconds.
 */
#ifndef VAULT_ITEM_H
#define VAULT_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/entry.h>

#define ITEM_BYTES_MAX ((size_t)64 * 1024 * 1024) /* all values of an item together */
#define ITEM_PASSWORDS_MAX 10000                  /* passwords of one item, earlier ones included */
#define ITEM_UUID_BYTES 16

/* Borrowed bytes. NULL: nothing is there; of length 0: it is there, and empty. */
struct span {
	const void *bytes;
	size_t length;
};

struct item_password {
	struct span value;    /* 1 … PASSWORD_MAX bytes */
	int64_t since, until; /* seconds since 1970; until 0: in use, at most the last one */
	const char *reason;   /* why it may be one that is in use elsewhere; or NULL */
};

struct item_field {
	enum field_kind kind;
	const char *key;   /* as in struct field */
	struct span value; /* of a plain kind: UTF-8; a NUL byte lies behind it */
};

struct item {
	bool has_uuid; /* where it comes from, items have one */
	unsigned char uuid[ITEM_UUID_BYTES];
	const char *name, *user;            /* as text_name gives it; user may be NULL */
	int64_t created, modified, trashed; /* seconds since 1970; 0: not known, not in the trash */
	const struct item_password *passwords; /* oldest first */
	size_t n_passwords;
	const struct item_field *fields; /* in order of kind */
	size_t n_fields;
};

#endif
