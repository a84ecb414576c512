/*
 * Memory for the keys that the agent holds: memfd_secret(2) where the kernel has it, pages that
 * even the kernel does not map and root's debugger cannot read; else guarded, locked memory as
 * struct secret has it. Left out of core dumps and never swapped.
 */
#ifndef AGENT_HIDDEN_H
#define AGENT_HIDDEN_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>
#include <vault/secret.h>

struct hidden {
	unsigned char *bytes;
	size_t size;
	bool from_kernel;      /* hidden from the kernel, too */
	bool locked;           /* cannot be swapped out */
	struct secret *secret; /* what it is made of otherwise */
};

/* Zeroed memory of at most a page. */
int hidden_start(struct hidden *hidden, size_t size, struct error *err);

void hidden_done(struct hidden *hidden); /* wipes and gives back; a zeroed struct is fine */

#endif
