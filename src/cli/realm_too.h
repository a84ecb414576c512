/* A new password for all that share one on purpose: the entry's realm. */
#ifndef CLI_REALM_TOO_H
#define CLI_REALM_TOO_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/realm.h>

#include "session.h"

struct realm_too {
	char realm[REALM_NAME_SIZE]; /* the entry's; "": none */
	size_t others;               /* members beside it */
	bool all;                    /* they are to get the password, too */
};

/* Finds out about the entry's realm; whether all are to change is what `wanted` says, else the
 * answer to a question, when `ask` and there is somebody. VAULT_USAGE failure when it is wanted
 * and there is no realm. The vault is unlocked. */
int realm_too_decide(struct session *session, const struct entry *entry, bool wanted, bool ask,
                     struct realm_too *ret_too, struct error *err);

/* vault_edit, or realm_edit. */
int realm_too_edit(struct session *session, const char *name, const struct realm_too *too,
                   struct entry_edit *edit, const char *allow_reuse, struct write_result *result,
                   struct error *err);

/* What became of the others; nothing where there are none, or where they have that password. */
void realm_too_tell(const struct realm_too *too, const struct write_result *result);

#endif
