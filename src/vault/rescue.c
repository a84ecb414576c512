/*
 * Rescue: what can still be read of a damaged vault.
 *
 * The table of entries is walked by number, from its own tree. Where a page of it is damaged each
 * further number is tried until the tree can be read again, up to the last entry there can have
 * been. The digest, or else the table of passwords, tells which of those that were not found should
 * have been there.
 *
 * Once a page did not authenticate, SQLCipher refuses all others until the transaction ends, and it
 * may notice only after it has given a wrong value (the last page of a long one). So each step is
 * tried again in a new transaction before it counts as failed, and nothing counts as verified that
 * does not agree with the digest.
 *
 * An entry that cannot be read as a whole is given in parts: its name, and what reads of its fields
 * and password. It counts as read when the password is among them, else as lost.
 */
#include "vault/internal.h"

#include <stdlib.h>
#include <string.h>

#include "store/pages.h"

#define SCANS_MAX 10000 /* of whole tables; each takes time in proportion to the vault */

struct rescue {
	struct vault *vault;
	int (*each)(void *context, const struct entry *entry, bool verified);
	void *context;
	struct rescue_result *result;
	bool trusted; /* the digest's root is authentic */
	int64_t last; /* number of the last entry there can be */
	int64_t node; /* the digest's node in `leaves`; 0: none yet */
	bool leaves_read;
	unsigned scans;
	unsigned char leaves[DIGEST_NODE_BYTES];
};

static const unsigned char nothing[HASH_BYTES];

/* Does a step, and once more in a new transaction when it fails. Evaluates to the step's result. */
#define TWICE(rescue, step) \
	({ \
		int twice = (step); \
		if (twice < 0 && pages_restart((rescue)->vault->db, NULL) == 0) { \
			twice = (step); \
			if (twice < 0) \
				(void)pages_restart((rescue)->vault->db, NULL); \
		} \
		twice; \
	})

/* ---- what there should be ----------------------------------------------------------- */

/* One number out of a statement that binds `bound` or nothing. 1: *ret_number is set; 0: no row. */
static int number(struct vault *vault, enum sql which, const int64_t *bound, int64_t *ret_number)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, which, &stmt, NULL);

	if (r < 0)
		return r;
	if (bound)
		stmt_bind_int(stmt, 1, *bound);
	r = stmt_step(stmt, NULL);
	if (r == 1)
		*ret_number = stmt_int(stmt, 0);
	return r;
}

/* Numbers are never given twice, and entries never deleted: the last one is known in several
 * places. */
static void find_last(struct rescue *rescue)
{
	struct vault *vault = rescue->vault;
	int64_t node = 0, password = 0;

	if (rescue->trusted)
		rescue->last = (int64_t)(vault->state.entries + vault->state.trashed);
	if (TWICE(rescue, number(vault, SQL_RESCUE_LAST_NODE, NULL, &node)) == 1) {
		node = (node - digest_node_number(1, 0)) * DIGEST_FANOUT + DIGEST_FANOUT - 1;
		rescue->last = node > rescue->last ? node : rescue->last;
	}
	if (TWICE(rescue, number(vault, SQL_RESCUE_LAST_PASSWORD, NULL, &password)) == 1)
		rescue->last = password > rescue->last ? password : rescue->last;
	if (rescue->last < 0 || rescue->last >= DIGEST_IDS_MAX)
		rescue->last = DIGEST_IDS_MAX - 1;
}

/* Should there be an entry of this number? Where nothing tells, yes: numbers have no gaps. */
static bool expected(struct rescue *rescue, int64_t id)
{
	struct vault *vault = rescue->vault;
	int64_t node = digest_node_number(1, id / DIGEST_FANOUT), position;
	int r;

	if (rescue->node != node) {
		rescue->node = node;
		rescue->leaves_read =
			TWICE(rescue, digest_node_read(vault->db, node, rescue->leaves, NULL)) == 0;
	}
	if (rescue->leaves_read)
		return memcmp(rescue->leaves + id % DIGEST_FANOUT * HASH_BYTES, nothing,
		              HASH_BYTES) != 0;
	r = TWICE(rescue, number(vault, SQL_PASSWORD_READ, &id, &position));
	return r == 1 || (r < 0 && id > 0);
}

