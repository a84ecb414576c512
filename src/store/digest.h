/*
 * The digest: a hash tree over the entries, so that no part of the database can be put back to an
 * older state unseen.
 *
 * SQLCipher authenticates each page, but not its age. Here each entry, with its passwords and
 * fields, has a leaf hash; 32 leaves make a node, 32 nodes one above, five levels high: Merkle's
 * tree (CRYPTO '87) with fan-out 32, hashed with BLAKE2b under the digest subkey. Reading or
 * writing an entry touches one node per level, at a cost that does not grow with the vault.
 *
 *     node      = level * 2^32 + index, level 1 … 5;
 *                 a leaf is slot (id mod 32) of node (1, id / 32)
 *     contents  = 32 hashes of 32 bytes, zero where there is nothing; a node without any is absent
 *     hash      = BLAKE2b(digest subkey; "node" · u64 node · contents); of an absent node: zero
 *
 * The hash of node (5, 0) goes into the root, kept in the `state` row and authenticated with the
 * generation:
 *
 *     root      = BLAKE2b(digest subkey; "root" · u64 generation · u64 entries · u64 trashed
 *                 · fingerprint key · top hash)
 */
#ifndef STORE_DIGEST_H
#define STORE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

#include "crypto/seal.h"
#include "store/db.h"

#define DIGEST_FANOUT 32
#define DIGEST_LEVELS 5
#define DIGEST_NODE_BYTES (DIGEST_FANOUT * HASH_BYTES)
#define DIGEST_IDS_MAX ((int64_t)1 << 25) /* 32^5 */

/*
 * The nodes that a transaction changes, each of which is written once, at its end: a hundred
 * thousand new entries change a hundred thousand leaves, but only one node of level 1 for each 32
 * of them. Zeroed, it is empty. Nodes are verified up to `top` when they are read, so that a write
 * does not put its seal under what somebody else has put there.
 */
struct digest_changes {
	struct digest_node *nodes;
	size_t count, room;
	uint32_t *places; /* a hash table of indexes into `nodes`, from 1; 0 is free */
	size_t n_places;  /* a power of two */
};

/* Puts `leaf` in the place of entry `id`. `top` is the hash that the stored tree has. In a write
 * transaction. */
int digest_put(struct db *db, const unsigned char *key, struct digest_changes *changes, int64_t id,
               const unsigned char leaf[HASH_BYTES], const unsigned char top[HASH_BYTES],
               struct error *err);

/* Writes the changed nodes and the paths above them, and forgets them. */
int digest_write(struct db *db, const unsigned char *key, struct digest_changes *changes,
                 struct error *err);
void digest_forget(struct digest_changes *changes); /* instead: nothing is written */

/* Is `leaf` what the tree, with `changes` (may be NULL), says of entry `id`, and does the path lead
 * to `top`? VAULT_DAMAGED (> 0, no message) if not. */
int digest_verify(struct db *db, const unsigned char *key, const struct digest_changes *changes,
                  int64_t id, const unsigned char leaf[HASH_BYTES],
                  const unsigned char top[HASH_BYTES], struct error *err);

/* The same for who looks at many entries of one transaction: the nodes stay in `changes`, and each
 * is read and verified once. */
int digest_compare(struct db *db, const unsigned char *key, struct digest_changes *changes,
                   int64_t id, const unsigned char leaf[HASH_BYTES],
                   const unsigned char top[HASH_BYTES], struct error *err);

/* What the tree says of entry `id` (zero: nothing), in the same way. */
int digest_leaf(struct db *db, const unsigned char *key, struct digest_changes *changes, int64_t id,
                unsigned char ret_leaf[HASH_BYTES], const unsigned char top[HASH_BYTES],
                struct error *err);

/* One node, for who walks the whole tree: its number, its hash, its contents (an absent node reads
 * as all zero). */
int64_t digest_node_number(unsigned level, int64_t index);
void digest_node_hash(unsigned char hash[HASH_BYTES], const unsigned char *key, int64_t node,
                      const unsigned char contents[DIGEST_NODE_BYTES]);
int digest_node_read(struct db *db, int64_t node, unsigned char contents[DIGEST_NODE_BYTES],
                     struct error *err);

/* The hash of the top node as it stands (zero in an empty vault). */
int digest_top(struct db *db, const unsigned char *key, unsigned char ret_top[HASH_BYTES],
               struct error *err);

#endif
