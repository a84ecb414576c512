/* The plan's first half: everything that is found, copied, and the facts about each password. */
#include "audit/plan.h"

#include <stdlib.h>
#include <string.h>

#include <vault/incident.h>

#include "audit/holder.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "vault/internal.h"

#define OLD_SECONDS ((int64_t)PLAN_OLD_YEARS * 31556952) /* a year of the calendar's mean length */

/* What one part of the audit tells, on its way into the plan's memory. */
struct gathering {
	struct plan_inside *inside;
	struct buf rows;
	size_t count;
};

static void gathering_done(struct gathering *gathering)
{
	buf_done(&gathering->rows);
}
#define GATHERING_AUTO __attribute__((cleanup(gathering_done))) struct gathering

static void add_row(struct gathering *gathering, const void *row, size_t size)
{
	buf_add(&gathering->rows, row, size);
	gathering->count++;
}

static const void *rows_of(struct gathering *gathering)
{
	gathering->inside->pool.failed |= gathering->rows.failed;
	return pool_copy(&gathering->inside->pool, gathering->rows.bytes, gathering->rows.length);
}

int plan_fact_add(struct plan_inside *inside, const struct plan_fact *fact, struct error *err)
{
	struct plan_fact *facts =
		list_room(inside->facts, inside->n_facts, &inside->facts_room, sizeof(*facts));

	if (!facts)
		return error_set(err, VAULT_FAILED, "out of memory");
	inside->facts = facts;
	facts[inside->n_facts++] = *fact;
	return 0;
}

static bool in_use(const struct audit_use *use)
{
	return use->state == ENTRY_LIVE && use->until == 0;
}

/* ---- incidents that are open ----------------------------------------------------------- */

static int keep_number(void *context, const struct incident *incident)
{
	if (incident->closed == 0)
		add_row(context, &incident->number, sizeof(incident->number));
	return 0;
}

static int burned_facts(struct vault *vault, struct plan_inside *inside, unsigned number,
                        struct error *err)
{
	INCIDENT_AUTO *incident = NULL;
	int r = vault_incident(vault, number, &incident, err);

	for (size_t i = 0; r == 0 && i < incident->n_items; i++) {
		const struct affected *affected = &incident->items[i];
		struct plan_burned *burned;

		if (affected->progress != AFFECTED_OPEN || affected->behind > 0)
			continue;
		burned = pool_get(&inside->pool, sizeof(*burned));
		if (!burned)
			return error_set(err, VAULT_FAILED, "out of memory");
		*burned = (struct plan_burned){pool_string(&inside->pool, affected->name),
		                               pool_string(&inside->pool, incident->service),
		                               affected->since, affected->how};
		if (inside->pool.failed)
			return error_set(err, VAULT_FAILED, "out of memory");
		r = plan_fact_add(inside,
		                  &(struct plan_fact){.name = burned->name,
		                                      .what = FINDING_BURNED,
		                                      .of = burned,
		                                      .since = burned->since},
		                  err);
	}
	return r;
}

static int find_burned(struct vault *vault, struct plan_inside *inside, struct error *err)
{
	GATHERING_AUTO open = {.inside = inside};
	int r = vault_incidents(vault, keep_number, &open, err);

	if (r == 0)
		r = buf_check(&open.rows, err);
	for (size_t i = 0; i < open.count && r == 0; i++) {
		unsigned number;

		memcpy(&number, open.rows.bytes + i * sizeof(number), sizeof(number));
		r = burned_facts(vault, inside, number, err);
	}
	return r;
}

/* ---- who shares, and whose variant it is ---------------------------------------------- */

static struct audit_use *copy_uses(struct pool *pool, const struct audit_use *uses, size_t count)
{
	struct audit_use *copies = pool_copy(pool, uses, count * sizeof(*uses));

	for (size_t i = 0; copies && i < count; i++) {
		copies[i].name = pool_string(pool, uses[i].name);
		copies[i].reason = pool_string(pool, uses[i].reason);
	}
	return copies;
}

static int keep_group(void *context, const struct audit_group *group)
{
	struct gathering *gathering = context;
	struct plan_inside *inside = gathering->inside;
	struct audit_group copy = *group;
	int r = 0;

	copy.uses = copy_uses(&inside->pool, group->uses, group->n_uses);
	copy.realm = pool_string(&inside->pool, group->realm);
	if (!copy.uses)
		return -VAULT_FAILED;
	/* What a realm shares is meant to be. */
	for (size_t i = 0; i < copy.n_uses && copy.now && !copy.realm && r == 0; i++) {
		struct plan_fact fact = {
			.name = copy.uses[i].name,
			.what = copy.master ? FINDING_MASTER : FINDING_SHARED,
			.place = gathering->count,
			.since = copy.uses[i].since,
		};

		if (in_use(&copy.uses[i]))
			r = plan_fact_add(inside, &fact, NULL);
	}
	add_row(gathering, &copy, sizeof(copy));
	return r;
}

