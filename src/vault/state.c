/*
 * Transactions, and the state row that each of them begins and ends with.
 */
#include "vault/importing.h"

#include <string.h>

#include "base/bytes.h"
#include "store/schema.h"

void state_root(const struct vault *vault, const struct state *state,
                unsigned char ret_root[HASH_BYTES])
{
	unsigned char numbers[24];
	struct hash hash;

	put_u64(numbers, state->generation);
	put_u64(numbers + 8, state->entries);
	put_u64(numbers + 16, state->trashed);
	hash_start(&hash, vault->keys->digest);
	hash_add(&hash, "root", 4);
	hash_add(&hash, numbers, sizeof(numbers));
	hash_add(&hash, vault->keys->fingerprint, FINGERPRINT_KEY_BYTES);
	hash_add(&hash, state->top, HASH_BYTES);
	hash_finish(&hash, ret_root);
}

static int damaged(struct error *err)
{
	return error_set(
		err, VAULT_DAMAGED,
		"the vault's contents do not agree with its digest: a part was changed from outside"
		" or put back to an "
		"older state; see 'vault check' and 'vault help rescue'");
}

int state_read(struct vault *vault, bool verify, struct error *err)
{
	unsigned char root[HASH_BYTES];
	STMT_AUTO *stmt = NULL;
	struct state *state = &vault->state;
	const void *key, *stored;
	size_t key_length, stored_length;
	int r = 0;

	/* Another program may have brought it up to date meanwhile. */
	if (vault->schema < schema_version())
		r = schema_read_version(vault->db, &vault->schema, err);
	if (r == 0)
		r = db_stmt(vault->db, SQL_STATE_READ, &stmt, err);
	if (r == 0)
		r = stmt_step(stmt, err);
	if (r < 0)
		return r;
	if (r == 0)
		return damaged(err);
	key = stmt_blob(stmt, 3, &key_length);
	stored = stmt_blob(stmt, 4, &stored_length);
	if (!key || !stored || key_length != FINGERPRINT_KEY_BYTES || stored_length != HASH_BYTES)
		return damaged(err);
	state->generation = (uint64_t)stmt_int(stmt, 0);
	state->entries = (uint64_t)stmt_int(stmt, 1);
	state->trashed = (uint64_t)stmt_int(stmt, 2);
	memcpy(vault->keys->fingerprint, key, FINGERPRINT_KEY_BYTES);
	memcpy(state->root, stored, HASH_BYTES);
	stmt_done(stmt);

	r = digest_top(vault->db, vault->keys->digest, state->top, err);
	if (r < 0)
		return r;
	state_root(vault, state, root);
	return verify && !hash_equal(root, state->root, HASH_BYTES) ? damaged(err) : 0;
}

int state_write(struct vault *vault, bool insert, struct error *err)
{
	struct state *state = &vault->state;
	struct stmt *stmt = NULL;
	int r = digest_write(vault->db, vault->keys->digest, &vault->changes, err);

	if (r == 0)
		r = digest_top(vault->db, vault->keys->digest, state->top, err);
	if (r == 0)
		r = db_stmt(vault->db, insert ? SQL_STATE_INSERT : SQL_STATE_UPDATE, &stmt, err);
	if (r < 0)
		return r;
	state_root(vault, state, state->root);
	stmt_bind_int(stmt, 1, (int64_t)state->generation);
	stmt_bind_int(stmt, 2, (int64_t)state->entries);
	stmt_bind_int(stmt, 3, (int64_t)state->trashed);
	if (insert)
		stmt_bind_blob(stmt, 4, vault->keys->fingerprint, FINGERPRINT_KEY_BYTES);
	stmt_bind_blob(stmt, insert ? 5 : 4, state->root, HASH_BYTES);
	return stmt_run(stmt, err);
}

static int need_keys(const struct vault *vault, struct error *err)
{
	return vault->keys ? 0 : error_set(err, VAULT_LOCKED, "the vault is locked");
}

int read_begin(struct vault *vault, struct error *err)
{
	int r = need_keys(vault, err);

	if (r < 0)
		return r;
	if (vault->batch && vault->batch_failed)
		return 0;
	if (vault->batch) {
		r = ways_write(vault, err);
		/* Who reads after a large import has need of the memory. */
		ways_forget(vault);
		return r;
	}
	r = db_begin_read(vault->db, err);
	if (r == 0)
		r = state_read(vault, !(vault->flags & VAULT_RESCUE), err);
	if (r < 0)
		db_rollback(vault->db);
	return r;
}

void read_end(struct vault *vault)
{
	if (!vault->batch)
		db_rollback(vault->db);
}

static int writable(const struct vault *vault, struct error *err)
{
	if (vault->flags & (VAULT_READ_ONLY | VAULT_RESCUE))
		return error_set(err, VAULT_FAILED, "the vault was opened for reading only");
	if (vault->rollback.detected)
		return error_set(
			err, VAULT_DAMAGED,
			"this vault is older than what was seen here before: nothing is written to"
			" it; "
			"find the newer file, or take this one for the truth with"
			" --accept-rollback");
	return need_keys(vault, err);
}

static int begin(struct vault *vault, struct error *err)
{
	int r = writable(vault, err);

	if (r == 0 && vault->schema < schema_version())
		r = upgrade(vault, err);
	if (r == 0)
		r = db_begin_write(vault->db, err);
	if (r < 0)
		return r;
	r = state_read(vault, true, err);
	if (r < 0)
		db_rollback(vault->db);
	return r;
}

static void undo(struct vault *vault)
{
	digest_forget(&vault->changes);
	ways_forget(vault);
	db_rollback(vault->db);
}

static int commit(struct vault *vault, struct error *err)
{
	int r = ways_write(vault, err);

	vault->state.generation++;
	if (r == 0)
		r = state_write(vault, false, err);
	if (r < 0)
		undo(vault);
	else
		r = db_commit(vault->db, err);
	if (r == 0)
		witness_store(vault, false);
	return r;
}

int write_begin(struct vault *vault, struct error *err)
{
	if (!vault->batch)
		return begin(vault, err);
	if (vault->batch_failed)
		return error_set(err, VAULT_FAILED,
		                 "an earlier write of this batch failed: nothing of it is kept");
	return 0;
}

int write_commit(struct vault *vault, struct error *err)
{
	return vault->batch ? 0 : commit(vault, err);
}

int write_rollback(struct vault *vault, int r)
{
	/* Answers (> 0) come before the first change; only a failure leaves something half done. */
	if (!vault->batch)
		undo(vault);
	else if (r < 0)
		vault->batch_failed = true;
	return r;
}

int vault_batch_begin(struct vault *vault, struct error *err)
{
	int r = need_keys(vault, err);

	if (r == 0)
		r = db_large_cache(vault->db, true, err);
	if (r == 0)
		r = begin(vault, err);
	vault->batch = r == 0;
	vault->batch_failed = false;
	return r;
}

int vault_batch_end(struct vault *vault, bool keep, struct error *err)
{
	bool failed = vault->batch_failed;
	int r = 0;

	/* An import may bring back what leaked, or replace it. */
	if (keep && !failed)
		r = incidents_review(vault, err);
	vault->batch = false;
	identities_free(vault);
	import_names_free(vault);
	references_free(vault);
	realm_names_free(vault);
	if (keep && !failed && r == 0)
		r = commit(vault, err);
	else
		undo(vault);
	ways_forget(vault);
	(void)db_large_cache(vault->db, false, NULL);
	if (keep && failed)
		return error_set(err, VAULT_FAILED,
		                 "a write of this batch failed: nothing of it was kept");
	return r;
}
