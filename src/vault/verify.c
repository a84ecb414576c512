/*
 * The digest of everything, computed anew in one pass and compared.
 *
 * Entries come in order of their numbers, and so do the digest's nodes of the lowest level: both
 * are walked side by side. Each node is compared with the entries' own leaves, and the nodes above
 * it with the nodes below as they are stored, so that one changed entry is one finding and not six.
 * Memory does not grow with the vault: of each level one node is under construction.
 */
#include "vault/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/text.h>

#include "store/schema.h"
#include "vault/variant.h"

#define SHOWN_MAX 50 /* findings told one by one; the others are counted */

typedef void (*finding_fn)(void *context, enum check_severity severity, const char *text);

struct level {
	bool open;
	int64_t index;
	unsigned char contents[DIGEST_NODE_BYTES];
};

struct walk {
	struct vault *vault;
	finding_fn each; /* may be NULL */
	void *context;
	size_t damaged;

	/* The lowest node as the entries make it. */
	bool open;
	int64_t group;
	unsigned char leaves[DIGEST_NODE_BYTES];
	char *names[DIGEST_FANOUT];
	bool unreadable[DIGEST_FANOUT];
	uint64_t entries, trashed;

	/* The digest as it is stored, in order; node is 0 after the last. */
	struct stmt *stored;
	int64_t node;

	struct level levels[DIGEST_LEVELS + 1]; /* 2 … DIGEST_LEVELS */
	uint64_t compared;                      /* nodes of these levels */
	unsigned char top[HASH_BYTES];
};

static const unsigned char nothing[DIGEST_NODE_BYTES];

static void found(struct walk *walk, const char *format, ...) VAULT_PRINTF(2, 3);
static void found(struct walk *walk, const char *format, ...)
{
	char text[512];
	va_list arguments;

	if (++walk->damaged > SHOWN_MAX || !walk->each)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	walk->each(walk->context, CHECK_DAMAGE, text);
}

static void found_more(const struct walk *walk)
{
	char text[64];

	if (walk->damaged <= SHOWN_MAX || !walk->each)
		return;
	snprintf(text, sizeof(text), "%zu more such findings are not listed",
	         walk->damaged - SHOWN_MAX);
	walk->each(walk->context, CHECK_DAMAGE, text);
}

/* ---- the nodes above ---------------------------------------------------------------- */

static int push(struct walk *walk, unsigned level, int64_t child,
                const unsigned char hash[HASH_BYTES], struct error *err);

static int close_level(struct walk *walk, unsigned number, struct error *err)
{
	struct level *level = &walk->levels[number];
	int64_t node = digest_node_number(number, level->index);
	unsigned char stored[DIGEST_NODE_BYTES], hash[HASH_BYTES];
	int r;

	if (!level->open)
		return 0;
	r = digest_node_read(walk->vault->db, node, stored, err);
	if (r < 0)
		return r;
	level->open = false;
	if (memcmp(stored, level->contents, sizeof(stored)) != 0)
		found(walk,
		      "the digest contradicts itself (level %u, node %lld): a part of it was"
		      " changed from outside "
		      "or put back to an older state",
		      number, (long long)level->index);
	walk->compared++;
	digest_node_hash(hash, walk->vault->keys->digest, node, stored);
	if (number < DIGEST_LEVELS)
		return push(walk, number + 1, level->index, hash, err);
	memcpy(walk->top, hash, sizeof(hash));
	return 0;
}

/* Puts the hash of a node into its place one level up; closes the node there when it belongs to
 * another. */
static int push(struct walk *walk, unsigned number, int64_t child,
                const unsigned char hash[HASH_BYTES], struct error *err)
{
	struct level *level = &walk->levels[number];
	int r = level->open && level->index != child / DIGEST_FANOUT
	                ? close_level(walk, number, err)
	                : 0;

	if (r < 0)
		return r;
	if (!level->open) {
		memset(level->contents, 0, sizeof(level->contents));
		level->index = child / DIGEST_FANOUT;
		level->open = true;
	}
	memcpy(level->contents + child % DIGEST_FANOUT * HASH_BYTES, hash, HASH_BYTES);
	return 0;
}

