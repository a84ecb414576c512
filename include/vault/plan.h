/*
 * The plan: all that an audit finds, and what to do about it, the most damaging first.
 *
 * An action is an entry that should get another password. Its damage is what could be done with the
 * account (its role; a mailbox, and whatever else others are reset through, counts most) times the
 * sum of what was found about its password. Of entries that share a password, or have variants of
 * one, as many are told as have to change: the least of them may keep it, unless there is more to
 * say of it.
 */
#ifndef VAULT_PLAN_H
#define VAULT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/audit.h>
#include <vault/breach.h>
#include <vault/chain.h>
#include <vault/error.h>

/* What was found about a password in use; several may be. */
enum finding {
	FINDING_BURNED = 1 << 0,   /* it is known to have leaked, or a variant of it has */
	FINDING_MASTER = 1 << 1,   /* it opens the vault, too */
	FINDING_BREACHED = 1 << 2, /* it is in a list of leaked ones */
	FINDING_SHARED = 1 << 3,   /* another entry has it */
	FINDING_FAMILY = 1 << 4,   /* another entry has a variant of it */
	FINDING_WEAK = 1 << 5,     /* it can be guessed */
	FINDING_OLD = 1 << 6,      /* in use for so long, at an account that is not ROLE_OTHER */
};
#define PLAN_OLD_YEARS 10
/* FINDING_WEAK: up to 10^6 guesses, which a service's own log-in may let pass in time. */
#define PLAN_WEAK_SCORE 1

struct plan_action {
	const char *name;
	enum role role;
	size_t falls;            /* entries that fall with it */
	unsigned findings;       /* enum finding, or'ed */
	unsigned fresh;          /* those that the last audit did not tell; see plan_remember */
	unsigned damage;         /* to compare with that of others, and for nothing else */
	int64_t since;           /* when the password came into use */
	const char *burned_at;   /* FINDING_BURNED: the service where it leaked */
	unsigned burned_how;     /* 0, or how it differs from what leaked: variant_words */
	const char *shared_with; /* FINDING_SHARED: one of them, of `n_shared` */
	size_t n_shared;
	const char *like; /* FINDING_FAMILY: one that has a variant, and what differs */
	unsigned how;
	uint64_t seen;            /* FINDING_BREACHED: how often; 0: not told */
	struct strength strength; /* FINDING_WEAK */
};

struct plan_wanted {
	struct breaches *breaches; /* borrowed; NULL: no list is asked */
	size_t strength_most;      /* see audit_strengths; 0: of all */
};

/* Everything in it belongs to it. */
struct plan {
	const struct plan_action *actions; /* the most damaging first */
	size_t n_actions;
	const struct audit_group *groups; /* as audit_sharing tells them */
	size_t n_groups;
	const struct audit_family *families; /* as audit_families does */
	size_t n_families;
	const struct audit_breach *breached; /* as audit_breaches does */
	size_t n_breached, n_looked_up;
	bool breaches_failed; /* then nothing is known of any */
	struct error breaches_error;
	const struct audit_strength_of
		*weak; /* those of PLAN_WEAK_SCORE at most, the weakest first */
	size_t n_weak;
	bool not_weighed; /* there are more than were wanted */
	struct chain *chain;
	int64_t last; /* when the last audit was, after plan_remember; 0: there was none */
};

/* Not verified, as with vault_list. Time: as that of its parts. Give it back with plan_free. */
int plan_make(struct vault *vault, const struct plan_wanted *wanted, struct plan **ret_plan,
              struct error *err);
void plan_free(struct plan *plan);
void plan_freep(struct plan **plan);
#define PLAN_AUTO __attribute__((cleanup(plan_freep))) struct plan

/* Compares with what the last audit of this vault told on this machine, and remembers this one in
 * its place, in $XDG_STATE_HOME/vault: numbers that tell nothing without the vault's key. Findings
 * are the same as long as entry, kind and password are. What was not looked for this time (a list
 * that was not named, the strength of too many) stays as it was. `only_new`: takes all other
 * actions out of the plan. A failure to remember is one; the plan is right all the same. While the
 * vault is unlocked. */
int plan_remember(struct vault *vault, struct plan *plan, bool only_new, struct error *err);

/* The name of the entry to change first; free(3). VAULT_NOT_FOUND (> 0): nothing is to be done.
 * A failure where nothing was found and a list could not be read. */
int plan_first(struct vault *vault, const struct plan_wanted *wanted, char **ret_name,
               struct error *err);

#endif