/* Both ends of each link between passwords in use that are no equals; the first link of each is
 * what is told of it. */
static int family_facts(struct plan_inside *inside, const struct audit_family *family, size_t place)
{
	int r = 0;

	for (size_t i = 0; i < family->n_links && r == 0; i++) {
		const struct audit_link *link = &family->links[i];
		const size_t ends[2] = {link->from, link->to};

		for (size_t end = 0; end < 2 && r == 0; end++) {
			const struct audit_use *use = &family->uses[ends[end]];

			if (link->how != 0 && in_use(&family->uses[link->from]))
				r = plan_fact_add(inside,
				                  &(struct plan_fact){.name = use->name,
				                                      .what = FINDING_FAMILY,
				                                      .place = place,
				                                      .link = i,
				                                      .since = use->since},
				                  NULL);
		}
	}
	return r;
}

/* The realm that everybody is in who is still there. */
static const char *realm_of(const struct chain *chain, const struct audit_family *family)
{
	const char *realm = NULL;

	for (size_t i = 0; i < family->n_uses; i++) {
		const struct chain_entry *entry;

		if (family->uses[i].state != ENTRY_LIVE)
			continue;
		entry = chain_find(chain, family->uses[i].name);
		if (!entry || !entry->realm || (realm && strcmp(realm, entry->realm) != 0))
			return NULL;
		realm = entry->realm;
	}
	return realm;
}

static int keep_family(void *context, const struct audit_family *family)
{
	struct gathering *gathering = context;
	struct pool *pool = &gathering->inside->pool;
	struct audit_family copy = *family;
	int r = 0;

	copy.realm = realm_of(gathering->inside->plan.chain, family);
	copy.uses = copy_uses(pool, family->uses, family->n_uses);
	copy.links = pool_copy(pool, family->links, family->n_links * sizeof(*family->links));
	if (!copy.uses || !copy.links)
		return -VAULT_FAILED;
	if (!copy.realm)
		r = family_facts(gathering->inside, &copy, gathering->count);
	add_row(gathering, &copy, sizeof(copy));
	return r;
}

static int find_reuse(struct vault *vault, struct plan_inside *inside, struct error *err)
{
	GATHERING_AUTO groups = {.inside = inside};
	GATHERING_AUTO families = {.inside = inside};
	struct holders holders = {vault, inside->plan.chain};
	int r = sharing_find(&holders, keep_group, &groups, &inside->plan.n_groups, err);

	if (r == 0)
		r = families_find(&holders, keep_family, &families, &inside->plan.n_families, err);
	inside->plan.groups = rows_of(&groups);
	inside->plan.families = rows_of(&families);
	return r;
}

/* ---- lists of leaked ones, strength, age ---------------------------------------------- */

static int keep_breach(void *context, const struct audit_breach *breach)
{
	struct gathering *gathering = context;
	struct audit_breach copy = *breach;

	copy.name = pool_string(&gathering->inside->pool, breach->name);
	add_row(gathering, &copy, sizeof(copy));
	return 0;
}

/* A list that cannot be read, or is not in order, does not end the audit. */
static int find_breaches(struct vault *vault, struct breaches *breaches, struct plan_inside *inside,
                         struct error *err)
{
	GATHERING_AUTO found = {.inside = inside};
	struct plan *plan = &inside->plan;
	size_t count;
	int r = 0;

	if (!breaches)
		return 0;
	if (audit_breaches(vault, breaches, keep_breach, &found, &plan->n_looked_up, &count,
	                   &plan->breaches_error) < 0) {
		plan->breaches_failed = true;
		return 0;
	}
	plan->n_breached = found.count;
	plan->breached = rows_of(&found);
	for (size_t i = 0; i < found.count && !inside->pool.failed && r == 0; i++) {
		const struct audit_breach *breach = &plan->breached[i];

		if (breach->state == ENTRY_LIVE && breach->until == 0)
			r = plan_fact_add(inside,
			                  &(struct plan_fact){.name = breach->name,
			                                      .what = FINDING_BREACHED,
			                                      .of = breach,
			                                      .since = breach->since},
			                  err);
	}
	return r;
}

static int keep_weak(void *context, const struct audit_strength_of *one)
{
	struct gathering *gathering = context;
	struct audit_strength_of copy = *one;

	if (one->strength.score > PLAN_WEAK_SCORE)
		return 0;
	copy.name = pool_string(&gathering->inside->pool, one->name);
	add_row(gathering, &copy, sizeof(copy));
	return 0;
}

