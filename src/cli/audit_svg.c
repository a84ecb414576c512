/* The sharing graph: each cluster in a ring, in a figure of its own, so that pages break between
 * them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include <vault/variant.h>

#include "audit_graph.h"
#include "html.h"
#include "output.h"

#define CLUSTERS_DRAWN 40
#define NODES_DRAWN 24 /* of one cluster; more cannot be read */
#define LABELLED 6     /* with more, what differs is not written at the lines */
#define NAME_CHARACTERS 22
#define LABEL_WIDTH 170 /* beside the ring, for names */
#define RING_LEAST 60
#define RING_EACH 9 /* more of it for each node */
#define MARGIN 34

struct cluster {
	size_t head, count;
};

/* One cluster's nodes that are drawn, and where. */
struct drawing {
	const struct graph *graph;
	size_t nodes[NODES_DRAWN];
	double x[NODES_DRAWN], y[NODES_DRAWN];
	size_t count;
	double width, height;
};

static int compare_clusters(const void *left, const void *right)
{
	const struct cluster *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return (a->head > b->head) - (a->head < b->head);
}

/* The node's place among those that are drawn; `count` where it is not. */
static size_t drawn(const struct drawing *drawing, size_t node)
{
	for (size_t i = 0; i < drawing->count; i++)
		if (drawing->nodes[i] == node)
			return i;
	return drawing->count;
}

/* The most tied ones first; names to the right of the right half, to the left of the left one. */
static void choose(struct drawing *drawing, size_t cluster)
{
	const struct graph *graph = drawing->graph;

	drawing->count = 0;
	for (size_t i = 0; i < graph->n_nodes; i++) {
		size_t at = drawing->count;

		if (graph->nodes[i].cluster != cluster)
			continue;
		while (at > 0 &&
		       graph->nodes[drawing->nodes[at - 1]].degree < graph->nodes[i].degree)
			at--;
		if (at == NODES_DRAWN)
			continue;
		drawing->count += drawing->count < NODES_DRAWN;
		for (size_t j = drawing->count - 1; j > at; j--)
			drawing->nodes[j] = drawing->nodes[j - 1];
		drawing->nodes[at] = i;
	}
}

/* In a ring; of many, the most tied one in the middle. */
static void place(struct drawing *drawing)
{
	double ring = RING_LEAST + RING_EACH * (double)drawing->count;
	size_t middle = drawing->count > LABELLED ? 1 : 0;

	drawing->width = 2 * (ring + LABEL_WIDTH);
	drawing->height = 2 * (drawing->count > 2 ? ring + MARGIN : MARGIN);
	for (size_t i = 0; i < drawing->count; i++) {
		double turn = 2 * M_PI * (double)(i - middle) / (double)(drawing->count - middle);
		double out = i < middle ? 0 : ring;

		drawing->x[i] = drawing->width / 2 + out * cos(turn);
		drawing->y[i] = drawing->height / 2 + out * sin(turn);
	}
}

/* Numbers without the locale's decimal sign. */
static void number(const char *name, double value)
{
	output_format(" %s=\"%ld\"", name, lround(value));
}

static void draw_edge(const struct drawing *drawing, const struct graph_edge *edge)
{
	size_t from = drawn(drawing, edge->from), to = drawn(drawing, edge->to);
	char words[VARIANT_WORDS_SIZE];

	if (from == drawing->count || to == drawing->count)
		return;
	output_string("<line");
	number("x1", drawing->x[from]);
	number("y1", drawing->y[from]);
	number("x2", drawing->x[to]);
	number("y2", drawing->y[to]);
	output_string(edge->kind == EDGE_SHARED    ? " stroke=\"#b3261e\" stroke-width=\"2.5\"/>\n"
	              : edge->kind == EDGE_VARIANT ? " stroke=\"#9a6700\" stroke-width=\"1.5\" "
	                                             "stroke-dasharray=\"6 4\"/>\n"
	                                           : " stroke=\"#57606a\" "
	                                             "stroke-dasharray=\"1 4\"/>\n");
	if (edge->kind != EDGE_VARIANT || drawing->count > LABELLED)
		return;
	output_string("<text class=\"what\" text-anchor=\"middle\"");
	number("x", (drawing->x[from] + drawing->x[to]) / 2);
	number("y", (drawing->y[from] + drawing->y[to]) / 2 - 4);
	output_string(">");
	html_short(variant_words(edge->how, words), NAME_CHARACTERS);
	output_string("</text>\n");
}

