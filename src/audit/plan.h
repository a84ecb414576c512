/* The plan inside: the memory it is in, and how actions come out of what was found. */
#ifndef AUDIT_PLAN_H
#define AUDIT_PLAN_H

#include <vault/plan.h>

#include "base/pool.h"

/* Something that was found about one password in use. */
struct plan_fact {
	const char *name; /* of the entry */
	enum finding what;
	size_t place;   /* SHARED, MASTER: which group; FAMILY: which family */
	size_t link;    /* FAMILY: which of its links tells best */
	const void *of; /* BREACHED, WEAK, BURNED: the row; OLD: NULL */
	int64_t since;
};

struct plan_inside {
	struct plan plan; /* the first member: plan_free gets no other address */
	struct pool pool;
	struct plan_action *actions; /* the plan's */
	struct plan_fact *facts;
	size_t n_facts, facts_room;
};

/* A password that leaked, as it is in use. */
struct plan_burned {
	const char *name, *service;
	int64_t since;
	unsigned how;
};

int plan_fact_add(struct plan_inside *inside, const struct plan_fact *fact, struct error *err);

/* Makes the actions of the facts; the rest of the plan is complete. */
int plan_order(struct plan_inside *inside, struct error *err);

#endif
