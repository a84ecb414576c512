/*
 * Merge: which entries there are in either copy, what becomes of each, and the writing of it.
 *
 * Names are settled before anything is written, over all that will live. Entries that differ are
 * loaded twice, once to see what becomes of them, once to write it, so that no more than two of
 * them are in memory. Those that do not, which are nearly all, have the same leaf in both digests,
 * and are not loaded at all.
 */
#include "vault/merging.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"

struct merge {
	struct vault *vault, *copy;       /* borrowed */
	struct digest_changes copy_nodes; /* none is changed: those that are verified */
	struct merge_entry *entries;
	size_t count, room;
	int64_t *waiting; /* entries that cannot have their name yet */
	size_t n_waiting, waiting_room;
	int (*each)(void *context, const struct merge_item *item);
	void *context;
	struct merge_result *result;
};

static void merge_done(struct merge *merge)
{
	for (size_t i = 0; i < merge->count; i++) {
		free(merge->entries[i].name);
		free(merge->entries[i].wanted);
	}
	free(merge->entries);
	free(merge->waiting);
	digest_forget(&merge->copy_nodes);
}

/* ---- the other copy ------------------------------------------------------------------ */

static bool same_file(const struct vault *vault, const struct vault *copy)
{
	struct stat a, b;

	return stat(vault->path, &a) == 0 && stat(copy->path, &b) == 0 && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

/* What is told of a damaged vault would send the user to a backup of the one that is not. */
int vault_copy_failed(const struct vault *copy, int r, struct error *err)
{
	return r != -VAULT_DAMAGED
	               ? r
	               : error_set(err, VAULT_DAMAGED,
	                           "the copy '%s' is damaged, and nothing was taken from it: "
	                           "'vault --vault %s check' tells more",
	                           copy->path, copy->path);
}

int vault_open_copy(struct vault *vault, const char *path, struct vault **ret_copy,
                    struct error *err)
{
	VAULT_AUTO *copy = NULL;
	SECRET_AUTO *key = NULL;
	int r = vault_attach(path, VAULT_READ_ONLY | VAULT_NO_WITNESS, &copy, err);

	if (r == 0 && same_file(vault, copy))
		r = error_set(err, VAULT_USAGE, "'%s' is the vault itself", path);
	if (r == 0 && memcmp(copy->header.uuid, vault->header.uuid, ITEM_UUID_BYTES) != 0)
		r = error_set(err, VAULT_USAGE,
		              "'%s' is another vault, not a copy of this one: export it and import "
		              "that",
		              path);
	if (r == 0)
		r = vault_volume_key_bytes(vault, &key, err);
	if (r == 0)
		r = vault_copy_failed(copy, vault_unlock_volume_key(copy, key, err), err);
	if (r == VAULT_WRONG_KEY && err)
		*err = (struct error){0};
	if (r != 0 && r != VAULT_WRONG_KEY)
		return r;
	*ret_copy = copy;
	copy = NULL;
	return r;
}

/* ---- what there is ------------------------------------------------------------------- */

static int list_one(struct merge *merge, struct stmt *stmt, bool theirs, struct error *err)
{
	struct merge_entry *entries =
		list_room(merge->entries, merge->count, &merge->room, sizeof(*entries));
	struct span uuid = stmt_span(stmt, 1);
	const char *name = stmt_text(stmt, 3);
	struct merge_entry entry = {
		.ours = theirs ? 0 : stmt_int(stmt, 0),
		.theirs = theirs ? stmt_int(stmt, 0) : 0,
		.relation = theirs ? MERGE_BEHIND : MERGE_AHEAD,
		.created = stmt_int(stmt, 5),
		.before = (enum entry_state)stmt_int(stmt, 7),
	};

	if (entries)
		merge->entries = entries;
	if (!entries || !name)
		return error_set(err, VAULT_FAILED, "out of memory");
	if (uuid.length != ITEM_UUID_BYTES)
		return error_set(err, VAULT_DAMAGED, "an entry has no uuid: see 'vault check'");
	memcpy(entry.uuid, uuid.bytes, ITEM_UUID_BYTES);
	if (entry.before == ENTRY_LIVE) {
		entry.name = strdup(name);
		if (!entry.name)
			return error_set(err, VAULT_FAILED, "out of memory");
	}
	entries[merge->count++] = entry;
	return 0;
}

static int list_all(struct merge *merge, struct vault *vault, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	uint64_t live = 0, trashed = 0;
	int r = db_stmt(vault->db, SQL_MOVE_ENTRIES, &stmt, err);

	if (r < 0)
		return r;
	while ((r = stmt_step(stmt, err)) == 1) {
		r = list_one(merge, stmt, vault == merge->copy, err);
		if (r < 0)
			return r;
		live += stmt_int(stmt, 7) == ENTRY_LIVE;
		trashed += stmt_int(stmt, 7) == ENTRY_TRASHED;
	}
	/* A row that is missing has no leaf to be compared. */
	if (r == 0 && (live != vault->state.entries || trashed != vault->state.trashed))
		return error_set(err, VAULT_DAMAGED, "entries are missing in %s: see 'vault check'",
		                 vault->path);
	return r;
}

static int compare_entries(const void *left, const void *right)
{
	const struct merge_entry *a = left, *b = right;
	int order = memcmp(a->uuid, b->uuid, ITEM_UUID_BYTES);

	/* Ours first. */
	return order != 0 ? order : (a->ours == 0) - (b->ours == 0);
}

/* Makes one of the two rows that an entry of both copies has. */
static void pair(struct merge *merge)
{
	size_t kept = 0;

	if (merge->count > 1)
		qsort(merge->entries, merge->count, sizeof(*merge->entries), compare_entries);
	for (size_t i = 0; i < merge->count; i++) {
		struct merge_entry *last = kept > 0 ? &merge->entries[kept - 1] : NULL;
		struct merge_entry *entry = &merge->entries[i];

		if (last && last->theirs == 0 && entry->ours == 0 &&
		    memcmp(last->uuid, entry->uuid, ITEM_UUID_BYTES) == 0) {
			last->theirs = entry->theirs;
			free(entry->name); /* which of the two it has shows later */
			continue;
		}
		merge->entries[kept++] = *entry;
	}
	merge->count = kept;
}

/* ---- what becomes of it -------------------------------------------------------------- */

/* What is to be written of an entry, or NULL: it is as it was. It is one of the two records. */
struct outcome {
	struct record ours, theirs;
	struct record *record;
	unsigned conflicts;
};

static void outcome_done(struct outcome *outcome)
{
	record_done(&outcome->ours);
	record_done(&outcome->theirs);
}
#define OUTCOME_AUTO __attribute__((cleanup(outcome_done))) struct outcome

static int load(struct vault *vault, int64_t id, struct record *record, struct error *err)
{
	int r = record_load(vault, id, MERGE_WANT, record, err);

	if (r > 0)
		return error_set(err, VAULT_DAMAGED, "an entry is gone: see 'vault check'");
	return r < 0 && vault->flags & VAULT_NO_WITNESS ? error_context(err, "%s", vault->path) : r;
}

static int decide(struct merge *merge, struct merge_entry *entry, struct outcome *outcome,
                  struct error *err)
{
	int r = entry->ours ? load(merge->vault, entry->ours, &outcome->ours, err) : 0;

	if (r == 0 && entry->theirs)
		r = vault_copy_failed(merge->copy,
		                      load(merge->copy, entry->theirs, &outcome->theirs, err), err);
	if (r < 0)
		return r;
	if (entry->ours && entry->theirs)
		entry->relation = merge_compare(&outcome->ours, &outcome->theirs);
	if (entry->relation == MERGE_BEHIND)
		outcome->record = &outcome->theirs;
	if (entry->relation == MERGE_APART)
		r = merge_join(&outcome->ours, &outcome->theirs, &outcome->record,
		               &outcome->conflicts, err);
	return r;
}

static int leaf_of(struct vault *vault, struct digest_changes *nodes, int64_t id,
                   unsigned char ret_leaf[HASH_BYTES], struct error *err)
{
	return digest_leaf(vault->db, vault->keys->digest, nodes, id, ret_leaf, vault->state.top,
	                   err);
}

/* A leaf is a hash over all there is of an entry and its number, under a key that changes when the
 * vault is rekeyed; so without the same of both, nothing is known. */
static int is_same(struct merge *merge, const struct merge_entry *entry, bool *ret_same,
                   struct error *err)
{
	static const unsigned char nothing[HASH_BYTES];
	unsigned char ours[HASH_BYTES], theirs[HASH_BYTES];
	int r;

	*ret_same = false;
	if (entry->ours != entry->theirs ||
	    memcmp(merge->vault->keys->digest, merge->copy->keys->digest, HASH_KEY_BYTES) != 0)
		return 0;
	r = leaf_of(merge->vault, &merge->vault->changes, entry->ours, ours, err);
	if (r == 0)
		r = vault_copy_failed(merge->copy,
		                      leaf_of(merge->copy, &merge->copy_nodes, entry->theirs,
		                              theirs, err),
		                      err);
	*ret_same = r == 0 && hash_equal(ours, theirs, HASH_BYTES) &&
	            !hash_equal(ours, nothing, HASH_BYTES);
	return r;
}

/* What both have: is it one or the other, and how will it be called? */
static int foresee(struct merge *merge, struct merge_entry *entry, struct error *err)
{
	OUTCOME_AUTO outcome = {0};
	const struct record *record;
	bool same;
	int r = is_same(merge, entry, &same, err);

	if (r == 0 && same)
		entry->relation = MERGE_SAME;
	if (r < 0 || same)
		return r;
	r = decide(merge, entry, &outcome, err);
	if (r < 0)
		return r;
	record = outcome.record ? outcome.record : &outcome.ours;
	free(entry->name);
	entry->name = NULL;
	entry->created = record->entry->created;
	if (record->state != ENTRY_LIVE)
		return 0;
	entry->name = strdup(record->entry->name);
	return entry->name ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

/* ---- writing ------------------------------------------------------------------------- */

static bool changes(const struct merge_entry *entry)
{
	return entry->relation == MERGE_BEHIND || entry->relation == MERGE_APART || entry->wanted;
}

static void count_state(struct vault *vault, enum entry_state state, int by)
{
	if (state == ENTRY_LIVE)
		vault->state.entries += (uint64_t)by;
	if (state == ENTRY_TRASHED)
		vault->state.trashed += (uint64_t)by;
}

static int take_name(struct record *record, const struct merge_entry *entry, struct error *err)
{
	char *copy = entry->wanted ? strdup(entry->name) : NULL;

	if (!entry->wanted)
		return 0;
	if (!copy)
		return error_set(err, VAULT_FAILED, "out of memory");
	versions_rename(record, copy);
	record->revision++;
	free(record->entry->name);
	record->entry->name = copy;
	return 0;
}

static int tell(struct merge *merge, const struct merge_entry *entry, const struct outcome *outcome)
{
	struct merge_result *result = merge->result;
	struct merge_item item = {
		.name = outcome->record->entry->name,
		.wanted = entry->wanted,
		/* Of what is no account both sides can be had. */
		.conflicts = outcome->record->state < ENTRY_INCIDENT ? outcome->conflicts : 0,
		.state = outcome->record->state,
		.outcome = !entry->ours                      ? MERGE_ADDED
	                   : entry->relation == MERGE_BEHIND ? MERGE_TAKEN
	                   : entry->relation == MERGE_APART  ? MERGE_JOINED
	                                                     : MERGE_NAMED,
	};

	result->changed = true;
	if (item.state < ENTRY_INCIDENT) {
		result->added += item.outcome == MERGE_ADDED;
		result->taken += item.outcome == MERGE_TAKEN;
		result->joined += item.outcome == MERGE_JOINED;
		result->named += item.wanted != NULL;
		result->conflicts += item.conflicts != 0;
	}
	return merge->each ? merge->each(merge->context, &item) : 0;
}

/* Is a live entry called so that has still to make way? */
static int must_wait(struct merge *merge, const struct record *record, bool *ret_wait,
                     struct error *err)
{
	int64_t id = 0;
	int r = record->state == ENTRY_LIVE
	                ? name_exact(merge->vault, record->entry->name, &id, err)
	                : VAULT_NOT_FOUND;

	*ret_wait = r == 0 && id != record->id;
	return r < 0 ? r : 0;
}

/* As if it were in the trash, while its name is another's. */
static int write_waiting(struct merge *merge, struct record *record, struct error *err)
{
	int64_t *waiting =
		list_room(merge->waiting, merge->n_waiting, &merge->waiting_room, sizeof(*waiting));
	int r;

	if (!waiting)
		return error_set(err, VAULT_FAILED, "out of memory");
	merge->waiting = waiting;
	record->state = ENTRY_TRASHED;
	r = merge_write(merge->vault, record, err);
	record->state = ENTRY_LIVE;
	waiting[merge->n_waiting++] = record->id;
	return r;
}

static int write_one(struct merge *merge, struct merge_entry *entry, struct error *err)
{
	OUTCOME_AUTO outcome = {0};
	bool wait = false;
	int r = decide(merge, entry, &outcome, err);

	if (r < 0)
		return r;
	if (!outcome.record)
		outcome.record = &outcome.ours;
	outcome.record->id = entry->ours;
	r = take_name(outcome.record, entry, err);
	if (r == 0)
		r = must_wait(merge, outcome.record, &wait, err);
	if (r == 0)
		r = wait ? write_waiting(merge, outcome.record, err)
		         : merge_write(merge->vault, outcome.record, err);
	if (r < 0)
		return r;
	if (entry->ours)
		count_state(merge->vault, entry->before, -1);
	count_state(merge->vault, outcome.record->state, 1);
	return tell(merge, entry, &outcome);
}

/* As they were made, those that are new behind the others. */
static int compare_age(const void *left, const void *right)
{
	const struct merge_entry *a = left, *b = right;

	if (a->ours == 0 || b->ours == 0) {
		int order = (a->ours == 0) - (b->ours == 0);

		return order != 0 ? order : (a->theirs > b->theirs) - (a->theirs < b->theirs);
	}
	return (a->ours > b->ours) - (a->ours < b->ours);
}

static int write_all(struct merge *merge, struct error *err)
{
	int r = 0;

	if (merge->count > 1)
		qsort(merge->entries, merge->count, sizeof(*merge->entries), compare_age);
	for (size_t i = 0; i < merge->count && r == 0; i++) {
		struct merge_entry *entry = &merge->entries[i];

		if (changes(entry))
			r = write_one(merge, entry, err);
		else if (entry->before < ENTRY_INCIDENT && entry->relation == MERGE_SAME)
			merge->result->same++;
		else if (entry->before < ENTRY_INCIDENT)
			merge->result->kept++;
	}
	return r;
}

/* Now all names are free. */
static int end_waiting(struct merge *merge, struct error *err)
{
	struct vault *vault = merge->vault;
	struct stmt *stmt = NULL;
	int r = 0;

	for (size_t i = 0; i < merge->n_waiting && r == 0; i++) {
		r = db_stmt(vault->db, SQL_ENTRY_SHOW, &stmt, err);
		if (r < 0)
			return r;
		stmt_bind_int(stmt, 1, merge->waiting[i]);
		r = stmt_run(stmt, err);
		if (r == 0)
			r = record_seal(vault, merge->waiting[i], err);
	}
	return r;
}

static int merge_all(struct merge *merge, struct error *err)
{
	int r = list_all(merge, merge->vault, err);

	if (r == 0)
		r = vault_copy_failed(merge->copy, list_all(merge, merge->copy, err), err);
	if (r < 0)
		return r;
	pair(merge);
	for (size_t i = 0; i < merge->count && r == 0; i++)
		if (merge->entries[i].ours && merge->entries[i].theirs)
			r = foresee(merge, &merge->entries[i], err);
	if (r == 0)
		r = merge_names(merge->entries, merge->count, err);
	if (r == 0)
		r = write_all(merge, err);
	if (r == 0)
		r = end_waiting(merge, err);
	return r == 0 ? incidents_review(merge->vault, err) : r;
}

static bool same_keys(const struct vault *vault, const struct vault *copy)
{
	return memcmp(vault->header.slots, copy->header.slots, sizeof(vault->header.slots)) == 0;
}

int vault_merge(struct vault *vault, struct vault *copy,
                int (*each)(void *context, const struct merge_item *item), void *context,
                struct merge_result *ret_result, struct error *err)
{
	struct merge merge = {.vault = vault,
	                      .copy = copy,
	                      .each = each,
	                      .context = context,
	                      .result = ret_result};
	int r;

	*ret_result = (struct merge_result){0};
	if (!vault->batch)
		return error_set(err, VAULT_USAGE, "a merge is a batch of writes");
	r = write_begin(vault, err);
	if (r == 0)
		r = vault_copy_failed(copy, read_begin(copy, err), err);
	if (r < 0)
		return write_rollback(vault, r);
	if (memcmp(vault->keys->fingerprint, copy->keys->fingerprint, FINGERPRINT_KEY_BYTES) != 0)
		r = error_set(err, VAULT_USAGE, "'%s' is not a copy of this vault", copy->path);
	ret_result->other_keys = !same_keys(vault, copy);
	if (r == 0)
		r = merge_all(&merge, err);
	read_end(copy);
	merge_done(&merge);
	/* Newer than either, wherever one of them was seen last. */
	if (vault->state.generation < copy->state.generation)
		vault->state.generation = copy->state.generation;
	if (r == 0)
		return write_commit(vault, err);
	(void)write_rollback(vault, -VAULT_FAILED); /* it is half done, whoever ended it */
	return r;
}
