/*
 * The reuse guard's answer: with whom a password is, or was, shared, and of which others it is a
 * variant.
 */
#ifndef VAULT_REUSE_H
#define VAULT_REUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/variant.h>

enum conflict_kind {
	CONFLICT_SAME_NOW = 1, /* another entry's password is this one */
	CONFLICT_SAME_THEN,    /* another entry's password was this one, from `since` to `until` */
	CONFLICT_MASTER,       /* it is the master password that opened the vault; `name` is NULL */
	CONFLICT_VARIANT_NOW,  /* another entry's password is a variant of this one */
	CONFLICT_VARIANT_THEN, /* another entry's password was one */
};

enum entry_state {
	ENTRY_LIVE = 0,
	ENTRY_TRASHED = 1, /* in the trash, can be restored */
	ENTRY_PURGED = 2,  /* the trash was emptied: name, dates and fingerprints are left */
};

struct conflict {
	enum conflict_kind kind;
	char *name;             /* the partner */
	enum entry_state state; /* the partner's */
	int64_t since, until;   /* seconds since 1970; until is 0 while in use */
	bool realm;             /* both are in one realm: nothing to refuse, or to warn of */
	unsigned how;           /* of a variant: what differs, see variant_words */
};

/* Worst first: the master password, shared now, shared then, variants now, variants then. */
struct conflicts {
	struct conflict *items;
	size_t count;
};

void conflicts_done(struct conflicts *conflicts); /* frees the contents; the struct is reusable */
#define CONFLICTS_AUTO __attribute__((cleanup(conflicts_done))) struct conflicts

#endif
