/* The plan's second half: facts by entry, and entries by the damage. */
#include <stdlib.h>
#include <string.h>

#include "audit/plan.h"
#include "base/cleanup.h"

/* An entry on its way to becoming an action. */
struct candidate {
	struct plan_action action;
	size_t group, family; /* places, where it has the finding */
	bool planned;
};

/* What somebody can do with the account: everything that can be reset through it counts as it. */
static unsigned weight_of_account(enum role role, size_t falls)
{
	static const unsigned weights[] = {
		[ROLE_OTHER] = 1, [ROLE_WORK] = 2,    [ROLE_IDENTITY] = 3,
		[ROLE_MONEY] = 4, [ROLE_MAILBOX] = 5,
	};

	return falls > 0 ? weights[ROLE_MAILBOX] : weights[role];
}

/* How near somebody is to the password. */
static unsigned weight_of_findings(unsigned findings)
{
	static const struct {
		enum finding what;
		unsigned weight;
	} weights[] = {
		{FINDING_BURNED, 100}, {FINDING_MASTER, 90}, {FINDING_BREACHED, 80},
		{FINDING_SHARED, 40},  {FINDING_FAMILY, 20}, {FINDING_WEAK, 10},
		{FINDING_OLD, 2},
	};
	unsigned sum = 0;

	for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++)
		if (findings & weights[i].what)
			sum += weights[i].weight;
	return sum;
}

/* ---- from facts to entries ------------------------------------------------------------- */

static int compare_facts(const void *left, const void *right)
{
	const struct plan_fact *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	if (order != 0)
		return order;
	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	return (a->link > b->link) - (a->link < b->link);
}

static bool in_use(const struct audit_use *use)
{
	return use->state == ENTRY_LIVE && use->until == 0;
}

static void tell_shared(const struct plan *plan, const struct plan_fact *fact,
                        struct candidate *item)
{
	const struct audit_group *group = &plan->groups[fact->place];

	item->group = fact->place;
	for (size_t i = 0; i < group->n_uses; i++) {
		const struct audit_use *use = &group->uses[i];

		if (!in_use(use) || strcmp(use->name, fact->name) == 0)
			continue;
		if (item->action.n_shared++ == 0)
			item->action.shared_with = use->name;
	}
}

static void tell_family(const struct plan *plan, const struct plan_fact *fact,
                        struct candidate *item)
{
	const struct audit_family *family = &plan->families[fact->place];
	const struct audit_link *link = &family->links[fact->link];
	const char *from = family->uses[link->from].name, *to = family->uses[link->to].name;

	if (item->action.like)
		return; /* by another link, which is told already */
	item->family = fact->place;
	item->action.like = strcmp(from, fact->name) == 0 ? to : from;
	item->action.how = link->how;
}

static void tell(const struct plan *plan, const struct plan_fact *fact, struct candidate *item)
{
	const struct plan_burned *burned = fact->of;
	const struct audit_breach *breach = fact->of;
	const struct audit_strength_of *weak = fact->of;

	item->action.findings |= fact->what;
	item->action.since = fact->since;
	if (fact->what == FINDING_SHARED) {
		tell_shared(plan, fact, item);
	} else if (fact->what == FINDING_FAMILY) {
		tell_family(plan, fact, item);
	} else if (fact->what == FINDING_BREACHED) {
		item->action.seen = breach->breach.count;
	} else if (fact->what == FINDING_WEAK) {
		item->action.strength = weak->strength;
	} else if (fact->what == FINDING_BURNED) {
		item->action.burned_at = burned->service;
		item->action.burned_how = burned->how;
	}
}

