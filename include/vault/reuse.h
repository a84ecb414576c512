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
	CONFLICT_MASTER = 1, /* it is the master password that opened the vault; `name` is NULL */
	CONFLICT_BURNED,     /* it leaked at `since`, from the service `name` */
	CONFLICT_BURNED_VARIANT, /* it is a variant of one that leaked at `since` from `name` */
	CONFLICT_SAME_NOW,       /* another entry's password is this one */
	CONFLICT_SAME_THEN,    /* another entry's password was this one, from `since` to `until` */
	CONFLICT_VARIANT_NOW,  /* another entry's password is a variant of this one */
	CONFLICT_VARIANT_THEN, /* another entry's password was one */
};

enum entry_state {
	ENTRY_LIVE = 0,
	ENTRY_TRASHED = 1,  /* in the trash, can be restored */
	ENTRY_PURGED = 2,   /* the trash was emptied: name, dates and fingerprints are left */
	ENTRY_INCIDENT = 3, /* no account, but a leak: see vault/incident.h */
	ENTRY_LOG = 4,      /* no account, but something that was done */
};

struct conflict {
	enum conflict_kind kind;
	int64_t id;             /* the partner's; 0 for the master password */
	char *name;             /* the partner */
	enum entry_state state; /* the partner's */
	int64_t since, until;   /* seconds since 1970; until is 0 while in use */
	bool realm;             /* both are in one realm: nothing to refuse, or to warn of */
	unsigned how;           /* of a variant: what differs, see variant_words */
};

/* Worst first, in the order of the kinds. */
struct conflicts {
	struct conflict *items;
	size_t count;
};

/* Has it leaked, or is it a variant of one that has? No reason makes that a new choice. */
bool conflicts_burned(const struct conflicts *conflicts);

void conflicts_done(struct conflicts *conflicts); /* frees the contents; the struct is reusable */
#define CONFLICTS_AUTO __attribute__((cleanup(conflicts_done))) struct conflicts

#endif
