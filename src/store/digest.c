#include "store/digest.h"

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

int digest_put(struct db *db, const unsigned char *key, int64_t id,
               const unsigned char leaf[HASH_BYTES], unsigned char ret_top[HASH_BYTES],
               struct error *err)
{
	unsigned char contents[DIGEST_NODE_BYTES], hash[HASH_BYTES];
	int64_t index = id;
	int r;

	if (id < 0 || id >= DIGEST_IDS_MAX)
		return error_set(err, VAULT_FAILED, "the vault cannot take more entries");
	memcpy(hash, leaf, HASH_BYTES);
	for (unsigned level = 1; level <= DIGEST_LEVELS; level++) {
		int64_t node = digest_node_number(level, index / DIGEST_FANOUT);

		r = digest_node_read(db, node, contents, err);
		if (r < 0)
			return r;
		memcpy(contents + index % DIGEST_FANOUT * HASH_BYTES, hash, HASH_BYTES);
		r = write_node(db, node, contents, err);
		if (r < 0)
			return r;
		digest_node_hash(hash, key, node, contents);
		index /= DIGEST_FANOUT;
	}
	memcpy(ret_top, hash, HASH_BYTES);
	return 0;
}

int digest_verify(struct db *db, const unsigned char *key, int64_t id,
                  const unsigned char leaf[HASH_BYTES], const unsigned char top[HASH_BYTES],
                  struct error *err)
{
	unsigned char contents[DIGEST_NODE_BYTES], hash[HASH_BYTES];
	int64_t index = id;
	int r;

	if (id < 0 || id >= DIGEST_IDS_MAX)
		return VAULT_DAMAGED;
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
