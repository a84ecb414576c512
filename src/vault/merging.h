/* What the files that merge share. */
#ifndef VAULT_MERGING_H
#define VAULT_MERGING_H

#include <vault/merge.h>

#include "vault/internal.h"

/* ---- two states of one entry (merge_join.c) ------------------------------------------ */

enum merge_relation {
	MERGE_SAME,
	MERGE_AHEAD,  /* ours is a continuation of theirs */
	MERGE_BEHIND, /* theirs is one of ours */
	MERGE_APART,
};

/* Both with all that there is of them: MERGE_WANT. */
#define MERGE_WANT (WANT_SECRETS | WANT_HISTORY | WANT_PAST)
enum merge_relation merge_compare(const struct record *ours, const struct record *theirs);

/* Makes one of two that went apart: of `ours` and `theirs` one becomes it, *ret_joined, with what
 * the other one has in the other's place. */
int merge_join(struct record *ours, struct record *theirs, struct record **ret_joined,
               unsigned *ret_conflicts, struct error *err);

/* ---- fields (merge_fields.c) --------------------------------------------------------- */

/* Adds what `from` has and `into` has not; where both have something else, that of `from` is kept
 * as an earlier one. *ret_differ: there was such. */
int merge_fields(struct entry *into, const struct entry *from, bool *ret_differ, struct error *err);

/* Keeps a value that is not to be lost, under its name with " (earlier)" behind it, or with a
 * number where there is such a one of another value. */
int entry_keep_earlier(struct entry *entry, const char *name, struct span value, bool attachment,
                       struct error *err);

/* What a field of that kind without a key is called. */
const char *entry_field_word(enum field_kind kind);

/* ---- names (merge_names.c) ----------------------------------------------------------- */

/* One entry of the merged vault. */
struct merge_entry {
	unsigned char uuid[ITEM_UUID_BYTES];
	int64_t ours, theirs;         /* its number here and there; 0: it is not */
	enum merge_relation relation; /* where it is in both */
	int64_t created;
	enum entry_state before; /* of ours, where it is one */
	char *name;              /* that it will have: NULL unless it lives; free(3) */
	char *wanted;            /* that it would have, where another one has it; NULL; free(3) */
};

/* Gives names to those whose name an entry has that was made earlier, in an order that is the same
 * in every copy. */
int merge_names(struct merge_entry *entries, size_t count, struct error *err);

/* ---- rows (merge_write.c) ------------------------------------------------------------ */

/* Writes all rows of the record, in the place of those of entry record->id; 0: as a new one. */
int merge_write(struct vault *vault, struct record *record, struct error *err);

#endif
