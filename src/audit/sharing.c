#include <vault/audit.h>
#include <vault/realm.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "vault/internal.h"

/*
 * What counts:
 *   in use     the current password of a live entry; what is in the trash is not in use.
 *   once used  everything else the fingerprints remember, those of trashed and purged entries too.
 *
 * A password is shared when two entries have it, or once had it. A group whose entries have all
 * been purged is left out: there is nothing left in the vault that could be changed.
 *
 * A group wholly inside one realm is nothing to mend; whoever has been purged has no say in it.
 *
 * The walk only gathers; the groups are told afterwards, when the vault's transaction is over.
 */

#define NOTHING SIZE_MAX

struct use {
	size_t name, reason, realm; /* where in the walk's text; NOTHING: there is none */
	enum entry_state state;
	int64_t since, until;
};

struct group {
	bool master, now;
	size_t realm;        /* of all of them, in the walk's text; or NOTHING */
	size_t first, count; /* in the walk's uses */
};

struct walk {
	struct vault *vault;
	struct buf text;   /* names and reasons, each with its NUL */
	struct buf uses;   /* struct use */
	struct buf groups; /* struct group */
	size_t largest;    /* uses of one group */
};

static void walk_done(struct walk *walk)
{
	buf_done(&walk->text);
	buf_done(&walk->uses);
	buf_done(&walk->groups);
}

static struct use *walk_uses(const struct walk *walk)
{
	return (struct use *)(void *)walk->uses.bytes;
}

static struct group *walk_groups(const struct walk *walk)
{
	return (struct group *)(void *)walk->groups.bytes;
}

static size_t keep_text(struct walk *walk, const char *text)
{
	size_t at = walk->text.length;

	if (!text)
		return NOTHING;
	buf_add(&walk->text, text, strlen(text) + 1);
	return at;
}

static size_t keep_realm(struct walk *walk, struct span text)
{
	char name[REALM_NAME_SIZE];
	const char *reason;

	if (!text.bytes || !realm_split(text.bytes, text.length, name, &reason))
		return NOTHING;
	return keep_text(walk, name);
}

static bool is_now(const struct use *use)
{
	return use->state == ENTRY_LIVE && use->until == 0;
}

/* A row of SQL_PASSWORD_PARTNERS. */
static void keep_use(struct walk *walk, struct stmt *stmt)
{
	struct use use = {
		.name = keep_text(walk, stmt_text(stmt, 1)),
		.state = (enum entry_state)stmt_int(stmt, 2),
		.since = stmt_int(stmt, 3),
		.until = stmt_is_null(stmt, 4) ? 0 : stmt_int(stmt, 4),
		.reason = keep_text(walk, stmt_text(stmt, 5)),
		.realm = keep_realm(walk, stmt_span(stmt, 6)),
	};

	buf_add(&walk->uses, &use, sizeof(use));
}

/* In use first, then what could be again (the trash), then the past; the newest first. */
static int compare_uses(const void *left, const void *right)
{
	const struct use *a = left, *b = right;
	int rank_a = is_now(a) ? 0 : a->until == 0 ? 1 : 2;
	int rank_b = is_now(b) ? 0 : b->until == 0 ? 1 : 2;

	if (rank_a != rank_b)
		return rank_a - rank_b;
	if (a->since != b->since)
		return a->since > b->since ? -1 : 1;
	return (a->name > b->name) - (a->name < b->name); /* the order of the rows: by name */
}

/* The realm that everybody is in who is still there. */
static size_t group_realm(const struct walk *walk, const struct group *group)
{
	const char *text = (const char *)walk->text.bytes;
	size_t realm = NOTHING;

	if (group->master || walk->text.failed)
		return NOTHING;
	for (size_t i = group->first; i < group->first + group->count; i++) {
		const struct use *use = &walk_uses(walk)[i];

		if (use->state == ENTRY_PURGED)
			continue;
		if (use->realm == NOTHING ||
		    (realm != NOTHING && strcmp(text + realm, text + use->realm) != 0))
			return NOTHING;
		realm = use->realm;
	}
	return realm;
}

/* Gathers who uses, or used, one password. An entry has one password in use, so uses now count
 * entries. */
