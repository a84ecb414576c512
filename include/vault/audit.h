/*
 * The audit: what is shared, what is nearly the same, and how strong a password is.
 */
#ifndef VAULT_AUDIT_H
#define VAULT_AUDIT_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>
#include <vault/reuse.h>
#include <vault/secret.h>
#include <vault/vault.h>

/* One use of a shared password. */
struct audit_use {
	const char *name;
	enum entry_state state;
	int64_t since, until; /* until 0: in use now */
	const char *reason;   /* the reason given for reuse, or NULL */
};

/* Entries that share, or once shared, one password. Borrowed during the call. */
struct audit_group {
	bool master; /* it is the master password that opened the vault: one entry is enough */
	const char *realm; /* that all of them are in, so that it is meant to be; or NULL */
	bool now;          /* at least two live entries use it now (or one, when `master`) */
	const struct audit_use *uses; /* in use first, then newest first */
	size_t n_uses;
};

/* Calls `each` for every group, those in no realm first, then those shared now, then by size.
 * Counted over distinct entries: one entry that had the same password twice is no group. Cost: one
 * walk over the fingerprint index. */
int audit_sharing(struct vault *vault, int (*each)(void *context, const struct audit_group *group),
                  void *context, size_t *ret_groups, struct error *err);

/* `from` is a variant of `to`, which is in use: places among the family's uses. */
struct audit_link {
	size_t from, to;
	unsigned how; /* what differs, see variant_words; 0: it is the same password */
};

/* Entries whose passwords are variants of one another, or once were of one in use. Borrowed during
 * the call. Of each pair of variants at most one link is told, and so many that all hang together:
 * a hundred variants have 99. */
struct audit_family {
	bool now;          /* two live entries use variants of one another now */
	const char *realm; /* that all who are there are in, where the plan tells it; or NULL */
	const struct audit_use *uses;
	size_t n_uses;
	const struct audit_link *links; /* those in use first */
	size_t n_links;
};

/* Calls `each` for every family, those of now first, then by size. What only shares one password is
 * none. Cost: one walk over the forms of all passwords, and a look at each of those that have one
 * in common, however many there are. */
int audit_families(struct vault *vault,
                   int (*each)(void *context, const struct audit_family *family), void *context,
                   size_t *ret_families, struct error *err);

/* Strength after zxcvbn (Wheeler, USENIX Security 2016), run in a child process so that nothing of
 * the password is left in this one. `words` (NULL-terminated, or NULL) count as known to the
 * attacker: user name, service. */
struct strength {
	double bits; /* log2 of the guesses needed */
	int score;   /* 0 … 4 as zxcvbn's: < 10^3, 10^6, 10^8, 10^10 guesses, more */
	/* One sentence: what makes it weak, what helps; empty when nothing does. No part of it. */
	char advice[160];
};
int audit_strength(const struct secret *password, const char *const *words,
                   struct strength *ret_strength, struct error *err);
int strength_score(double bits);
const char *strength_word(int score); /* "very weak" … "strong" */
#define STRENGTH_WEAK 2               /* scores up to here are worth a warning */

/* A password in use, with its entry's name, user and URLs counted as known. */
struct audit_strength_of {
	const char *name;
	int64_t since;
	struct strength strength;
};

/* The strength of every password in use, by name; in one child process for all. With more than
 * `most` live entries (0: no limit) none is looked at, and *ret_checked is 0. Time: 40 µs for a
 * password of 24 characters. */
int audit_strengths(struct vault *vault, size_t most,
                    int (*each)(void *context, const struct audit_strength_of *one), void *context,
                    size_t *ret_checked, struct error *err);

#endif
