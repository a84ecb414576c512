#include "store/digest.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

static const unsigned char nothing[DIGEST_NODE_BYTES];

int64_t digest_node_number(unsigned level, int64_t index)
{
	return ((int64_t)level << 32) + index;
}

void digest_node_hash(unsigned char hash[HASH_BYTES], const unsigned char *key, int64_t node,
                      const unsigned char contents[DIGEST_NODE_BYTES])
{
	unsigned char number[8];
	struct hash state;

	if (memcmp(contents, nothing, DIGEST_NODE_BYTES) == 0) {
		memset(hash, 0, HASH_BYTES);
		return;
	}
	put_u64(number, (uint64_t)node);
	hash_start(&state, key);
	hash_add(&state, "node", 4);
	hash_add(&state, number, sizeof(number));
	hash_add(&state, contents, DIGEST_NODE_BYTES);
	hash_finish(&state, hash);
}

int digest_node_read(struct db *db, int64_t node, unsigned char contents[DIGEST_NODE_BYTES],
                     struct error *err)
{
	STMT_AUTO *stmt = NULL;
	const void *bytes;
	size_t length;
	int r = db_stmt(db, SQL_DIGEST_READ, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, node);
	r = stmt_step(stmt, err);
	memset(contents, 0, DIGEST_NODE_BYTES);
	if (r <= 0)
		return r;
	bytes = stmt_blob(stmt, 0, &length);
	if (length != DIGEST_NODE_BYTES)
		return error_set(err, VAULT_DAMAGED,
		                 "the vault's digest is damaged: see 'vault check'");
	memcpy(contents, bytes, DIGEST_NODE_BYTES);
	return 0;
}

static int write_node(struct db *db, int64_t node, const unsigned char contents[DIGEST_NODE_BYTES],
                      struct error *err)
{
	struct stmt *stmt = NULL;
	int r = db_stmt(db, SQL_DIGEST_WRITE, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, node);
	stmt_bind_blob(stmt, 2, contents, DIGEST_NODE_BYTES);
	return stmt_run(stmt, err);
}

/* ---- changes ------------------------------------------------------------------------- */

struct digest_node {
	unsigned level;
	int64_t index;
	bool changed;
	unsigned char contents[DIGEST_NODE_BYTES];
};

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

static uint32_t *place_of(const struct digest_changes *changes, unsigned level, int64_t index)
{
	uint64_t mixed = (uint64_t)digest_node_number(level, index) * 0x9e3779b97f4a7c15u;
	size_t at = (size_t)(mixed >> 32);

	for (;; at++) {
		uint32_t *place = &changes->places[at & (changes->n_places - 1)];
		const struct digest_node *node = *place ? &changes->nodes[*place - 1] : NULL;

		if (!node || (node->level == level && node->index == index))
			return place;
	}
}

static struct digest_node *changes_find(const struct digest_changes *changes, unsigned level,
                                        int64_t index)
{
	uint32_t place = changes->n_places > 0 ? *place_of(changes, level, index) : 0;

	return place ? &changes->nodes[place - 1] : NULL;
}

/* Room for one more node, and a table that is half empty at least. */
static int changes_grow(struct digest_changes *changes, struct error *err)
{
	size_t room = changes->room ? changes->room * 2 : 8, n_places = room * 4;
	struct digest_node *nodes;
	uint32_t *places;

	if (changes->count < changes->room)
		return 0;
	nodes = reallocarray(changes->nodes, room, sizeof(*nodes));
	if (!nodes)
		return no_memory(err);
	changes->nodes = nodes;
	places = calloc(n_places, sizeof(*places));
	if (!places)
		return no_memory(err);
	free(changes->places);
	changes->places = places;
	changes->n_places = n_places;
	changes->room = room;
	for (size_t i = 0; i < changes->count; i++)
		*place_of(changes, nodes[i].level, nodes[i].index) = (uint32_t)(i + 1);
	return 0;
}

static int put_back(struct error *err)
{
	return error_set(
		err, VAULT_DAMAGED,
		"a part of the vault's digest was changed from outside or put back to an older"
		" state: nothing was written; see 'vault check' and 'vault help rescue'");
}

/* Reads a node that is not among the changes yet, and whose parent is. */
static int changes_read(struct db *db, const unsigned char *key, struct digest_changes *changes,
                        unsigned level, int64_t index, const unsigned char top[HASH_BYTES],
                        struct error *err)
{
	unsigned char hash[HASH_BYTES];
	const unsigned char *expected = top;
	struct digest_node *node, *parent;
	int r = changes_grow(changes, err);

	if (r < 0)
		return r;
	node = &changes->nodes[changes->count];
	*node = (struct digest_node){.level = level, .index = index};
	r = digest_node_read(db, digest_node_number(level, index), node->contents, err);
	if (r < 0)
		return r;
	parent = changes_find(changes, level + 1, index / DIGEST_FANOUT);
	if (level < DIGEST_LEVELS)
		expected = parent->contents + index % DIGEST_FANOUT * HASH_BYTES;
	digest_node_hash(hash, key, digest_node_number(level, index), node->contents);
	if (!hash_equal(hash, expected, HASH_BYTES))
		return put_back(err);
	*place_of(changes, level, index) = (uint32_t)++changes->count;
	return 0;
}

/* Sees to it that the nodes above a leaf are there: from the top down, since each is verified by
 * the one above it. */