static void count_lost(struct rescue *rescue, int64_t from, int64_t end)
{
	for (int64_t id = from; id < end && id <= rescue->last; id++)
		rescue->result->lost += expected(rescue, id);
}

/* ---- an entry in parts -------------------------------------------------------------- */

static char *copy_text(struct stmt *stmt, int column)
{
	const char *text = stmt_text(stmt, column);

	return text ? strdup(text) : NULL;
}

static int read_names(struct vault *vault, struct entry *entry, enum entry_state *ret_state)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_ENTRY_READ, &stmt, NULL);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, entry->id);
	r = stmt_step(stmt, NULL);
	if (r != 1)
		return -VAULT_DAMAGED;
	free(entry->name); /* of a first try */
	free(entry->user);
	entry->name = copy_text(stmt, 2);
	entry->user = copy_text(stmt, 4);
	entry->created = stmt_int(stmt, 5);
	entry->modified = stmt_int(stmt, 6);
	*ret_state = (enum entry_state)stmt_int(stmt, 7);
	entry->trashed = stmt_int(stmt, 8);
	return entry->name ? 0 : -VAULT_FAILED;
}

static void add_field(struct entry *entry, struct stmt *stmt)
{
	FREE_AUTO char *key = copy_text(stmt, 1), *text = NULL;
	SECRET_AUTO *secret = NULL;
	struct field field = {.kind = (enum field_kind)stmt_int(stmt, 0), .key = key};
	struct span value = stmt_span(stmt, 2);

	if (stmt_int(stmt, 0) == FIELD_VERSIONS)
		return;
	if (field_is_secret(field.kind) && value.bytes)
		(void)secret_copy(&secret, value.bytes, value.length, NULL);
	else if (!field_is_secret(field.kind))
		text = copy_text(stmt, 2);
	field.text = text;
	field.secret = secret;
	if (text || secret)
		(void)entry_put_stored(entry, &field, NULL);
}

/* What can be read before the first damaged page; what is there already is set again. */
static int read_fields(struct vault *vault, struct entry *entry, enum sql which)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, which, &stmt, NULL);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, entry->id);
	while ((r = stmt_step(stmt, NULL)) == 1)
		add_field(entry, stmt);
	return r;
}

static int read_password(struct vault *vault, struct entry *entry, enum sql which)
{
	STMT_AUTO *stmt = NULL;
	const void *bytes;
	size_t length;
	int r = db_stmt(vault->db, which, &stmt, NULL);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, entry->id);
	while ((r = stmt_step(stmt, NULL)) == 1) {
		bytes = stmt_blob(stmt, 3, &length);
		if (!stmt_is_null(stmt, 2) || !bytes)
			continue;
		secret_free(entry->password);
		entry->password = NULL;
		entry->password_since = stmt_int(stmt, 1);
		r = secret_copy(&entry->password, bytes, length, NULL);
		if (r < 0)
			return r;
	}
	return r;
}

static bool may_scan(struct rescue *rescue)
{
	return rescue->scans++ < SCANS_MAX;
}

static int rescue_parts(struct rescue *rescue, int64_t id)
{
	ENTRY_AUTO *entry = calloc(1, sizeof(*entry));
	struct vault *vault = rescue->vault;
	enum entry_state state = ENTRY_LIVE;
	bool lost;

	if (entry)
		entry->id = id;
	if (!entry || TWICE(rescue, read_names(vault, entry, &state)) < 0) {
		rescue->result->lost++;
		return 0;
	}
	if (state >= ENTRY_PURGED)
		return 0;
	if (TWICE(rescue, read_fields(vault, entry, SQL_FIELD_READ)) < 0 && may_scan(rescue))
		(void)TWICE(rescue, read_fields(vault, entry, SQL_RESCUE_FIELDS));
	if (TWICE(rescue, read_password(vault, entry, SQL_PASSWORD_READ)) < 0 && may_scan(rescue))
		(void)TWICE(rescue, read_password(vault, entry, SQL_RESCUE_PASSWORDS));
	lost = !entry->password;
	rescue->result->lost += lost;
	rescue->result->read += !lost;
	rescue->result->unverified += !lost;
	return rescue->each(rescue->context, entry, false);
}

