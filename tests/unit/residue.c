#include "residue.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define PIECE 8
#define STEP 4
#define MASK 0x5a5a5a5a5a5a5a5aULL
#define PIECES_MAX 32768
#define SLOTS (4 * PIECES_MAX) /* of the hash table; a power of two */
#define TOLD 20

struct piece {
	uint64_t masked;
	const char *name;
	size_t offset; /* in the needle */
};

static struct piece table[SLOTS];
static unsigned char first_bytes[65536 / 8]; /* which two bytes, masked, a piece begins with */
static size_t n_pieces;

/* The masked value, byte by byte: the plain one is in no variable that could be found. */
static uint64_t masked_at(const unsigned char *bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < PIECE; i++)
		value |= (uint64_t)(bytes[i] ^ (MASK & 0xff)) << (8 * i);
	return value;
}

static size_t slot_of(uint64_t masked)
{
	return (size_t)((masked * 0x9e3779b97f4a7c15ULL) >> 40) & (SLOTS - 1);
}

static const struct piece *find(uint64_t masked)
{
	for (size_t i = slot_of(masked); table[i].name; i = (i + 1) & (SLOTS - 1))
		if (table[i].masked == masked)
			return &table[i];
	return NULL;
}

void residue_remember(const char *name, const void *bytes, size_t length)
{
	for (size_t at = 0; at + PIECE <= length; at += STEP) {
		uint64_t masked = masked_at((const unsigned char *)bytes + at);
		size_t i = slot_of(masked);

		assert_true(n_pieces++ < PIECES_MAX);
		while (table[i].name)
			i = (i + 1) & (SLOTS - 1);
		table[i] = (struct piece){masked, name, at};
		first_bytes[(masked & 0xffff) / 8] |= (unsigned char)(1 << (masked & 7));
	}
}

struct search {
	const char *only;
	bool tell;
	int found;
};

static void count_in(struct search *search, const unsigned char *start, const unsigned char *end,
                     const char *mapping)
{
	for (const unsigned char *at = start; at + PIECE <= end; at++) {
		unsigned first = (at[0] | (unsigned)at[1] << 8) ^ (MASK & 0xffff);
		const struct piece *piece;

		if (!(first_bytes[first / 8] & 1 << (first & 7)))
			continue;
		piece = find(masked_at(at));
		if (!piece || (search->only && strcmp(search->only, piece->name) != 0))
			continue;
		if (search->tell && search->found < TOLD)
			print_message("# byte %zu of %s at %p, %zu bytes into %s", piece->offset,
			              piece->name, (const void *)at, (size_t)(at - start), mapping);
		search->found++;
	}
}

int residue_count(const char *only, bool tell)
{
	struct search search = {only, tell, 0};
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512], *rest;

	if (!maps)
		return -1;
	while (fgets(line, sizeof(line), maps)) {
		uintptr_t start = strtoul(line, &rest, 16), end = strtoul(rest + 1, &rest, 16);

		if (strncmp(rest, " rw", 3) == 0)
			count_in(&search, (const unsigned char *)start, (const unsigned char *)end,
			         line);
	}
	fclose(maps);
	return search.found;
}
