/* Two states of one entry: is one a continuation of the other? And if not, what has both? */
#include "vault/merging.h"

#include <stdlib.h>
#include <string.h>

#include <vault/rotate.h>

#include "vault/leaf.h"
#include "vault/values.h"

/* All that a person has put into it, and its dates. */
static void contents_of(const struct record *record, unsigned char contents[HASH_BYTES])
{
	const struct entry *entry = record->entry;
	struct hash hash;

	leaf_start(&hash, NULL,
	           &(struct leaf_entry){.uuid = record->uuid,
	                                .state = record->state,
	                                .created = entry->created,
	                                .modified = entry->modified,
	                                .trashed = entry->trashed,
	                                .name = text_span(entry->name),
	                                .user = text_span(entry->user)});
	for (size_t i = 0; i < record->n_past; i++) {
		const struct past *past = &record->past[i];

		leaf_password(&hash, (int64_t)i, past->since, past->until ? &past->until : NULL,
		              secret_span(past->value), past->fingerprint, text_span(past->reason));
	}
	for (size_t i = 0; i < entry->n_fields; i++)
		leaf_field(&hash, entry->fields[i].kind, text_span(entry->fields[i].key),
		           field_value(&entry->fields[i]));
	hash_finish(&hash, contents);
}

static struct past *find_password(const struct record *record, const struct past *past)
{
	for (size_t i = 0; i < record->n_past; i++)
		if (record->past[i].since == past->since &&
		    memcmp(record->past[i].fingerprint, past->fingerprint, FINGERPRINT_BYTES) == 0)
			return &record->past[i];
	return NULL;
}

/* No change of an entry takes a password from it: whoever lacks one has not seen the other. */
static bool has_all_passwords(const struct record *record, const struct record *other)
{
	for (size_t i = 0; i < other->n_past; i++)
		if (!find_password(record, &other->past[i]))
			return false;
	return true;
}

static bool continues(const struct record *record, const struct record *other)
{
	unsigned char id[VERSION_BYTES];

	version_of(other, id);
	return versions_have(record, id) && has_all_passwords(record, other);
}

enum merge_relation merge_compare(const struct record *ours, const struct record *theirs)
{
	unsigned char a[HASH_BYTES], b[HASH_BYTES];
	bool ahead = continues(ours, theirs), behind = continues(theirs, ours);

	if (ahead != behind)
		return ahead ? MERGE_AHEAD : MERGE_BEHIND;
	contents_of(ours, a);
	contents_of(theirs, b);
	/* With the same contents, but after changes of its own, each must learn of the other's. */
	return ahead && memcmp(a, b, HASH_BYTES) == 0 ? MERGE_SAME : MERGE_APART;
}

/* ---- which is the newer one ---------------------------------------------------------- */

static int64_t last_change(const struct record *record)
{
	const struct entry *entry = record->entry;

	return entry->modified > entry->trashed ? entry->modified : entry->trashed;
}

/* Whoever is asked, in whatever order, says the same. */
static bool is_newer(const struct record *record, const struct record *other)
{
	unsigned char a[HASH_BYTES + VERSION_BYTES], b[HASH_BYTES + VERSION_BYTES];

	if (last_change(record) != last_change(other))
		return last_change(record) > last_change(other);
	if (record->revision != other->revision)
		return record->revision > other->revision;
	contents_of(record, a);
	contents_of(other, b);
	version_of(record, a + HASH_BYTES);
	version_of(other, b + HASH_BYTES);
	return memcmp(a, b, sizeof(a)) > 0;
}

/* ---- passwords ----------------------------------------------------------------------- */

static struct past *current_of(const struct record *record)
{
	for (size_t i = 0; i < record->n_past; i++)
		if (record->past[i].until == 0)
			return &record->past[i];
	return NULL;
}

/* The one in use last; the others in the order in which they came. */
static int compare_passwords(const void *left, const void *right)
{
	const struct past *a = left, *b = right;

	if ((a->until == 0) != (b->until == 0))
		return a->until == 0 ? 1 : -1;
	if (a->since != b->since)
		return a->since < b->since ? -1 : 1;
	if (a->until != b->until)
		return a->until < b->until ? -1 : 1;
	return memcmp(a->fingerprint, b->fingerprint, FINGERPRINT_BYTES);
}