static size_t items_of(struct plan_inside *inside, struct candidate *items)
{
	const struct plan *plan = &inside->plan;
	size_t count = 0;

	if (inside->n_facts > 0)
		qsort(inside->facts, inside->n_facts, sizeof(struct plan_fact), compare_facts);
	for (size_t i = 0; i < inside->n_facts; i++) {
		const struct plan_fact *fact = &inside->facts[i];
		const struct chain_entry *entry;

		if (i == 0 || strcmp(fact->name, fact[-1].name) != 0) {
			entry = chain_find(plan->chain, fact->name);
			items[count++].action = (struct plan_action){
				.name = fact->name,
				.role = entry ? entry->role : ROLE_OTHER,
				.falls = entry ? entry->falls : 0,
			};
		}
		tell(plan, fact, &items[count - 1]);
	}
	return count;
}

/* ---- the order ------------------------------------------------------------------------- */

static void weigh(struct plan_action *action)
{
	action->damage = weight_of_account(action->role, action->falls) *
	                 weight_of_findings(action->findings);
}

static int compare_items(const void *left, const void *right)
{
	const struct plan_action *a = &((const struct candidate *)left)->action;
	const struct plan_action *b = &((const struct candidate *)right)->action;

	if (a->damage != b->damage)
		return a->damage > b->damage ? -1 : 1;
	if (a->falls != b->falls)
		return a->falls > b->falls ? -1 : 1;
	if (a->n_shared != b->n_shared)
		return a->n_shared > b->n_shared ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void sort(struct candidate *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		weigh(&items[i].action);
	if (count > 0)
		qsort(items, count, sizeof(*items), compare_items);
}

/* How many of a group or family have the password, or a variant, still. */
struct left {
	size_t *groups, *families;
};

static void left_done(struct left *left)
{
	free(left->groups);
	free(left->families);
}
#define LEFT_AUTO __attribute__((cleanup(left_done))) struct left

static int count_left(const struct plan *plan, const struct candidate *items, size_t count,
                      struct left *left, struct error *err)
{
	left->groups = calloc(plan->n_groups + 1, sizeof(*left->groups));
	left->families = calloc(plan->n_families + 1, sizeof(*left->families));
	if (!left->groups || !left->families)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < count; i++) {
		if (items[i].action.findings & FINDING_SHARED)
			left->groups[items[i].group]++;
		if (items[i].action.findings & FINDING_FAMILY)
			left->families[items[i].family]++;
	}
	return 0;
}

/* In their order: each that is changed leaves its group and family; who is the last there has
 * nobody left to share with. Those that have nothing else to be told of are no actions. */
static void let_the_last_be(struct candidate *items, size_t count, struct left *left)
{
	for (size_t i = 0; i < count; i++) {
		struct plan_action *action = &items[i].action;

		if (action->findings & FINDING_SHARED && left->groups[items[i].group] < 2)
			action->findings &= ~(unsigned)FINDING_SHARED;
		if (action->findings & FINDING_FAMILY && left->families[items[i].family] < 2)
			action->findings &= ~(unsigned)FINDING_FAMILY;
		if (action->findings & FINDING_SHARED)
			left->groups[items[i].group]--;
		if (action->findings & FINDING_FAMILY)
			left->families[items[i].family]--;
	}
}

int plan_order(struct plan_inside *inside, struct error *err)
{
	FREE_AUTO struct candidate *items = calloc(inside->n_facts + 1, sizeof(*items));
	LEFT_AUTO left = {0};
	struct plan_action *actions;
	size_t count;
	int r;

	if (!items)
		return error_set(err, VAULT_FAILED, "out of memory");
	count = items_of(inside, items);
	r = count_left(&inside->plan, items, count, &left, err);
	if (r < 0)
		return r;
	sort(items, count);
	let_the_last_be(items, count, &left);
	sort(items, count);
	while (count > 0 && items[count - 1].action.findings == 0)
		count--;
	actions = pool_get(&inside->pool, (count + 1) * sizeof(*actions));
	if (!actions)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < count; i++)
		actions[i] = items[i].action;
	inside->plan.actions = inside->actions = actions;
	inside->plan.n_actions = count;
	return 0;
}