static void draw_node(const struct drawing *drawing, size_t i)
{
	const struct graph_node *node = &drawing->graph->nodes[drawing->nodes[i]];
	bool right = drawing->x[i] >= drawing->width / 2 - 1;

	output_string("<g><title>");
	html_text(node->name);
	output_string("</title><circle r=\"7\"");
	number("cx", drawing->x[i]);
	number("cy", drawing->y[i]);
	output_string(node->change ? " fill=\"#b3261e\"/>" : " fill=\"#57606a\"/>");
	output_format("<text text-anchor=\"%s\"", right ? "start" : "end");
	number("x", drawing->x[i] + (right ? 12 : -12));
	number("y", drawing->y[i] + 4);
	output_string(">");
	html_short(node->name, NAME_CHARACTERS);
	output_string("</text></g>\n");
}

static void draw(struct drawing *drawing, const struct cluster *cluster)
{
	const struct graph *graph = drawing->graph;

	choose(drawing, cluster->head);
	place(drawing);
	output_format("<figure><svg role=\"img\" width=\"%ld\" height=\"%ld\" "
	              "viewBox=\"0 0 %ld %ld\">\n",
	              lround(drawing->width), lround(drawing->height), lround(drawing->width),
	              lround(drawing->height));
	for (size_t i = 0; i < graph->n_edges; i++)
		if (graph->nodes[graph->edges[i].from].cluster == cluster->head)
			draw_edge(drawing, &graph->edges[i]);
	for (size_t i = 0; i < drawing->count; i++)
		draw_node(drawing, i);
	output_string("</svg>");
	if (cluster->count > drawing->count)
		output_format("<figcaption>and %zu more</figcaption>",
		              cluster->count - drawing->count);
	output_string("</figure>\n");
}

/* Those of one alone are only reset through others. */
static size_t list_clusters(const struct graph *graph, struct cluster *clusters)
{
	size_t kept = 0;

	for (size_t i = 0; i < graph->n_nodes; i++) {
		clusters[graph->nodes[i].cluster].head = graph->nodes[i].cluster;
		clusters[graph->nodes[i].cluster].count++;
	}
	for (size_t i = 0; i < graph->n_nodes; i++)
		if (clusters[i].count > 1)
			clusters[kept++] = clusters[i];
	if (kept > 0)
		qsort(clusters, kept, sizeof(*clusters), compare_clusters);
	return kept;
}

void audit_svg(const struct graph *graph)
{
	struct drawing drawing = {.graph = graph};
	struct cluster *clusters = calloc(graph->n_nodes + 1, sizeof(*clusters));
	size_t count;

	if (!clusters) {
		output_fail(ENOMEM);
		return;
	}
	count = list_clusters(graph, clusters);
	if (count > 0)
		html_heading("Who shares with whom");
	if (count > 0)
		output_string("<p class=\"when\">A solid line: the same password. A dashed one: a "
		              "variant of it. A dotted one: can be reset through it. Red: to be "
		              "changed.</p>\n");
	for (size_t i = 0; i < count && i < CLUSTERS_DRAWN; i++)
		draw(&drawing, &clusters[i]);
	if (count > CLUSTERS_DRAWN)
		output_format("<p>and %zu more groups</p>\n", count - CLUSTERS_DRAWN);
	free(clusters);
}
