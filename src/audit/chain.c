/*
 * The graph of the recovery chain. Its nodes are the entries and, behind them, each address of a
 * mailbox once: mailbox to address to those that have it. So a thousand mailboxes under one address
 * and a thousand accounts with it are two thousand edges, not a million.
 */
#include "audit/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vault/internal.h"

struct chain {
	struct chain_facts facts; /* the text lives here */
	struct chain_entry *entries;
	struct chain_graph graph;
	const struct chain_entry **hubs;
	size_t n_hubs;
	const char **addresses; /* of the nodes behind the entries */
	uint32_t *by_name;      /* by the hash of its name an entry's number plus one; 0: free */
	size_t n_slots;         /* of it; a power of two, at least twice the entries */
	/* Of one walk: when a node was last reached, from which entry, in how many steps, and in
	 * which order. */
	uint32_t *mark, *from, *steps, *queue;
	uint32_t walks;
};

void chain_free(struct chain *chain)
{
	if (!chain)
		return;
	chain_facts_done(&chain->facts);
	free(chain->entries);
	free(chain->by_name);
	free(chain->hubs);
	free(chain->addresses);
	free(chain->graph.first);
	free(chain->graph.to);
	free(chain->mark);
	free(chain);
}

void chain_freep(struct chain **chain)
{
	chain_free(*chain);
}

static const char *text(const struct chain *chain, size_t at)
{
	return at == NO_TEXT ? NULL : (const char *)chain->facts.text.bytes + at;
}

/* ---- making ------------------------------------------------------------------------- */

struct edge {
	uint32_t from, to;
};

struct making {
	struct chain *chain;
	struct buf edges; /* struct edge */
};

static int compare_hubs(const void *left, const void *right)
{
	const struct chain_entry *const *a = left, *const *b = right;

	if ((*a)->falls != (*b)->falls)
		return (*a)->falls > (*b)->falls ? -1 : 1;
	return strcmp((*a)->name, (*b)->name);
}

/* Where the search for a name begins. FNV-1a: nobody chooses names to make this slow but for
 * himself. */
static size_t first_slot(const struct chain *chain, const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *c = name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	return (hash ^ hash >> 32) & (chain->n_slots - 1);
}

/* No name is there twice. */
static void add_name(struct chain *chain, uint32_t entry)
{
	size_t slot = first_slot(chain, chain->entries[entry].name);

	while (chain->by_name[slot] > 0)
		slot = (slot + 1) & (chain->n_slots - 1);
	chain->by_name[slot] = entry + 1;
}

static int make_entries(struct chain *chain, struct error *err)
{
	const struct chain_fact *facts = (const void *)chain->facts.facts.bytes;
	size_t n = chain->facts.facts.length / sizeof(*facts);

	chain->graph.n_entries = n;
	chain->n_slots = 16;
	while (chain->n_slots < 2 * n)
		chain->n_slots *= 2;
	chain->entries = calloc(n + 1, sizeof(*chain->entries));
	chain->by_name = calloc(chain->n_slots, sizeof(*chain->by_name));
	if (!chain->entries || !chain->by_name)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < n; i++) {
		chain->entries[i] = (struct chain_entry){.name = text(chain, facts[i].name),
		                                         .user = text(chain, facts[i].user),
		                                         .realm = text(chain, facts[i].realm),
		                                         .role = facts[i].role};
		add_name(chain, (uint32_t)i);
	}
	return 0;
}

static void add_edge(struct making *making, size_t from, size_t to)
{
	struct edge edge = {(uint32_t)from, (uint32_t)to};

	if (from != to)
		buf_add(&making->edges, &edge, sizeof(edge));
}

static int compare_strings(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The node of an address, or 0: no mailbox has it. */
static size_t find_address(const struct chain *chain, const char *address)
{
	size_t n = chain->graph.n_nodes - chain->graph.n_entries;
	const char **found =
		bsearch(&address, chain->addresses, n, sizeof(char *), compare_strings);

	return found ? chain->graph.n_entries + (size_t)(found - chain->addresses) : 0;
}

/* From mailboxes to their addresses. */
static int add_boxes(struct making *making, struct error *err)
{
	struct chain *chain = making->chain;
	const struct chain_at *boxes = (const void *)chain->facts.boxes.bytes;
	size_t n = chain->facts.boxes.length / sizeof(*boxes), kept = 0;

	chain->addresses = calloc(n + 1, sizeof(char *));
	if (!chain->addresses)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < n; i++)
		chain->addresses[i] = text(chain, boxes[i].address);
	qsort(chain->addresses, n, sizeof(char *), compare_strings);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(chain->addresses[kept - 1], chain->addresses[i]) != 0)
			chain->addresses[kept++] = chain->addresses[i];
	chain->graph.n_nodes = chain->graph.n_entries + kept;
	for (size_t i = 0; i < n; i++)
		add_edge(making, boxes[i].fact, find_address(chain, text(chain, boxes[i].address)));
	return 0;
}

