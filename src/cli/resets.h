/*
 * What an entry's password can be reset through: people say a name, the entry has a uuid, which is
 * the same whatever the other entry is called later on.
 */
#ifndef CLI_RESETS_H
#define CLI_RESETS_H

#include <vault/entry.h>

#include "options.h"
#include "session.h"

/* Puts the entries of these names into `set`, which is to become a part of the entry `name`; a name
 * that there is none of is told as session_get does. The vault is unlocked. */
int resets_set(struct session *session, const char *name, const struct texts *through,
               struct entry *set, struct error *err);

/* session_read, with names in the place of uuids: for people, and not to be written back. Of an
 * entry in the trash this is said; what is in no entry here stays a uuid. */
int resets_read(struct session *session, const char *name, struct entry **ret_entry,
                struct error *err);

#endif
