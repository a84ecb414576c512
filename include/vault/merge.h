/*
 * Merge: what two copies of one vault hold after they went apart, in one of them.
 *
 * Entries are the same by their uuid, which they have from their making. Of an entry that went on
 * in one copy alone, that state is taken, be it a change, a removal or an erasure. One that went on
 * in both becomes one that has it all: the newer state, the passwords of both in its history, what
 * else the other one had beside it (under its name with "(earlier)" behind it); this is told as a
 * conflict. An entry that was erased in one copy after it was changed in the other is in the trash,
 * with what the other has of it; where the change came later it lives. Of two entries of one name
 * the one that was made later gets digits of its uuid behind it. Ticks of consumers count where
 * they were made in the copy that had the password.
 *
 * Incidents are merged as entries are, then closed or opened as it follows from what came together;
 * an incident's number is that of this vault.
 *
 * It does not matter which copy is merged into which: the same entries come out, down to the last
 * field, and merging again changes nothing. Keys are not merged.
 */
#ifndef VAULT_MERGE_H
#define VAULT_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>
#include <vault/reuse.h>

struct vault;

/* Opens `path`, which must be a copy of `vault` (borrowed), for reading; nobody remembers that it
 * was seen. 0: it is unlocked by the same volume key. VAULT_WRONG_KEY (> 0, no message): it has
 * another one since a rekey, and is open, locked; unlock it by vault_unlock. VAULT_NOT_FOUND (> 0,
 * message set). VAULT_USAGE failure: it is another vault, or the very file. */
int vault_open_copy(struct vault *vault, const char *path, struct vault **ret_copy,
                    struct error *err);

/* Hands `r` on, what something with `copy` answered; a VAULT_DAMAGED failure gets a message that
 * names the copy, since the vault is not the one that is damaged. */
int vault_copy_failed(const struct vault *copy, int r, struct error *err);

enum merge_outcome {
	MERGE_ADDED = 1, /* it was in the copy alone */
	MERGE_TAKEN,     /* it went on in the copy alone */
	MERGE_JOINED,    /* it went on in both */
	MERGE_NAMED,     /* it is as it was, but for its name */
};

/* What both had changed, otherwise than the other. */
enum merge_conflict {
	MERGE_PASSWORD = 1 << 0,
	MERGE_USER = 1 << 1,
	MERGE_NAME = 1 << 2,
	MERGE_FIELDS = 1 << 3,
	MERGE_STATE = 1 << 4, /* removed or erased in one, changed in the other */
};

struct merge_item {
	const char *name;   /* as it is now; borrowed during the call, as is `wanted` */
	const char *wanted; /* the name it would have, where another entry has that; else NULL */
	enum merge_outcome outcome;
	unsigned conflicts;     /* enum merge_conflict; only of MERGE_JOINED */
	enum entry_state state; /* as it is now */
};

struct merge_result {
	bool changed; /* something was written */
	/* Of accounts, deleted ones included: */
	size_t added, taken, joined, named; /* told one by one */
	size_t conflicts;                   /* joined ones that had some */
	size_t kept;                        /* went on in this vault alone, or are in it alone */
	size_t same;
	bool other_keys; /* what opens the copy is not what opens this vault */
};

/* Merges the unlocked `copy` into `vault`, inside a batch (vault_batch_begin). Never refuses a
 * password. `each` (may be NULL) gets what changes in this vault; it returns 0 to go on, any other
 * value ends the merge and is returned. VAULT_DAMAGED failure where an entry that is not the same
 * in both does not agree with its digest, or the digest with itself; VAULT_USAGE failure where an
 * entry would have more fields than there can be. */
int vault_merge(struct vault *vault, struct vault *copy,
                int (*each)(void *context, const struct merge_item *item), void *context,
                struct merge_result *ret_result, struct error *err);

#endif