/* The same password in both: what one has of it and the other has not. */
static void complete(struct past *past, struct past *other, bool current)
{
	if (!current && other->until != 0 && (past->until == 0 || other->until < past->until))
		past->until = other->until;
	if (!past->value) {
		past->value = other->value;
		other->value = NULL;
		past->erased = !past->value;
	}
	if (!past->reason) {
		past->reason = other->reason;
		other->reason = NULL;
	}
	/* Copies that were upgraded each by itself may have different ones: the same in both. */
	if (other->forms_length > past->forms_length ||
	    (other->forms_length == past->forms_length &&
	     memcmp(other->forms, past->forms, past->forms_length) > 0)) {
		memcpy(past->forms, other->forms, other->forms_length);
		past->forms_length = other->forms_length;
	}
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Moves the passwords of `from` to `into`. Where both have one in use, the one that came in last
 * stays, whatever else was changed later: it is the one that the service knows. */
static int join_passwords(struct record *into, struct record *from, unsigned *conflicts,
                          struct error *err)
{
	struct past *all = reallocarray(into->past, into->n_past + from->n_past + 1, sizeof(*all));
	struct past *current;
	const struct past *theirs = current_of(from);

	if (!all)
		return error_set(err, VAULT_FAILED, "out of memory");
	into->past = all;
	current = current_of(into);
	if (current && theirs && !find_password(into, theirs) && !find_password(from, current))
		*conflicts |= MERGE_PASSWORD; /* both changed it */
	if (current && theirs && theirs->since > current->since)
		current->until = theirs->since;
	else if (current)
		theirs = NULL; /* is none any more */
	for (size_t i = 0; i < from->n_past; i++) {
		struct past *past = &from->past[i], *same = find_password(into, past);

		if (same) {
			complete(same, past, same == current);
			continue;
		}
		if (past->until == 0 && past != theirs)
			past->until = later(past->since, current->since);
		all[into->n_past++] = *past;
		past->value = NULL; /* moved */
		past->reason = NULL;
	}
	qsort(all, into->n_past, sizeof(*all), compare_passwords);
	return 0;
}

/* ---- together ------------------------------------------------------------------------ */

static int join_names(struct entry *into, const struct entry *from, unsigned *conflicts,
                      struct error *err)
{
	int r = 0;

	if (strcmp(into->name, from->name) != 0) {
		*conflicts |= MERGE_NAME;
		r = entry_keep_earlier(into, "name", text_span(from->name), false, err);
	}
	if (r < 0 || !from->user || (into->user && strcmp(into->user, from->user) == 0))
		return r;
	if (!into->user) {
		into->user = strdup(from->user); /* as it is stored */
		return into->user ? 0 : error_set(err, VAULT_FAILED, "out of memory");
	}
	*conflicts |= MERGE_USER;
	return entry_keep_earlier(into, "user", text_span(from->user), false, err);
}

/* A password that either copy has had is no longer one to be. */
static void drop_pending(struct entry *entry, const struct record *joined)
{
	const struct secret *pending = rotate_pending(entry);

	for (size_t i = 0; pending && i < joined->n_past; i++)
		if (joined->past[i].value && secret_equal(pending, joined->past[i].value)) {
			entry_clear_kind(entry, FIELD_PENDING);
			return;
		}
}

static void current_fingerprint(const struct record *record,
                                unsigned char fingerprint[FINGERPRINT_BYTES])
{
	const struct past *current = current_of(record);

	memset(fingerprint, 0, FINGERPRINT_BYTES);
	if (current)
		memcpy(fingerprint, current->fingerprint, FINGERPRINT_BYTES);
}

/* A tick says that a device has the password that was in use in that copy. */
static int untick(struct entry *entry, const unsigned char had[FINGERPRINT_BYTES],
                  const struct past *current, struct error *err)
{
	if (!current || memcmp(had, current->fingerprint, FINGERPRINT_BYTES) == 0)
		return 0;
	return consumers_untick(entry, current->since, err);
}

static int join(struct record *into, struct record *from, unsigned *conflicts, struct error *err)
{
	unsigned char into_had[FINGERPRINT_BYTES], from_had[FINGERPRINT_BYTES];
	bool differ = false;
	int r;

	current_fingerprint(into, into_had);
	current_fingerprint(from, from_had);
	r = join_passwords(into, from, conflicts, err);
	if (r == 0)
		r = untick(into->entry, into_had, current_of(into), err);
	if (r == 0)
		r = untick(from->entry, from_had, current_of(into), err);
	if (r == 0)
		r = join_names(into->entry, from->entry, conflicts, err);
	drop_pending(into->entry, into);
	drop_pending(from->entry, into);
	if (r == 0)
		r = merge_fields(into->entry, from->entry, &differ, err);
	if (differ)
		*conflicts |= MERGE_FIELDS;
	return r;
}

int merge_join(struct record *ours, struct record *theirs, struct record **ret_joined,
               unsigned *ret_conflicts, struct error *err)
{
	struct record *newer = is_newer(ours, theirs) ? ours : theirs;
	struct record *older = newer == ours ? theirs : ours;
	/* Of what was erased there is nothing left to go on from. */
	bool erased = newer->state == ENTRY_PURGED && older->state != ENTRY_PURGED;
	struct record *into = erased ? older : newer, *from = erased ? newer : older;
	enum entry_state state = erased ? ENTRY_TRASHED : newer->state;
	int64_t trashed = newer->entry->trashed;
	int64_t modified = later(ours->entry->modified, theirs->entry->modified);
	int r;

	*ret_conflicts = ours->state != theirs->state ? MERGE_STATE : 0;
	versions_join(into, from);
	r = join(into, from, ret_conflicts, err);
	if (from->entry->created < into->entry->created)
		into->entry->created = from->entry->created;
	into->entry->modified = modified;
	into->entry->trashed = trashed;
	into->state = state;
	into->revision = later(ours->revision, theirs->revision) + 1;
	*ret_joined = into;
	return r;
}
