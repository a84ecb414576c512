/*
 * How many entries fall with each, without a walk from each: a hundred thousand that fall one with
 * the next would be five billion steps.
 *
 * Nodes that lie on a circle fall together and make one part (Tarjan, SIAM J. Comput. 1972, with a
 * stack of its own in the place of recursion). Parts come out after all that they lead to, so each
 * is counted from those behind it: exactly, where only one is behind it, or where nothing behind it
 * can be reached in two ways. Where it can, a walk counts.
 */
#include "audit/chain.h"

#include <stdlib.h>

#include "base/cleanup.h"

struct parts {
	const struct chain_graph *graph;
	uint32_t *part;  /* of a node; NO_PART as long as it is open */
	uint32_t *order; /* in which a node was met, from 1; 0: it was not */
	uint32_t *low;   /* the first in that order that is open, and reached from here */
	uint32_t *next;  /* its edge to look at next */
	uint32_t *path;  /* from the start to the node at hand */
	uint32_t *open;  /* met, and in no part */
	uint32_t n_path, n_open, n_met, n_parts;
};

#define NO_PART UINT32_MAX

static void meet(struct parts *parts, uint32_t node)
{
	parts->order[node] = parts->low[node] = ++parts->n_met;
	parts->next[node] = parts->graph->first[node];
	parts->path[parts->n_path++] = node;
	parts->open[parts->n_open++] = node;
	parts->part[node] = NO_PART;
}

static void lower(uint32_t *low, uint32_t other)
{
	if (other < *low)
		*low = other;
}

/* All edges of the last node of the path were looked at. */
static void leave(struct parts *parts)
{
	uint32_t node = parts->path[--parts->n_path], member;

	if (parts->n_path > 0)
		lower(&parts->low[parts->path[parts->n_path - 1]], parts->low[node]);
	if (parts->low[node] < parts->order[node])
		return;
	do {
		member = parts->open[--parts->n_open];
		parts->part[member] = parts->n_parts;
	} while (member != node);
	parts->n_parts++;
}

static void find_parts(struct parts *parts)
{
	const struct chain_graph *graph = parts->graph;

	for (uint32_t start = 0; start < graph->n_nodes; start++) {
		if (parts->order[start] == 0)
			meet(parts, start);
		while (parts->n_path > 0) {
			uint32_t node = parts->path[parts->n_path - 1], to;

			if (parts->next[node] == graph->first[node + 1]) {
				leave(parts);
				continue;
			}
			to = graph->to[parts->next[node]++];
			if (parts->order[to] == 0)
				meet(parts, to);
			else if (parts->part[to] == NO_PART)
				lower(&parts->low[node], parts->order[to]);
		}
	}
}

/* ---- counting ----------------------------------------------------------------------- */

struct count {
	uint32_t first, n_nodes;  /* in the list of nodes by part */
	uint32_t parents, behind; /* parts that lead here; parts that it leads to */
	uint32_t marked;          /* by which part it was met last, plus one */
	bool tree;                /* nothing behind it is reached in two ways */
	size_t entries;           /* of it and all behind it */
};

/* The nodes, part by part. */
static void sort_nodes(const struct parts *parts, struct count *counts, uint32_t *nodes)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < parts->graph->n_nodes; i++)
		counts[parts->part[i]].n_nodes++;
	for (uint32_t i = 0; i < parts->n_parts; i++) {
		counts[i].first = at;
		at += counts[i].n_nodes;
		counts[i].n_nodes = 0;
	}
	for (uint32_t i = 0; i < parts->graph->n_nodes; i++) {
		struct count *count = &counts[parts->part[i]];

		nodes[count->first + count->n_nodes++] = i;
	}
}

/* Calls `each` once for every part that `which` leads to. */
static void behind(const struct parts *parts, struct count *counts, const uint32_t *nodes,
                   uint32_t which, void (*each)(struct count *from, struct count *to))
{
	const struct chain_graph *graph = parts->graph;
	const struct count *from = &counts[which];

	for (uint32_t i = from->first; i < from->first + from->n_nodes; i++)
		for (uint32_t e = graph->first[nodes[i]]; e < graph->first[nodes[i] + 1]; e++) {
			struct count *to = &counts[parts->part[graph->to[e]]];

			if (to == from || to->marked == which + 1)
				continue;
			to->marked = which + 1;
			each(&counts[which], to);
		}
}

static void add_parent(struct count *from, struct count *to)
{
	(void)from;
	to->parents++;
}

static void add_count(struct count *from, struct count *to)
{
	from->entries += to->entries;
	from->tree &= to->tree && to->parents == 1;
	from->behind++;
}

static void count_part(const struct parts *parts, struct count *counts, const uint32_t *nodes,
                       uint32_t which, const struct chain_walker *walker)
{
	struct count *count = &counts[which];
	size_t own = 0;

	for (uint32_t i = count->first; i < count->first + count->n_nodes; i++)
		own += nodes[i] < parts->graph->n_entries;
	count->entries = own;
	count->tree = true;
	behind(parts, counts, nodes, which, add_count);
	if (count->behind > 1 && !count->tree)
		count->entries = walker->walk(walker->context, nodes[count->first]);
}

int chain_count(const struct chain_graph *graph, const struct chain_walker *walker,
                struct chain_entry *entries, struct error *err)
{
	size_t n = graph->n_nodes + 1;
	FREE_AUTO uint32_t *room = calloc(n, 7 * sizeof(uint32_t));
	FREE_AUTO struct count *counts = calloc(n, sizeof(*counts));
	struct parts parts = {.graph = graph};
	uint32_t *nodes;

	if (!room || !counts)
		return error_set(err, VAULT_FAILED, "out of memory");
	parts.part = room;
	parts.order = room + n;
	parts.low = room + 2 * n;
	parts.next = room + 3 * n;
	parts.path = room + 4 * n;
	parts.open = room + 5 * n;
	nodes = room + 6 * n;
	find_parts(&parts);
	sort_nodes(&parts, counts, nodes);
	for (uint32_t i = 0; i < parts.n_parts; i++)
		behind(&parts, counts, nodes, i, add_parent);
	for (uint32_t i = 0; i < parts.n_parts; i++)
		counts[i].marked = 0;
	for (uint32_t i = 0; i < parts.n_parts; i++)
		count_part(&parts, counts, nodes, i, walker);
	for (size_t i = 0; i < graph->n_entries; i++)
		entries[i].falls = counts[parts.part[i]].entries - 1;
	return 0;
}