static int keep_group(struct walk *walk, const void *fingerprint, bool master, struct error *err)
{
	struct group group = {.master = master, .first = walk->uses.length / sizeof(struct use)};
	STMT_AUTO *stmt = NULL;
	size_t now = 0, kept = 0;
	int64_t entry = 0;
	bool several = master;
	int r = db_stmt(walk->vault->db, SQL_PASSWORD_PARTNERS, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_blob(stmt, 1, fingerprint, FINGERPRINT_BYTES);
	stmt_bind_int(stmt, 2, 0);
	while ((r = stmt_step(stmt, err)) == 1) {
		if (stmt_int(stmt, 2) > ENTRY_PURGED) /* incidents keep fingerprints, too */
			continue;
		several |= entry != 0 && stmt_int(stmt, 0) != entry;
		entry = stmt_int(stmt, 0);
		keep_use(walk, stmt);
	}
	if (r == 0)
		r = buf_check(&walk->uses, err);
	if (r < 0)
		return r;
	group.count = walk->uses.length / sizeof(struct use) - group.first;
	for (size_t i = group.first; i < group.first + group.count; i++) {
		now += is_now(&walk_uses(walk)[i]);
		kept += walk_uses(walk)[i].state != ENTRY_PURGED;
	}
	if (kept == 0 || !several)
		return 0; /* its uses stay behind in the list, and nobody points at them */
	group.realm = group_realm(walk, &group);
	qsort(walk_uses(walk) + group.first, group.count, sizeof(struct use), compare_uses);
	group.now = now >= (master ? 1 : 2);
	if (group.count > walk->largest)
		walk->largest = group.count;
	buf_add(&walk->groups, &group, sizeof(group));
	return 0;
}

/* Every group of the vault: one walk over the index of fingerprints. */
static int gather(struct walk *walk, struct error *err)
{
	const struct vault *vault = walk->vault;
	const unsigned char *master = vault->has_master ? vault->keys->master : NULL;
	STMT_AUTO *stmt = NULL;
	const void *fingerprint;
	size_t length;
	int r = db_stmt(vault->db, SQL_PASSWORD_SHARED, &stmt, err);

	if (r == 0 && master)
		r = keep_group(walk, master, true, err);
	if (r < 0)
		return r;
	while ((r = stmt_step(stmt, err)) == 1) {
		fingerprint = stmt_blob(stmt, 0, &length);
		if (length != FINGERPRINT_BYTES)
			return error_set(
				err, VAULT_DAMAGED,
				"a fingerprint in the vault is damaged: see 'vault check'");
		if (master && hash_equal(fingerprint, master, FINGERPRINT_BYTES))
			continue;
		r = keep_group(walk, fingerprint, false, err);
		if (r < 0)
			return r;
	}
	if (r == 0)
		r = buf_check(&walk->text, err);
	return r == 0 ? buf_check(&walk->groups, err) : r;
}

static int compare_groups(const void *left, const void *right)
{
	const struct group *a = left, *b = right;

	if ((a->realm == NOTHING) != (b->realm == NOTHING))
		return a->realm == NOTHING ? -1 : 1;
	if (a->now != b->now)
		return a->now ? -1 : 1;
	if (a->master != b->master)
		return a->master ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first); /* the same order every time */
}

static int tell(const struct walk *walk,
                int (*each)(void *context, const struct audit_group *group), void *context,
                struct error *err)
{
	size_t n_groups = walk->groups.length / sizeof(struct group);
	FREE_AUTO struct audit_use *uses = calloc(walk->largest, sizeof(*uses));
	const char *text = (const char *)walk->text.bytes;
	int r = 0;

	if (!uses)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t g = 0; g < n_groups && r == 0; g++) {
		const struct group *group = &walk_groups(walk)[g];

		for (size_t i = 0; i < group->count; i++) {
			const struct use *use = &walk_uses(walk)[group->first + i];

			uses[i] = (struct audit_use){
				.name = text + use->name,
				.state = use->state,
				.since = use->since,
				.until = use->until,
				.reason = use->reason == NOTHING ? NULL : text + use->reason,
			};
		}
		r = each(context, &(struct audit_group){.master = group->master,
		                                        .now = group->now,
		                                        .realm = group->realm == NOTHING
		                                                         ? NULL
		                                                         : text + group->realm,
		                                        .uses = uses,
		                                        .n_uses = group->count});
	}
	return r;
}

int audit_sharing(struct vault *vault, int (*each)(void *context, const struct audit_group *group),
                  void *context, size_t *ret_groups, struct error *err)
{
	struct walk walk = {.vault = vault};
	size_t n_groups;
	int r = read_begin(vault, err);

	*ret_groups = 0;
	if (r != 0)
		return r;
	r = gather(&walk, err);
	read_end(vault);
	n_groups = walk.groups.length / sizeof(struct group);
	if (r == 0 && n_groups > 0) {
		*ret_groups = n_groups;
		qsort(walk_groups(&walk), n_groups, sizeof(struct group), compare_groups);
		r = tell(&walk, each, context, err);
	}
	walk_done(&walk);
	return r;
}