/* ---- the lowest nodes --------------------------------------------------------------- */

static int next_stored(struct walk *walk, struct error *err)
{
	int r = stmt_step(walk->stored, err);

	walk->node = r == 1 ? stmt_int(walk->stored, 0) : 0;
	return r < 0 ? r : 0;
}

static void compare_leaf(struct walk *walk, unsigned slot, const unsigned char *stored)
{
	const unsigned char *leaf = walk->leaves + slot * HASH_BYTES;
	const char *name = walk->names[slot] ? walk->names[slot] : "";

	if (walk->unreadable[slot] || memcmp(leaf, stored, HASH_BYTES) == 0)
		return;
	if (memcmp(leaf, nothing, HASH_BYTES) == 0)
		found(walk, "an entry is missing (number %lld)",
		      (long long)(walk->group * DIGEST_FANOUT + slot));
	else if (memcmp(stored, nothing, HASH_BYTES) == 0)
		found(walk, "the entry '%s' was added from outside, or is one that should be gone",
		      name);
	else
		found(walk, "the entry '%s' was changed from outside or put back to an older state",
		      name);
}

/* The node of the open group against the stored one, or against nothing where there is none. */
static int close_group(struct walk *walk, struct error *err)
{
	int64_t node = digest_node_number(1, walk->group);
	unsigned char stored[DIGEST_NODE_BYTES] = {0}, hash[HASH_BYTES];
	const void *bytes;
	size_t length;
	int r = 0;

	if (walk->node == node) {
		bytes = stmt_blob(walk->stored, 1, &length);
		if (length == sizeof(stored))
			memcpy(stored, bytes, length);
		else
			found(walk, "a node of the digest has a wrong size (node %lld)",
			      (long long)walk->group);
		r = next_stored(walk, err);
	}
	for (unsigned slot = 0; slot < DIGEST_FANOUT; slot++) {
		compare_leaf(walk, slot, stored + slot * HASH_BYTES);
		free(walk->names[slot]);
		walk->names[slot] = NULL;
		walk->unreadable[slot] = false;
	}
	memset(walk->leaves, 0, sizeof(walk->leaves));
	walk->open = false;
	if (r < 0)
		return r;
	digest_node_hash(hash, walk->vault->keys->digest, node, stored);
	return push(walk, 2, walk->group, hash, err);
}

/* Goes to the group with that index, by way of the stored nodes before it, which no entry belongs
 * to. */
static int open_group(struct walk *walk, int64_t index, struct error *err)
{
	int r = walk->open && walk->group != index ? close_group(walk, err) : 0;

	while (r == 0 && walk->node != 0 && walk->node < digest_node_number(1, index)) {
		if (walk->node < digest_node_number(1, 0)) {
			found(walk, "the digest has a node that leads nowhere (%lld)",
			      (long long)walk->node);
			r = next_stored(walk, err);
			continue;
		}
		walk->group = walk->node - digest_node_number(1, 0);
		r = close_group(walk, err);
	}
	walk->group = index;
	walk->open = true;
	return r;
}

/* ---- entries ------------------------------------------------------------------------ */

static int compare_folded(struct walk *walk, const char *name, const char *folded,
                          struct error *err)
{
	FREE_AUTO char *expected = NULL;
	int r = text_fold(name, &expected, err);

	if (r < 0 && r != -VAULT_USAGE)
		return r;
	if (r < 0 || strcmp(expected, folded) != 0)
		found(walk, "the entry '%s' is filed under a wrong name: it may not be found",
		      name);
	return 0;
}

static int add_entry(struct walk *walk, int64_t id, const char *name, const char *folded,
                     struct error *err)
{
	RECORD_AUTO record = {0};
	unsigned slot = (unsigned)(id & (DIGEST_FANOUT - 1));
	int r;