/* From addresses to those that have them; what belongs to nobody else, to who has the domain. */
static void add_contacts(struct making *making)
{
	struct chain *chain = making->chain;
	const struct chain_at *contacts = (const void *)chain->facts.contacts.bytes;
	size_t n = chain->facts.contacts.length / sizeof(*contacts);

	if (chain->graph.n_nodes == chain->graph.n_entries)
		return; /* there are no mailboxes */
	for (size_t i = 0; i < n; i++) {
		const char *address = text(chain, contacts[i].address);
		size_t node = find_address(chain, address);

		if (node == 0)
			node = find_address(chain, strchr(address, '@'));
		if (node > 0)
			add_edge(making, node, contacts[i].fact);
	}
}

/* ---- what was said ------------------------------------------------------------------ */

struct named {
	unsigned char uuid[UUID_BYTES];
	uint32_t fact;
};

static int compare_named(const void *left, const void *right)
{
	return memcmp(left, right, UUID_BYTES);
}

/* An entry of that uuid may be in the trash, or in another vault: then nothing falls. */
static int add_said(struct making *making, struct error *err)
{
	struct chain *chain = making->chain;
	const struct chain_fact *facts = (const void *)chain->facts.facts.bytes;
	const struct chain_said *said = (const void *)chain->facts.said.bytes;
	size_t n = chain->facts.said.length / sizeof(*said);
	FREE_AUTO struct named *named = NULL;

	if (n == 0)
		return 0;
	named = calloc(chain->graph.n_entries, sizeof(*named));
	if (!named)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < chain->graph.n_entries; i++) {
		memcpy(named[i].uuid, facts[i].uuid, UUID_BYTES);
		named[i].fact = (uint32_t)i;
	}
	qsort(named, chain->graph.n_entries, sizeof(*named), compare_named);
	for (size_t i = 0; i < n; i++) {
		const struct named *found = bsearch(said[i].uuid, named, chain->graph.n_entries,
		                                    sizeof(*named), compare_named);

		if (found)
			add_edge(making, found->fact, said[i].fact);
	}
	return 0;
}

/* ---- the graph ---------------------------------------------------------------------- */

static int make_graph(struct making *making, struct error *err)
{
	struct chain *chain = making->chain;
	const struct edge *edges = (const void *)making->edges.bytes;
	size_t n = making->edges.length / sizeof(*edges), nodes = chain->graph.n_nodes;

	if (buf_check(&making->edges, err) < 0)
		return -VAULT_FAILED;
	chain->graph.first = calloc(nodes + 2, sizeof(uint32_t));
	chain->graph.to = calloc(n + 1, sizeof(uint32_t));
	chain->mark = calloc(nodes + 1, 4 * sizeof(uint32_t));
	if (n >= UINT32_MAX || !chain->graph.first || !chain->graph.to || !chain->mark)
		return error_set(err, VAULT_FAILED, "out of memory");
	chain->from = chain->mark + nodes;
	chain->steps = chain->from + nodes;
	chain->queue = chain->steps + nodes;
	/* Counted one place further on, so that filling in moves each to where it belongs. */
	for (size_t i = 0; i < n; i++)
		chain->graph.first[edges[i].from + 2]++;
	for (size_t i = 2; i <= nodes; i++)
		chain->graph.first[i] += chain->graph.first[i - 1];
	for (size_t i = 0; i < n; i++)
		chain->graph.to[chain->graph.first[edges[i].from + 1]++] = edges[i].to;
	return 0;
}

/* What falls with an entry into the queue, which it heads itself, addresses in between; gives the
 * length of the queue, and how many entries fall. */
static size_t walk(struct chain *chain, uint32_t start, size_t *ret_falls)
{
	size_t length = 1;

	chain->walks++;
	chain->queue[0] = start;
	chain->mark[start] = chain->walks;
	chain->steps[start] = 0;
	*ret_falls = 0;
	for (size_t at = 0; at < length; at++) {
		uint32_t node = chain->queue[at];

		for (uint32_t i = chain->graph.first[node]; i < chain->graph.first[node + 1]; i++) {
			uint32_t next = chain->graph.to[i];

			if (chain->mark[next] == chain->walks)
				continue;
			chain->mark[next] = chain->walks;
			chain->from[next] = node;
			chain->steps[next] = chain->steps[node] + (next < chain->graph.n_entries);
			chain->queue[length++] = next;
			*ret_falls += next < chain->graph.n_entries;
		}
	}
	return length;
}

static size_t count_by_walk(void *context, uint32_t node)
{
	struct chain *chain = context;
	size_t falls;

	walk(chain, node, &falls);
	return falls + (node < chain->graph.n_entries);
}

