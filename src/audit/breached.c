/* Every password of the vault against a list: hashes are gathered in one walk, into locked memory,
 * and looked up when the vault's transaction is over. */
#include <vault/breach.h>

#include <stdlib.h>
#include <string.h>

#include "audit/breaches.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "vault/internal.h"

#define HASHES_AT_FIRST 1024
#define STACK_WIPED ((size_t)32 * 1024) /* bytes: what SQLite and libcrypto use */

struct held {
	size_t name; /* where in the text */
	enum entry_state state;
	int64_t since, until;
	struct breach breach;
};

struct walk {
	struct vault *vault;
	struct breaches *breaches;
	struct buf text;       /* names, each with its NUL */
	struct buf held;       /* struct held */
	struct secret *hashes; /* of each, breaches->hash_bytes; those of `held`, in its order */
};

static void walk_done(struct walk *walk)
{
	buf_done(&walk->text);
	buf_done(&walk->held);
	secret_free(walk->hashes);
}

#define WALK_AUTO __attribute__((cleanup(walk_done))) struct walk

static struct held *walk_held(const struct walk *walk)
{
	return (struct held *)(void *)walk->held.bytes;
}

static int add_hash(struct walk *walk, const unsigned char *hash, struct error *err)
{
	size_t bytes = walk->breaches->hash_bytes;
	int r = 0;

	if (walk->hashes->length + bytes > walk->hashes->capacity)
		r = secret_reserve(&walk->hashes, 2 * walk->hashes->capacity, err);
	return r == 0 ? secret_append(walk->hashes, hash, bytes, err) : r;
}

/* A row of SQL_PASSWORD_VALUES. */
static int gather_one(struct walk *walk, struct stmt *stmt, struct error *err)
{
	unsigned char hash[PLAIN_DIGEST_MAX] = {0};
	const char *name = stmt_text(stmt, 0);
	struct held held = {
		.name = walk->text.length,
		.state = (enum entry_state)stmt_int(stmt, 1),
		.since = stmt_int(stmt, 2),
		.until = stmt_is_null(stmt, 3) ? 0 : stmt_int(stmt, 3),
	};
	size_t length;
	const void *value = stmt_blob(stmt, 4, &length);
	int r;

	if (!name || (!value && length > 0))
		return error_set(err, VAULT_FAILED, "out of memory");
	r = plain_digest(walk->breaches->digest, value, length, hash, err);
	if (r == 0) {
		buf_add(&walk->text, name, strlen(name) + 1);
		buf_add(&walk->held, &held, sizeof(held));
		r = add_hash(walk, hash, err);
	}
	secret_wipe(hash, sizeof(hash));
	return r;
}

static int gather(struct walk *walk, size_t *ret_checked, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(walk->vault->db, SQL_PASSWORD_VALUES, &stmt, err);

	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		r = gather_one(walk, stmt, err);
		if (r == VAULT_NOT_FOUND) /* it has no such hash, and is in no list therefore */
			r = 0;
		++*ret_checked;
	}
	if (r == 0)
		r = buf_check(&walk->text, err);
	return r == 0 ? buf_check(&walk->held, err) : r;
}

/* Looks each up; those found move to the front. */
static int look_up(struct walk *walk, size_t *ret_found, struct error *err)
{
	size_t count = walk->held.length / sizeof(struct held);
	const unsigned char *hash = walk->hashes->bytes;
	struct held *held = walk_held(walk);

	for (size_t i = 0; i < count; i++, hash += walk->breaches->hash_bytes) {
		int r = breaches_find_hash(walk->breaches, hash, &held[i].breach, err);

		if (r < 0)
			return r;
		if (held[i].breach.found)
			held[(*ret_found)++] = held[i];
	}
	return 0;
}

/* In use first, then what could be again (the trash), then the past; the order of the rows else,
 * which is that of their names in the text. */
static int compare(const void *left, const void *right)
{
	const struct held *a = left, *b = right;
	int rank_a = 2 * (a->until != 0) + (a->state != ENTRY_LIVE);
	int rank_b = 2 * (b->until != 0) + (b->state != ENTRY_LIVE);

	if (rank_a != rank_b)
		return rank_a - rank_b;
	return (a->name > b->name) - (a->name < b->name);
}

int audit_breaches(struct vault *vault, struct breaches *breaches,
                   int (*each)(void *context, const struct audit_breach *breach), void *context,
                   size_t *ret_checked, size_t *ret_found, struct error *err)
{
	WALK_AUTO walk = {.vault = vault, .breaches = breaches};
	size_t checked = 0, found = 0;
	int r = secret_new(&walk.hashes, HASHES_AT_FIRST * PLAIN_DIGEST_MAX, err);

	if (r == 0)
		r = read_begin(vault, err);
	if (r != 0)
		return r;
	r = gather(&walk, &checked, err);
	read_end(vault);
	if (r == 0)
		r = look_up(&walk, &found, err);
	secret_leave_nothing(STACK_WIPED);
	if (r != 0)
		return r;
	*ret_checked = checked;
	*ret_found = found;
	if (found > 0)
		qsort(walk_held(&walk), found, sizeof(struct held), compare);
	for (size_t i = 0; i < found && r == 0; i++) {
		const struct held *held = &walk_held(&walk)[i];

		r = each(context,
		         &(struct audit_breach){.name = (const char *)walk.text.bytes + held->name,
		                                .state = held->state,
		                                .since = held->since,
		                                .until = held->until,
		                                .breach = held->breach});
	}
	return r;
}