/* ---- the walk ----------------------------------------------------------------------- */

static int rescue_entry(struct rescue *rescue, int64_t id)
{
	RECORD_AUTO record = {0};
	struct vault *vault = rescue->vault;
	bool verified;

	if (TWICE(rescue, record_read(vault, id, WANT_SECRETS, &record, NULL)) != 0)
		return rescue_parts(rescue, id);
	if (record.state >= ENTRY_PURGED)
		return 0;
	verified = rescue->trusted && id >= 0 && id < DIGEST_IDS_MAX &&
	           TWICE(rescue, digest_verify(vault->db, vault->keys->digest, NULL, id,
	                                       record.leaf, vault->state.top, NULL)) == 0;
	rescue->result->read++;
	rescue->result->unverified += !verified;
	return rescue->each(rescue->context, record.entry, verified);
}

static int walk(struct rescue *rescue)
{
	int64_t id = 0, next = 0;
	int r = 0;

	while (r == 0) {
		int there = TWICE(rescue, number(rescue->vault, SQL_RESCUE_NEXT, &id, &next));

		if (there == 0 || id > rescue->last + 1)
			break;
		if (there < 0) { /* a damaged page: perhaps behind the next number */
			count_lost(rescue, id, id + 1);
			id++;
			continue;
		}
		count_lost(rescue, id, next);
		id = next + 1;
		r = rescue_entry(rescue, next);
	}
	if (r == 0)
		count_lost(rescue, id, rescue->last + 1);
	return r;
}

int vault_rescue(struct vault *vault,
                 int (*each)(void *context, const struct entry *entry, bool verified),
                 void *context, struct rescue_result *ret_result, struct error *err)
{
	struct rescue rescue = {.vault = vault,
	                        .each = each,
	                        .context = context,
	                        .result = ret_result};
	int r;

	*ret_result = (struct rescue_result){0};
	if (!vault->keys)
		return error_set(err, VAULT_LOCKED, "the vault is locked");
	if (vault->batch)
		return error_set(err, VAULT_USAGE, "a rescue cannot be part of a batch of writes");
	r = db_begin_read(vault->db, err);
	if (r < 0)
		return r;
	vault->state = (struct state){0};
	rescue.trusted = TWICE(&rescue, state_read(vault, true, NULL)) == 0;
	find_last(&rescue);
	r = walk(&rescue);
	db_rollback(vault->db);
	return r;
}

/* ---- keys --------------------------------------------------------------------------- */

static int to_hex(const unsigned char *key, size_t length, struct secret **ret_hex,
                  struct error *err)
{
	static const char digits[] = "0123456789abcdef";
	SECRET_AUTO *hex = NULL;
	int r = secret_new(&hex, 2 * length, err);

	for (size_t i = 0; i < length && r == 0; i++) {
		const char pair[2] = {digits[key[i] >> 4], digits[key[i] & 15]};

		r = secret_append(hex, pair, sizeof(pair), err);
	}
	if (r < 0)
		return r;
	*ret_hex = hex;
	hex = NULL;
	return 0;
}

int vault_database_key(struct vault *vault, struct secret **ret_hex, struct error *err)
{
	if (!vault->keys)
		return error_set(err, VAULT_LOCKED, "the vault is locked");
	return to_hex(vault->keys->database, sizeof(vault->keys->database), ret_hex, err);
}

int vault_volume_key(struct vault *vault, struct secret **ret_hex, struct error *err)
{
	if (!vault->keys)
		return error_set(err, VAULT_LOCKED, "the vault is locked");
	return to_hex(vault->keys->volume, sizeof(vault->keys->volume), ret_hex, err);
}

int vault_volume_key_bytes(struct vault *vault, struct secret **ret_key, struct error *err)
{
	if (!vault->keys)
		return error_set(err, VAULT_LOCKED, "the vault is locked");
	return secret_copy(ret_key, vault->keys->volume, sizeof(vault->keys->volume), err);
}