static int find_hubs(struct chain *chain, struct error *err)
{
	const struct chain_walker walker = {count_by_walk, chain};
	size_t n_hubs = 0;
	int r = 0;

	if (chain->graph.first[chain->graph.n_nodes] > 0) /* else nothing leads anywhere */
		r = chain_count(&chain->graph, &walker, chain->entries, err);

	for (size_t i = 0; r == 0 && i < chain->graph.n_entries; i++)
		n_hubs += chain->entries[i].falls > 0;
	chain->hubs = calloc(n_hubs + 1, sizeof(struct chain_entry *));
	if (!chain->hubs)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; r == 0 && i < chain->graph.n_entries; i++)
		if (chain->entries[i].falls > 0)
			chain->hubs[chain->n_hubs++] = &chain->entries[i];
	if (chain->n_hubs > 1)
		qsort(chain->hubs, chain->n_hubs, sizeof(struct chain_entry *), compare_hubs);
	return r;
}

int chain_make(struct vault *vault, struct chain **ret_chain, struct error *err)
{
	CHAIN_AUTO *chain = calloc(1, sizeof(*chain));
	struct making making = {.chain = chain};
	int r;

	if (!chain)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = chain_facts_read(vault, &chain->facts, err);
	if (r == 0)
		r = make_entries(chain, err);
	if (r == 0)
		r = add_boxes(&making, err);
	if (r == 0) {
		add_contacts(&making);
		r = add_said(&making, err);
	}
	if (r == 0)
		r = make_graph(&making, err);
	if (r == 0)
		r = find_hubs(chain, err);
	buf_done(&making.edges);
	if (r != 0)
		return r;
	*ret_chain = chain;
	chain = NULL;
	return 0;
}

/* ---- asking ------------------------------------------------------------------------- */

const struct chain_entry *chain_entries(const struct chain *chain, size_t *ret_count)
{
	*ret_count = chain->graph.n_entries;
	return chain->entries;
}

const struct chain_entry *const *chain_hubs(const struct chain *chain, size_t *ret_count)
{
	*ret_count = chain->n_hubs;
	return chain->hubs;
}

const struct chain_entry *chain_find(const struct chain *chain, const char *name)
{
	for (size_t slot = first_slot(chain, name); chain->by_name[slot] > 0;
	     slot = (slot + 1) & (chain->n_slots - 1)) {
		const struct chain_entry *entry = &chain->entries[chain->by_name[slot] - 1];

		if (strcmp(entry->name, name) == 0)
			return entry;
	}
	return NULL;
}

bool chain_is_current(const struct chain *chain, const struct vault *vault)
{
	return !vault->batch && chain->facts.generation > 0 &&
	       chain->facts.generation == vault->state.generation;
}

static const struct chain_fact *facts_of(const struct chain *chain)
{
	return (const struct chain_fact *)(const void *)chain->facts.facts.bytes;
}

int64_t chain_id(const struct chain *chain, const struct chain_entry *entry)
{
	return facts_of(chain)[entry - chain->entries].id;
}

static int compare_ids(const void *left, const void *right)
{
	const struct chain_fact *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

const struct chain_entry *chain_by_id(const struct chain *chain, int64_t id)
{
	const struct chain_fact wanted = {.id = id}, *facts = facts_of(chain), *found;

	found = chain->graph.n_entries > 0 ? bsearch(&wanted, facts, chain->graph.n_entries,
	                                             sizeof(*facts), compare_ids)
	                                   : NULL;
	return found ? &chain->entries[found - facts] : NULL;
}

static int compare_fallen(const void *left, const void *right)
{
	const struct chain_link *a = left, *b = right;

	if (a->steps != b->steps)
		return a->steps < b->steps ? -1 : 1;
	return strcmp(a->entry->name, b->entry->name);
}

/* How the walk came to an entry: from another one, or from the address of one. */
static struct chain_link fallen(const struct chain *chain, uint32_t node)
{
	uint32_t from = chain->from[node];
	bool by_address = from >= chain->graph.n_entries;

	return (struct chain_link){
		.entry = &chain->entries[node],
		.via = &chain->entries[by_address ? chain->from[from] : from],
		.address = by_address ? chain->addresses[from - chain->graph.n_entries] : NULL,
		.steps = chain->steps[node],
	};
}

int chain_falls(struct chain *chain, const struct chain_entry *hub,
                int (*each)(void *context, const struct chain_link *link), void *context,
                struct error *err)
{
	size_t falls, count = 0, length = walk(chain, (uint32_t)(hub - chain->entries), &falls);
	FREE_AUTO struct chain_link *all = calloc(falls + 1, sizeof(*all));
	int r = 0;

	if (!all)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t at = 1; at < length; at++)
		if (chain->queue[at] < chain->graph.n_entries)
			all[count++] = fallen(chain, chain->queue[at]);
	qsort(all, count, sizeof(*all), compare_fallen);
	for (size_t i = 0; i < count && r == 0; i++)
		r = each(context, &all[i]);
	return r;
}
