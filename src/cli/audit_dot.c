/* The graph in Graphviz's language: vault audit --dot | dot -Tsvg >graph.svg */
#include <string.h>

#include <vault/variant.h>

#include "audit_graph.h"
#include "output.h"

static void quoted(const char *text)
{
	output_string("\"");
	for (size_t n; *text; text += n) {
		n = strcspn(text, "\"\\");
		output_bytes(text, n);
		if (text[n]) {
			output_string("\\");
			output_bytes(text + n++, 1);
		}
	}
	output_string("\"");
}

static void print_edge(const struct graph *graph, const struct graph_edge *edge)
{
	char words[VARIANT_WORDS_SIZE];

	output_string("\t");
	quoted(graph->nodes[edge->from].name);
	output_string(" -> ");
	quoted(graph->nodes[edge->to].name);
	if (edge->kind == EDGE_SHARED)
		output_string(" [dir=none, penwidth=2, label=\"the same password\"]");
	if (edge->kind == EDGE_VARIANT) {
		output_string(" [dir=none, style=dashed, label=");
		quoted(variant_words(edge->how, words));
		output_string("]");
	}
	if (edge->kind == EDGE_RESETS)
		output_string(" [style=dotted, label=\"resets\"]");
	output_string(";\n");
}

int audit_dot(const struct plan *plan, struct error *err)
{
	GRAPH_AUTO graph = {0};
	int r = graph_make(plan, &graph, err);

	if (r < 0)
		return r;
	output_string("digraph audit {\n\tnode [shape=box, fontname=\"sans-serif\"];\n"
	              "\tedge [fontname=\"sans-serif\", fontsize=10];\n");
	for (size_t i = 0; i < graph.n_nodes; i++) {
		output_string("\t");
		quoted(graph.nodes[i].name);
		output_string(graph.nodes[i].change ? " [color=\"#b3261e\", penwidth=2];\n"
		                                    : ";\n");
	}
	for (size_t i = 0; i < graph.n_edges; i++)
		print_edge(&graph, &graph.edges[i]);
	output_string("}\n");
	return 0;
}
