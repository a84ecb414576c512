#include "base/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024)
#define ALIGNMENT _Alignof(max_align_t)

struct pool_chunk {
	struct pool_chunk *next;
	max_align_t bytes[];
};

static int add_chunk(struct pool *pool, size_t size)
{
	size_t room = size > CHUNK_BYTES ? size : CHUNK_BYTES;
	struct pool_chunk *chunk = NULL;

	if (room <= SIZE_MAX - sizeof(*chunk))
		chunk = calloc(1, sizeof(*chunk) + room);
	if (!chunk)
		return -1;
	chunk->next = pool->chunks;
	pool->chunks = chunk;
	pool->used = 0;
	pool->room = room;
	return 0;
}

void *pool_get(struct pool *pool, size_t size)
{
	size_t whole = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	void *bytes;

	if (whole < size || (whole > pool->room - pool->used && add_chunk(pool, whole) < 0)) {
		pool->failed = 1;
		return NULL;
	}
	bytes = (unsigned char *)pool->chunks->bytes + pool->used;
	pool->used += whole;
	return bytes;
}

void *pool_copy(struct pool *pool, const void *bytes, size_t size)
{
	void *copy = bytes ? pool_get(pool, size) : NULL;

	if (copy && size > 0)
		memcpy(copy, bytes, size);
	return copy;
}

char *pool_string(struct pool *pool, const char *string)
{
	return string ? pool_copy(pool, string, strlen(string) + 1) : NULL;
}

void pool_done(struct pool *pool)
{
	while (pool->chunks) {
		struct pool_chunk *next = pool->chunks->next;

		free(pool->chunks);
		pool->chunks = next;
	}
	*pool = (struct pool){0};
}