static int compare_strengths(const void *left, const void *right)
{
	const struct audit_strength_of *a = left, *b = right;

	if (a->strength.bits != b->strength.bits)
		return a->strength.bits < b->strength.bits ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int find_weak(struct vault *vault, size_t most, struct plan_inside *inside,
                     struct error *err)
{
	GATHERING_AUTO found = {.inside = inside};
	struct plan *plan = &inside->plan;
	size_t weighed;
	int r = audit_strengths(vault, most, keep_weak, &found, &weighed, err);

	if (r != 0 || inside->pool.failed)
		return r;
	plan->not_weighed = weighed == 0 && most > 0 && vault->state.entries > most;
	if (found.count > 0)
		qsort(found.rows.bytes, found.count, sizeof(struct audit_strength_of),
		      compare_strengths);
	plan->n_weak = found.count;
	plan->weak = rows_of(&found);
	for (size_t i = 0; i < found.count && plan->weak && r == 0; i++)
		r = plan_fact_add(inside,
		                  &(struct plan_fact){.name = plan->weak[i].name,
		                                      .what = FINDING_WEAK,
		                                      .of = &plan->weak[i],
		                                      .since = plan->weak[i].since},
		                  err);
	return r;
}

static int look_how_old(struct vault *vault, struct plan_inside *inside,
                        const struct chain_entry *entry, int64_t now, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int64_t since;
	int r = db_stmt(vault->db, SQL_PASSWORD_NOW, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, chain_id(inside->plan.chain, entry));
	r = stmt_step(stmt, err);
	since = r == 1 ? stmt_int(stmt, 1) : 0;
	if (r < 0 || since == 0 || since > now - OLD_SECONDS)
		return r < 0 ? r : 0;
	return plan_fact_add(inside,
	                     &(struct plan_fact){.name = entry->name,
	                                         .what = FINDING_OLD,
	                                         .since = since},
	                     err);
}

/* Passwords of those accounts alone that it would be told of. */
static int find_old(struct vault *vault, struct plan_inside *inside, struct error *err)
{
	const struct chain_entry *entries;
	int64_t now = now_seconds();
	size_t count;
	int r = read_begin(vault, err);

	if (r < 0)
		return r;
	entries = chain_entries(inside->plan.chain, &count);
	for (size_t i = 0; i < count && r == 0; i++)
		if (entries[i].role != ROLE_OTHER || entries[i].falls > 0)
			r = look_how_old(vault, inside, &entries[i], now, err);
	read_end(vault);
	return r;
}

/* ---- the plan ------------------------------------------------------------------------- */

int plan_make(struct vault *vault, const struct plan_wanted *wanted, struct plan **ret_plan,
              struct error *err)
{
	struct plan_inside *inside = calloc(1, sizeof(*inside));
	PLAN_AUTO *plan = inside ? &inside->plan : NULL;
	int r;

	if (!inside)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = chain_make(vault, &inside->plan.chain, err);
	if (r == 0)
		r = find_burned(vault, inside, err);
	if (r == 0)
		r = find_reuse(vault, inside, err);
	if (r == 0)
		r = find_breaches(vault, wanted->breaches, inside, err);
	if (r == 0)
		r = find_weak(vault, wanted->strength_most, inside, err);
	if (r == 0)
		r = find_old(vault, inside, err);
	if (r == 0)
		r = plan_order(inside, err);
	if (r < 0 && err && !err->message[0])
		error_set(err, VAULT_FAILED, "out of memory");
	if (r == 0 && inside->pool.failed)
		r = error_set(err, VAULT_FAILED, "out of memory");
	if (r != 0)
		return r;
	*ret_plan = plan;
	plan = NULL;
	return 0;
}

void plan_free(struct plan *plan)
{
	struct plan_inside *inside = (struct plan_inside *)plan;

	if (!plan)
		return;
	chain_free(plan->chain);
	pool_done(&inside->pool);
	free(inside->facts);
	free(inside);
}

void plan_freep(struct plan **plan)
{
	plan_free(*plan);
}

int plan_first(struct vault *vault, const struct plan_wanted *wanted, char **ret_name,
               struct error *err)
{
	PLAN_AUTO *plan = NULL;
	int r = plan_make(vault, wanted, &plan, err);

	if (r != 0)
		return r;
	if (plan->n_actions == 0 && plan->breaches_failed) {
		*err = plan->breaches_error;
		return -(int)err->status;
	}
	if (plan->n_actions == 0)
		return VAULT_NOT_FOUND;
	*ret_name = strdup(plan->actions[0].name);
	return *ret_name ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}
