/*
 * Changing a password in two steps, because a service may take the new one or not.
 *
 * First the password to be is kept beside the one in use, as a FIELD_PENDING; then, when the
 * service has taken it, it becomes the one in use, or else it is dropped. Each step is one durable
 * transaction, so that at every instant at least one of the two is there, and before the second
 * step both are.
 */
#ifndef VAULT_ROTATE_H
#define VAULT_ROTATE_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/entry.h>
#include <vault/error.h>
#include <vault/vault.h>

/* Keeps a password beside the one in use; it is taken when that was done. The reuse guard looks at
 * it as at one that comes in, and at the entry's own passwords, too: a variant of the one that is
 * to go would be no change. There is no way around it. Answers:
 * VAULT_NOT_FOUND  no such entry (message set)
 * VAULT_EXISTS     a change is pending already (message set)
 * VAULT_REFUSED    result->conflicts tells */
int rotate_begin(struct vault *vault, const char *name, struct secret **password,
                 struct write_result *result, struct error *err);

struct rotate_end {
	const char *allow_reuse; /* as for vault_edit */
	bool realm_too;          /* the new password to all members of the realm: realm_edit */
};

/* Makes the pending password the one in use; the one in use goes to the history. *ret_others (may
 * be NULL) counts other members of the realm that got it. Answers:
 * VAULT_NOT_FOUND  no such entry, nothing is pending, or it is in no realm (message set)
 * VAULT_REFUSED    since rotate_begin the password came into use elsewhere; result->conflicts */
int rotate_done(struct vault *vault, const char *name, const struct rotate_end *how,
                struct write_result *result, size_t *ret_others, struct error *err);

/* Drops the pending password. VAULT_NOT_FOUND as above. */
int rotate_abort(struct vault *vault, const char *name, struct write_result *result,
                 struct error *err);

/* The password to be, borrowed from the entry; NULL: no change is pending. */
const struct secret *rotate_pending(const struct entry *entry);

/* Names of live entries with a pending change, in order; `each` as for vault_list, and not verified
 * either. Cost: a walk over the table of fields. */
int rotate_list(struct vault *vault, int (*each)(void *context, const char *name), void *context,
                struct error *err);

#endif
