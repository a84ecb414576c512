/*
 * Memory that is given back all at once: for results of many small parts that live and die together
 * and are not secret.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

struct pool {
	struct pool_chunk *chunks;
	size_t used, room; /* of the first */
	int failed;        /* something could not be had: check once, at the end */
};

/* Zeroed, aligned for anything; NULL for want of memory. */
void *pool_get(struct pool *pool, size_t size);
/* Copies; NULL gives NULL. */
void *pool_copy(struct pool *pool, const void *bytes, size_t size);
char *pool_string(struct pool *pool, const char *string);

void pool_done(struct pool *pool);

#endif
