/*
 * Incidents: a leak that is being worked off, and who is hit by it.
 *
 * A password that leaked is burned for ever: the reuse guard refuses it and its variants
 * (CONFLICT_BURNED, CONFLICT_BURNED_VARIANT), whatever becomes of the incident. The incident is
 * open until no entry has a burned password, or a variant of one, in use: each was given an
 * unrelated one, and those who type it (see vault/consumer.h) were given that, or it was dismissed
 * with a reason. Every write looks after that, in its own transaction; recording an account that
 * has a burned password opens it again.
 *
 * Nothing secret is in any of it.
 */
#ifndef VAULT_INCIDENT_H
#define VAULT_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/reuse.h>
#include <vault/secret.h>

struct vault;

/* Why an entry is told of, worst first. */
enum affected_kind {
	AFFECTED_SAME_NOW,    /* it has a burned password */
	AFFECTED_PENDING,     /* a burned one is to be its next (vault/rotate.h); no `since` */
	AFFECTED_SAME_THEN,   /* it had one, from `since` to `until` */
	AFFECTED_VARIANT_NOW, /* it has a variant of one: `how` tells what differs */
	AFFECTED_VARIANT_THEN,
	AFFECTED_USER, /* it has the same user name or address */
};

enum affected_progress {
	AFFECTED_OPEN,      /* it needs another password, or `behind` */
	AFFECTED_DONE,      /* it got one, at `changed` */
	AFFECTED_DISMISSED, /* for `reason` */
	AFFECTED_TOLD,      /* nothing has to be done: it had changed before, it is deleted, or it
	                      only has the user in common */
};

struct affected {
	int64_t id;
	char *name;
	enum entry_state state;
	enum affected_kind kind;
	unsigned how;         /* variant_words */
	int64_t since, until; /* of the burned password or its variant; until is 0 while in use */
	enum affected_progress progress;
	int64_t changed; /* AFFECTED_DONE, or when it is `behind` */
	size_t behind;   /* consumers that have not got the password it was changed to */
	char *reason;    /* AFFECTED_DISMISSED */
};

struct incident {
	int64_t id;
	unsigned number; /* from 1, in the order they were opened; it never changes */
	char *service;   /* where it leaked; "(typed)" for a password that was no entry's */
	int64_t opened, leaked, closed; /* closed is 0 while it is open */
	struct affected *items;         /* by kind, then by name */
	size_t n_items;
	size_t n_open;       /* items that are AFFECTED_OPEN */
	int64_t known_since; /* of vault_leak, when a password was taken that is only known since
	                        then, after the day of the leak; otherwise 0 */
};

void incident_free(struct incident *incident);
void incident_freep(struct incident **incident);
#define INCIDENT_AUTO __attribute__((cleanup(incident_freep))) struct incident

/* What leaked. Either `name`, of an entry that is or ever was (the live one first, then the latest
 * that was deleted), or `password` (borrowed, and not stored). */
struct leak {
	const char *name;
	const struct secret *password;
	int64_t from,
		until;    /* every password NAME had at some moment of it, the first one where that
	                       is before anything is known of NAME: an account is often older than
	                       its entry. Both 0: the one in use, of a deleted entry the last one */
	int64_t leaked;   /* the date of the leak; 0: today, or that of the incident there is */
	const char *user; /* whose other accounts are told; NULL: the entry's user */
};

/* Burns the passwords and opens an incident; where there is one already for the same passwords and
 * that day, it is given, and tells of `user` as well. Nothing affected is open: it is closed at
 * once. VAULT_NOT_FOUND (> 0, message set): no such entry, or it had no password then. */
int vault_leak(struct vault *vault, const struct leak *leak, struct incident **ret_incident,
               struct error *err);

/* All incidents, by number, without their items. */
int vault_incidents(struct vault *vault, int (*each)(void *context, const struct incident *),
                    void *context, struct error *err);
/* How many are open. Costs the same whatever the vault holds. */
int vault_incidents_open(struct vault *vault, size_t *ret_count, struct error *err);

/* One with its items as they are now. VAULT_NOT_FOUND (> 0, message set). */
int vault_incident(struct vault *vault, unsigned number, struct incident **ret_incident,
                   struct error *err);

/* The entry needs no other password, for this reason (a line of text): in every open incident that
 * it is open in. VAULT_NOT_FOUND (> 0, message set): no such entry, or it is open in none. */
int vault_incident_dismiss(struct vault *vault, const char *name, const char *reason,
                           struct error *err);

#endif
