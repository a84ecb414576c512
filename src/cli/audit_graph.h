/*
 * What an audit found as a graph: entries; who shares a password, whose is a variant of whose, and
 * through whom it can be reset.
 */
#ifndef CLI_AUDIT_GRAPH_H
#define CLI_AUDIT_GRAPH_H

#include <vault/plan.h>

enum edge_kind {
	EDGE_SHARED,
	EDGE_VARIANT,
	EDGE_RESETS, /* `to` can be reset through `from` */
};

struct graph_node {
	const char *name; /* the plan's */
	enum role role;
	bool change;    /* the plan tells it to change */
	size_t cluster; /* nodes that hang together have the same, which is one of their places */
	size_t degree;
};

struct graph_edge {
	size_t from, to; /* places of nodes */
	enum edge_kind kind;
	unsigned how; /* EDGE_VARIANT: what differs */
};

struct graph {
	struct graph_node *nodes; /* by name */
	struct graph_edge *edges;
	size_t n_nodes, n_edges;
};

/* Of what is in use. Borrows the plan's names. */
int graph_make(const struct plan *plan, struct graph *ret_graph, struct error *err);
void graph_done(struct graph *graph);
#define GRAPH_AUTO __attribute__((cleanup(graph_done))) struct graph

/* In Graphviz's language. */
int audit_dot(const struct plan *plan, struct error *err);

/* A figure for each cluster that shares something, the largest first. */
void audit_svg(const struct graph *graph);

/* All of an audit as one page. */
struct audit_report;
int audit_html(const struct audit_report *report, struct error *err);

#endif