	if (id < 0 || id >= DIGEST_IDS_MAX) {
		found(walk, "the entry '%s' was added from outside", name);
		return 0;
	}
	r = open_group(walk, id / DIGEST_FANOUT, err);
	if (r == 0)
		r = record_read(walk->vault, id, 0, &record, err);
	if (r == -VAULT_DAMAGED || r > 0) {
		walk->unreadable[slot] = true;
		found(walk, "the entry '%s' cannot be read", name);
		return 0;
	}
	if (r < 0)
		return r;
	memcpy(walk->leaves + slot * HASH_BYTES, record.leaf, HASH_BYTES);
	walk->names[slot] = record.entry->name;
	record.entry->name = NULL;
	walk->entries += record.state == ENTRY_LIVE;
	walk->trashed += record.state == ENTRY_TRASHED;
	return compare_folded(walk, name, folded, err);
}

static int walk_entries(struct walk *walk, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	const char *name, *folded;
	int r = db_stmt(walk->vault->db, SQL_CHECK_ENTRIES, &stmt, err);

	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		name = stmt_text(stmt, 1);
		folded = stmt_text(stmt, 2);
		if (!name || !folded)
			return error_set(err, VAULT_FAILED, "out of memory");
		r = add_entry(walk, stmt_int(stmt, 0), name, folded, err);
	}
	return r;
}

/* Both walks to their ends, the nodes that are still open to the top. */
static int walk_tree(struct walk *walk, struct error *err)
{
	uint64_t above = 0;
	int r = db_stmt(walk->vault->db, SQL_DIGEST_ALL, &walk->stored, err);

	if (r == 0)
		r = next_stored(walk, err);
	if (r == 0)
		r = walk_entries(walk, err);
	if (r == 0)
		r = open_group(walk, digest_node_number(2, 0) - digest_node_number(1, 0), err);
	walk->open = false;
	for (unsigned level = 2; level <= DIGEST_LEVELS && r == 0; level++)
		r = close_level(walk, level, err);
	while (r == 0 && walk->node != 0) {
		above++;
		r = next_stored(walk, err);
	}
	if (r == 0 && above > walk->compared)
		found(walk, "the digest has nodes that lead nowhere (%llu)",
		      (unsigned long long)(above - walk->compared));
	return r;
}

/* ---- the rest ----------------------------------------------------------------------- */

static void compare_state(struct walk *walk)
{
	const struct vault *vault = walk->vault;
	struct state state = vault->state;
	unsigned char root[HASH_BYTES];

	memcpy(state.top, walk->top, HASH_BYTES);
	state_root(vault, &state, root);
	if (!hash_equal(root, state.root, HASH_BYTES))
		found(walk,
		      "the root of the digest does not fit: the vault was changed from outside, or"
		      " a part of it "
		      "was put back to an older state");
	if (state.entries != walk->entries || state.trashed != walk->trashed)
		found(walk,
		      "there are %llu entries and %llu in the trash, where there should be %llu and"
		      " %llu",
		      (unsigned long long)walk->entries, (unsigned long long)walk->trashed,
		      (unsigned long long)state.entries, (unsigned long long)state.trashed);
}

/* Passwords, forms and fields that belong to no entry are in no leaf. */
static int find_orphans(struct walk *walk, enum sql which, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(walk->vault->db, which, &stmt, err);

	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		found(walk,
		      "there are passwords, forms or fields of an entry that does not exist"
		      " (number %lld)",
		      (long long)stmt_int(stmt, 0));
		r = 0;
	}
	return r;
}

/* Leaves hold value and fingerprint as they are stored; that they belong together is another
 * matter. */