static int changes_path(struct db *db, const unsigned char *key, struct digest_changes *changes,
                        int64_t id, const unsigned char top[HASH_BYTES], struct error *err)
{
	if (id < 0 || id >= DIGEST_IDS_MAX)
		return error_set(err, VAULT_FAILED, "the vault cannot take more entries");
	if (changes_find(changes, 1, id / DIGEST_FANOUT))
		return 0;
	for (unsigned level = DIGEST_LEVELS; level > 0; level--) {
		int64_t index = id;
		int r;

		for (unsigned i = 0; i < level; i++)
			index /= DIGEST_FANOUT;
		if (changes_find(changes, level, index))
			continue;
		r = changes_read(db, key, changes, level, index, top, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int digest_put(struct db *db, const unsigned char *key, struct digest_changes *changes, int64_t id,
               const unsigned char leaf[HASH_BYTES], const unsigned char top[HASH_BYTES],
               struct error *err)
{
	struct digest_node *node;
	int r = changes_path(db, key, changes, id, top, err);

	if (r < 0)
		return r;
	node = changes_find(changes, 1, id / DIGEST_FANOUT);
	memcpy(node->contents + id % DIGEST_FANOUT * HASH_BYTES, leaf, HASH_BYTES);
	node->changed = true;
	return 0;
}

int digest_leaf(struct db *db, const unsigned char *key, struct digest_changes *changes, int64_t id,
                unsigned char ret_leaf[HASH_BYTES], const unsigned char top[HASH_BYTES],
                struct error *err)
{
	int r = changes_path(db, key, changes, id, top, err);

	if (r < 0)
		return r;
	memcpy(ret_leaf,
	       changes_find(changes, 1, id / DIGEST_FANOUT)->contents +
	               id % DIGEST_FANOUT * HASH_BYTES,
	       HASH_BYTES);
	return 0;
}

int digest_compare(struct db *db, const unsigned char *key, struct digest_changes *changes,
                   int64_t id, const unsigned char leaf[HASH_BYTES],
                   const unsigned char top[HASH_BYTES], struct error *err)
{
	unsigned char stored[HASH_BYTES];
	int r = digest_leaf(db, key, changes, id, stored, top, err);

	return r < 0 ? r : hash_equal(stored, leaf, HASH_BYTES) ? 0 : VAULT_DAMAGED;
}

int digest_write(struct db *db, const unsigned char *key, struct digest_changes *changes,
                 struct error *err)
{
	int r = 0;

	for (unsigned level = 1; level <= DIGEST_LEVELS && r == 0; level++)
		for (size_t i = 0; i < changes->count && r == 0; i++) {
			const struct digest_node *node = &changes->nodes[i];
			int64_t number = digest_node_number(level, node->index);
			struct digest_node *parent;

			if (node->level != level || !node->changed)
				continue;
			r = write_node(db, number, node->contents, err);
			parent = changes_find(changes, level + 1, node->index / DIGEST_FANOUT);
			if (!parent)
				continue;
			digest_node_hash(parent->contents +
			                         node->index % DIGEST_FANOUT * HASH_BYTES,
			                 key, number, node->contents);
			parent->changed = true;
		}
	digest_forget(changes);
	return r;
}

void digest_forget(struct digest_changes *changes)
{
	free(changes->nodes);
	free(changes->places);
	*changes = (struct digest_changes){0};
}

/* ---- verification -------------------------------------------------------------------- */

int digest_verify(struct db *db, const unsigned char *key, const struct digest_changes *changes,
                  int64_t id, const unsigned char leaf[HASH_BYTES],
                  const unsigned char top[HASH_BYTES], struct error *err)
{
	unsigned char contents[DIGEST_NODE_BYTES], hash[HASH_BYTES];
	const struct digest_node *changed;
	int64_t index = id;
	int r;

	if (id < 0 || id >= DIGEST_IDS_MAX)
		return VAULT_DAMAGED;
	/* What is there has been verified, or is of our own making. */
	changed = changes ? changes_find(changes, 1, id / DIGEST_FANOUT) : NULL;
	if (changed)
		return hash_equal(changed->contents + id % DIGEST_FANOUT * HASH_BYTES, leaf,
		                  HASH_BYTES)
		               ? 0
		               : VAULT_DAMAGED;
	memcpy(hash, leaf, HASH_BYTES);
	for (unsigned level = 1; level <= DIGEST_LEVELS; level++) {
		int64_t node = digest_node_number(level, index / DIGEST_FANOUT);

		r = digest_node_read(db, node, contents, err);
		if (r < 0)
			return r;
		if (!hash_equal(contents + index % DIGEST_FANOUT * HASH_BYTES, hash, HASH_BYTES))
			return VAULT_DAMAGED;
		digest_node_hash(hash, key, node, contents);
		index /= DIGEST_FANOUT;
	}
	return hash_equal(hash, top, HASH_BYTES) ? 0 : VAULT_DAMAGED;
}

int digest_top(struct db *db, const unsigned char *key, unsigned char ret_top[HASH_BYTES],
               struct error *err)
{
	unsigned char contents[DIGEST_NODE_BYTES];
	int r = digest_node_read(db, digest_node_number(DIGEST_LEVELS, 0), contents, err);

	if (r == 0)
		digest_node_hash(ret_top, key, digest_node_number(DIGEST_LEVELS, 0), contents);
	return r;
}
