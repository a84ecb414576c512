/* What git tells to keep: a credential that a server has accepted. */
#ifndef CLI_GIT_STORE_H
#define CLI_GIT_STORE_H

#include <vault/error.h>

#include "git_request.h"
#include "session.h"

/* Is there a credential in it that is to be kept? */
bool git_store_wanted(const struct git_request *request);

/* Keeps it in the unlocked vault: nothing is done when an entry gives it already; an entry that is
 * git's (GIT_TAG) is changed; else one is added. A person's own entry is never changed, and a
 * password that is in use elsewhere is kept all the same, with a reason: it is in use here, too. */
int git_store(struct session *session, const struct git_request *request, struct error *err);

#endif
