/* The recovery chain inside: what is read from the rows, and the graph made of it. */
#ifndef AUDIT_CHAIN_H
#define AUDIT_CHAIN_H

#include <vault/chain.h>

#include "base/buf.h"
#include "base/uuid.h"

/* ---- facts (chain_read.c) ----------------------------------------------------------- */

#define NO_TEXT SIZE_MAX

struct chain_fact {
	int64_t id;
	size_t name, user, realm; /* in the text; NO_TEXT: there is none */
	unsigned char uuid[UUID_BYTES];
	enum role role;
};

/* A mailbox has this address, or can be reached under it. One that begins with @ is a whole
 * domain. */
struct chain_at {
	size_t address; /* in the text */
	uint32_t fact;
};

/* It was said that `fact` is reset through the entry of this uuid. */
struct chain_said {
	unsigned char uuid[UUID_BYTES];
	uint32_t fact;
};

struct chain_facts {
	struct buf text;     /* strings with their NUL */
	struct buf facts;    /* struct chain_fact, in the order of the rows */
	struct buf boxes;    /* struct chain_at: of mailboxes */
	struct buf contacts; /* struct chain_at: of all the others */
	struct buf said;     /* struct chain_said */
	uint64_t generation; /* of the vault they were read from; 0: it may change at any time */
};

/* In the order of the rows, which is that of the ids. */
int chain_facts_read(struct vault *vault, struct chain_facts *facts, struct error *err);
void chain_facts_done(struct chain_facts *facts);

/* ---- for the other parts of an audit (chain.c) --------------------------------------- */

/* Is the vault still as it was when the chain was made? In a transaction. */
bool chain_is_current(const struct chain *chain, const struct vault *vault);
/* The live entry of that row; NULL: there is none. */
const struct chain_entry *chain_by_id(const struct chain *chain, int64_t id);
/* The row of one of its entries. */
int64_t chain_id(const struct chain *chain, const struct chain_entry *entry);

/* ---- the graph (chain.c, chain_count.c) --------------------------------------------- */

/* Its nodes are the entries and, behind them, the addresses of mailboxes. Node i leads to
 * to[first[i]] … to[first[i + 1] - 1]. */
struct chain_graph {
	size_t n_entries, n_nodes;
	uint32_t *first, *to;
};

/* Counts the entries that can be reached from a node, itself included, one by one. */
struct chain_walker {
	size_t (*walk)(void *context, uint32_t node);
	void *context;
};

/* Sets `falls` of every entry. In proportion to the graph, where no two ways lead to one entry;
 * the walker counts for those that have such ways behind them. */
int chain_count(const struct chain_graph *graph, const struct chain_walker *walker,
                struct chain_entry *entries, struct error *err);

#endif