static int compare_fingerprints(struct walk *walk, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	SECRET_AUTO *password = NULL;
	unsigned char fingerprint[FINGERPRINT_BYTES];
	const void *value, *stored;
	size_t length, stored_length;
	int r = secret_new(&password, PASSWORD_MAX, err);

	if (r == 0)
		r = db_stmt(walk->vault->db, SQL_CHECK_FINGERPRINTS, &stmt, err);
	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		value = stmt_blob(stmt, 1, &length);
		stored = stmt_blob(stmt, 2, &stored_length);
		password->length = 0;
		r = length <= PASSWORD_MAX ? secret_append(password, value, length, err) : 0;
		fingerprint_password(fingerprint, password, walk->vault->keys->fingerprint);
		if (length > PASSWORD_MAX || stored_length != FINGERPRINT_BYTES ||
		    memcmp(fingerprint, stored, FINGERPRINT_BYTES) != 0)
			found(walk, "a password of '%s' and its fingerprint do not belong together",
			      stmt_text(stmt, 0));
	}
	return r;
}

/* ---- forms and the ways to them ------------------------------------------------------ */

static int compare_ways(struct walk *walk, struct stmt *stored, uint64_t *ways, struct error *err)
{
	struct variant_forms forms;
	size_t length;
	const void *hashes = stmt_blob(stored, 2, &length);
	int r = 0;

	if (!forms_unpack(hashes, length, &forms)) {
		found(walk, "the forms of a password are damaged (entry number %lld)",
		      (long long)stmt_int(stored, 0));
		return 0;
	}
	*ways += forms.count;
	for (size_t i = 0; i < forms.count && r == 0; i++) {
		STMT_AUTO *stmt = NULL;

		r = db_stmt(walk->vault->db, SQL_CHECK_VARIANT, &stmt, err);
		if (r < 0)
			return r;
		stmt_bind_int(stmt, 1, form_number(forms.hashes[i]));
		stmt_bind_int(stmt, 2, stmt_int(stored, 0));
		stmt_bind_int(stmt, 3, stmt_int(stored, 1));
		r = stmt_step(stmt, err);
		if (r == 0)
			found(walk, "a variant would not be found (entry number %lld)",
			      (long long)stmt_int(stored, 0));
		r = r < 0 ? r : 0;
	}
	return r;
}

/* Leaves hold the forms; the table of variants follows from them, row by row. */
static int compare_variants(struct walk *walk, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	STMT_AUTO *count = NULL;
	uint64_t ways = 0;
	int r = db_stmt(walk->vault->db, SQL_FORM_ALL, &stmt, err);

	while (r == 0 && (r = stmt_step(stmt, err)) == 1)
		r = compare_ways(walk, stmt, &ways, err);
	if (r == 0)
		r = db_stmt(walk->vault->db, SQL_CHECK_VARIANT_COUNT, &count, err);
	if (r == 0)
		r = stmt_step(count, err);
	if (r == 1 && (uint64_t)stmt_int(count, 0) != ways)
		found(walk, "there are %lld ways to variants, where there should be %llu",
		      (long long)stmt_int(count, 0), (unsigned long long)ways);
	return r < 0 ? r : 0;
}

int verify_all(struct vault *vault, finding_fn each, void *context, size_t *ret_damaged,
               struct error *err)
{
	struct walk walk = {.vault = vault, .each = each, .context = context};
	int r = walk_tree(&walk, err);

	stmt_done(walk.stored);
	for (unsigned slot = 0; slot < DIGEST_FANOUT; slot++)
		free(walk.names[slot]);
	if (r == 0)
		compare_state(&walk);
	if (r == 0)
		r = find_orphans(&walk, SQL_CHECK_ORPHANS, err);
	if (r == 0 && vault->schema >= SCHEMA_FORMS)
		r = find_orphans(&walk, SQL_CHECK_FORM_ORPHANS, err);
	if (r == 0 && vault->schema >= SCHEMA_FORMS)
		r = compare_variants(&walk, err);
	if (r == 0)
		r = compare_fingerprints(&walk, err);
	found_more(&walk);
	*ret_damaged = walk.damaged;
	return r;
}
