#include "audit/holder.h"

#include <stdlib.h>
#include <string.h>

#include <vault/audit.h>

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

struct use {
	int64_t entry;
	size_t name, reason, realm; /* where in the walk's text; NO_TEXT: there is none */
	enum entry_state state;
	int64_t since, until;
};

struct group {
	bool master, now;
	size_t realm;        /* of all of them, in the walk's text; or NO_TEXT */
	size_t first, count; /* in the walk's uses */
};

struct walk {
	const struct holders *holders;
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

static bool is_now(const struct use *use)
{
	return use->state == ENTRY_LIVE && use->until == 0;
}

/* A row of SQL_PASSWORD_USES. */
static int keep_use(struct walk *walk, struct stmt *stmt, struct error *err)
{
	struct holder holder;
	int r = holder_read(walk->holders, stmt_int(stmt, 0), true, &walk->text, &holder, err);
	struct use use;

	if (r < 0 || holder.state > ENTRY_PURGED) /* incidents keep fingerprints, too */
		return r;
	use = (struct use){
		.entry = stmt_int(stmt, 0),
		.name = holder.name,
		.realm = holder.realm,
		.state = holder.state,
		.since = stmt_int(stmt, 1),
		.until = stmt_is_null(stmt, 2) ? 0 : stmt_int(stmt, 2),
		.reason = text_keep(&walk->text, stmt_text(stmt, 3)),
	};
	buf_add(&walk->uses, &use, sizeof(use));
	return 0;
}

/* In use first, then what could be again (the trash), then the past; the newest first. */
static int compare_uses(const void *left, const void *right, void *text)
{
	const struct use *a = left, *b = right;
	int by_name;
	int rank_a = is_now(a) ? 0 : a->until == 0 ? 1 : 2;
	int rank_b = is_now(b) ? 0 : b->until == 0 ? 1 : 2;

	if (rank_a != rank_b)
		return rank_a - rank_b;
	if (a->since != b->since)
		return a->since > b->since ? -1 : 1;
	by_name = strcmp((char *)text + a->name, (char *)text + b->name);
	return by_name != 0 ? by_name : (a->name > b->name) - (a->name < b->name);
}

/* The realm that everybody is in who is still there. */
static size_t group_realm(const struct walk *walk, const struct group *group)
{
	const char *text = (const char *)walk->text.bytes;
	size_t realm = NO_TEXT;

	if (group->master || walk->text.failed)
		return NO_TEXT;
	for (size_t i = group->first; i < group->first + group->count; i++) {
		const struct use *use = &walk_uses(walk)[i];

		if (use->state == ENTRY_PURGED)
			continue;
		if (use->realm == NO_TEXT ||
		    (realm != NO_TEXT && strcmp(text + realm, text + use->realm) != 0))
			return NO_TEXT;
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
	bool several = master;
	struct use *uses;
	int r = db_stmt(walk->holders->vault->db, SQL_PASSWORD_USES, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_blob(stmt, 1, fingerprint, FINGERPRINT_BYTES);
	while (r == 0 && (r = stmt_step(stmt, err)) == 1)
		r = keep_use(walk, stmt, err);
	if (r == 0)
		r = buf_check(&walk->uses, err);
	if (r == 0)
		r = buf_check(&walk->text, err);
	if (r < 0)
		return r;
	group.count = walk->uses.length / sizeof(struct use) - group.first;
	uses = walk_uses(walk) + group.first;
	for (size_t i = 0; i < group.count; i++) {
		now += is_now(&uses[i]);
		kept += uses[i].state != ENTRY_PURGED;
		several |= uses[i].entry != uses[0].entry;
	}
	if (kept == 0 || !several)
		return 0; /* its uses stay behind in the list, and nobody points at them */
	group.realm = group_realm(walk, &group);
	qsort_r(uses, group.count, sizeof(struct use), compare_uses, walk->text.bytes);
	group.now = now >= (master ? 1 : 2);
	if (group.count > walk->largest)
		walk->largest = group.count;
	buf_add(&walk->groups, &group, sizeof(group));
	return 0;
}

/* Every group of the vault: one walk over the index of fingerprints. */
static int gather(struct walk *walk, struct error *err)
{
	const struct vault *vault = walk->holders->vault;
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
	return r == 0 ? buf_check(&walk->groups, err) : r;
}

static int compare_groups(const void *left, const void *right)
{
	const struct group *a = left, *b = right;

	if ((a->realm == NO_TEXT) != (b->realm == NO_TEXT))
		return a->realm == NO_TEXT ? -1 : 1;
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
				.reason = use->reason == NO_TEXT ? NULL : text + use->reason,
			};
		}
		r = each(context, &(struct audit_group){.master = group->master,
		                                        .now = group->now,
		                                        .realm = group->realm == NO_TEXT
		                                                         ? NULL
		                                                         : text + group->realm,
		                                        .uses = uses,
		                                        .n_uses = group->count});
	}
	return r;
}

int sharing_find(const struct holders *holders,
                 int (*each)(void *context, const struct audit_group *group), void *context,
                 size_t *ret_groups, struct error *err)
{
	struct walk walk = {.holders = holders};
	size_t n_groups;
	int r = read_begin(holders->vault, err);

	*ret_groups = 0;
	if (r != 0)
		return r;
	r = gather(&walk, err);
	read_end(holders->vault);
	n_groups = walk.groups.length / sizeof(struct group);
	if (r == 0 && n_groups > 0) {
		*ret_groups = n_groups;
		qsort(walk_groups(&walk), n_groups, sizeof(struct group), compare_groups);
		r = tell(&walk, each, context, err);
	}
	walk_done(&walk);
	return r;
}

int audit_sharing(struct vault *vault, int (*each)(void *context, const struct audit_group *group),
                  void *context, size_t *ret_groups, struct error *err)
{
	return sharing_find(&(struct holders){.vault = vault}, each, context, ret_groups, err);
}
