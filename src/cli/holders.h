/* Who has a password of which entry, as a scan has found it: to be noted down as consumers. */
#ifndef CLI_HOLDERS_H
#define CLI_HOLDERS_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/vault.h>

#define HOLDS_PRESENT INT64_MAX /* it has the password in use */

struct holder {
	char *entry, *who;
	int64_t ticked; /* what it has was in use then; or HOLDS_PRESENT */
};

struct holders {
	struct holder *list;
	size_t count, room;
};

/* Adds one. Of one that is there already the later time stays, or (`earliest`) the earlier one. */
int holders_add(struct holders *holders, const char *entry, const char *who, int64_t ticked,
                bool earliest, struct error *err);

/* Notes them down; *ret_changed: of how many something was new. Warns of each that cannot be. */
int holders_record(const struct holders *holders, struct vault *vault, size_t *ret_changed,
                   struct error *err);

void holders_done(struct holders *holders);

#endif
