/* Logins that browsers and mail programs have saved and sealed: whose they likely are. */
#ifndef CLI_WHERE_SAVED_H
#define CLI_WHERE_SAVED_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>
#include <vault/scan.h>

#include "holders.h"
#include "json.h"

struct saved_profile;

struct saved {
	struct saved_profile *profiles;
	size_t count, room;
	struct error *err;
};

/* Reads the profiles at or below the paths (NULL-terminated; none: where they are), before the
 * vault is unlocked. A file that is no logins.json after all is warned about. VAULT_NOT_FOUND (> 0,
 * message set): there is no such path. */
int saved_read(struct saved *saved, char *const *paths, struct error *err);

/* Tells them: to `json` as the member "saved", all; or (NULL) as text those of an entry. Who has
 * the password of exactly one is added to the holders; *ret_found becomes true where there is an
 * entry. */
int saved_tell(const struct saved *saved, const struct scan *scan, struct json *json,
               struct holders *holders, bool *ret_found, struct error *err);

void saved_done(struct saved *saved);

#endif
