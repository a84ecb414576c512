#include "audit_graph.h"

#include <stdlib.h>
#include <string.h>

/* An edge by names, before the nodes have places. */
struct pair {
	const char *from, *to;
	enum edge_kind kind;
	unsigned how;
};

struct making {
	const struct plan *plan;
	struct pair *pairs;
	size_t count, room;
	const char *from; /* the hub at hand */
};

static void making_done(struct making *making)
{
	free(making->pairs);
}
#define MAKING_AUTO __attribute__((cleanup(making_done))) struct making

void graph_done(struct graph *graph)
{
	free(graph->nodes);
	free(graph->edges);
	*graph = (struct graph){0};
}

static int add(struct making *making, const char *from, const char *to, enum edge_kind kind,
               unsigned how)
{
	if (making->count == making->room) {
		size_t room = making->room ? 2 * making->room : 64;
		struct pair *pairs = reallocarray(making->pairs, room, sizeof(*pairs));

		if (!pairs)
			return -VAULT_FAILED;
		making->pairs = pairs;
		making->room = room;
	}
	making->pairs[making->count++] = (struct pair){from, to, kind, how};
	return 0;
}

static bool in_use(const struct audit_use *use)
{
	return use->state == ENTRY_LIVE && use->until == 0;
}

/* Everybody who shares one is tied to the first of them. */
static int add_group(struct making *making, const struct audit_group *group)
{
	const char *first = NULL;
	int r = 0;

	for (size_t i = 0; i < group->n_uses && !group->realm && r == 0; i++) {
		if (!in_use(&group->uses[i]))
			continue;
		if (first)
			r = add(making, first, group->uses[i].name, EDGE_SHARED, 0);
		else
			first = group->uses[i].name;
	}
	return r;
}

static int add_family(struct making *making, const struct audit_family *family)
{
	int r = 0;

	for (size_t i = 0; i < family->n_links && !family->realm && r == 0; i++) {
		const struct audit_link *link = &family->links[i];
		const struct audit_use *from = &family->uses[link->from];

		if (link->how != 0 && in_use(from))
			r = add(making, from->name, family->uses[link->to].name, EDGE_VARIANT,
			        link->how);
	}
	return r;
}

static int add_fall(void *context, const struct chain_link *link)
{
	struct making *making = context;

	return link->steps > 1 ? 0 : add(making, making->from, link->entry->name, EDGE_RESETS, 0);
}

static int add_everything(struct making *making)
{
	const struct plan *plan = making->plan;
	const struct chain_entry *const *hubs;
	size_t n_hubs;
	int r = 0;

	for (size_t i = 0; i < plan->n_groups && r == 0; i++)
		r = add_group(making, &plan->groups[i]);
	for (size_t i = 0; i < plan->n_families && r == 0; i++)
		r = add_family(making, &plan->families[i]);
	hubs = chain_hubs(plan->chain, &n_hubs);
	for (size_t i = 0; i < n_hubs && r == 0; i++) {
		making->from = hubs[i]->name;
		r = chain_falls(plan->chain, hubs[i], add_fall, making, NULL);
	}
	return r;
}

/* ---- nodes ----------------------------------------------------------------------------- */

static int compare_nodes(const void *left, const void *right)
{
	const struct graph_node *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static size_t place_of(const struct graph *graph, const char *name)
{
	const struct graph_node key = {.name = name};
	const struct graph_node *node =
		bsearch(&key, graph->nodes, graph->n_nodes, sizeof(key), compare_nodes);

	return node ? (size_t)(node - graph->nodes) : graph->n_nodes;
}

static void list_nodes(const struct making *making, struct graph *graph)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < making->count; i++) {
		graph->nodes[count++].name = making->pairs[i].from;
		graph->nodes[count++].name = making->pairs[i].to;
	}
	if (count > 0)
		qsort(graph->nodes, count, sizeof(struct graph_node), compare_nodes);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(graph->nodes[i].name, graph->nodes[kept - 1].name) != 0)
			graph->nodes[kept++] = graph->nodes[i];
	graph->n_nodes = kept;
	for (size_t i = 0; i < kept; i++) {
		const struct chain_entry *entry =
			chain_find(making->plan->chain, graph->nodes[i].name);

		graph->nodes[i].role = entry ? entry->role : ROLE_OTHER;
		graph->nodes[i].cluster = i;
	}
	for (size_t i = 0; i < making->plan->n_actions; i++) {
		size_t place = place_of(graph, making->plan->actions[i].name);

		if (place < kept)
			graph->nodes[place].change = true;
	}
}

/* ---- clusters -------------------------------------------------------------------------- */

static size_t head(struct graph_node *nodes, size_t place)
{
	while (nodes[place].cluster != place) {
		nodes[place].cluster = nodes[nodes[place].cluster].cluster;
		place = nodes[place].cluster;
	}
	return place;
}

/* By what is shared; that a mailbox resets everything would make one heap of all. */
static void find_clusters(struct graph *graph)
{
	for (size_t i = 0; i < graph->n_edges; i++) {
		const struct graph_edge *edge = &graph->edges[i];

		if (edge->kind == EDGE_RESETS)
			continue;
		graph->nodes[head(graph->nodes, edge->from)].cluster = head(graph->nodes, edge->to);
		graph->nodes[edge->from].degree++;
		graph->nodes[edge->to].degree++;
	}
	for (size_t i = 0; i < graph->n_nodes; i++)
		graph->nodes[i].cluster = head(graph->nodes, i);
}

int graph_make(const struct plan *plan, struct graph *ret_graph, struct error *err)
{
	MAKING_AUTO making = {.plan = plan};
	GRAPH_AUTO graph = {0};
	int r = add_everything(&making);

	if (r == 0) {
		graph.nodes = calloc(2 * making.count + 1, sizeof(*graph.nodes));
		graph.edges = calloc(making.count + 1, sizeof(*graph.edges));
	}
	if (r < 0 || !graph.nodes || !graph.edges)
		return error_set(err, VAULT_FAILED, "out of memory");
	list_nodes(&making, &graph);
	for (size_t i = 0; i < making.count; i++) {
		const struct pair *pair = &making.pairs[i];

		graph.edges[graph.n_edges++] =
			(struct graph_edge){place_of(&graph, pair->from),
		                            place_of(&graph, pair->to), pair->kind, pair->how};
	}
	find_clusters(&graph);
	*ret_graph = graph;
	graph = (struct graph){0};
	return 0;
}
