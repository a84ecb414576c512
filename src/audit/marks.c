#include "audit/marks.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* Bits of the sieve for each mark: one mark in this number stays by chance, and is sorted out
 * later. */
#define BITS_EACH 16

int marks_add(struct marks *marks, uint64_t hash, uint32_t who, bool sure, struct error *err)
{
	struct mark *items = list_room(marks->items, marks->count, &marks->room, sizeof(*items));

	if (!items)
		return error_set(err, VAULT_FAILED, "out of memory");
	marks->items = items;
	items[marks->count++] = (struct mark){hash, who, sure};
	return 0;
}

static bool bit_is_set(const uint64_t *bits, uint64_t at)
{
	return bits[at >> 6] >> (at & 63) & 1;
}

static void bit_set(uint64_t *bits, uint64_t at)
{
	bits[at >> 6] |= (uint64_t)1 << (at & 63);
}

/* Most hashes meet no other, and need not be sorted: what is alone with its bit goes. */
static int sieve(struct marks *marks, struct error *err)
{
	size_t bits = 64, kept = 0;
	FREE_AUTO uint64_t *once = NULL;
	FREE_AUTO uint64_t *again = NULL;

	while (bits < BITS_EACH * marks->count)
		bits *= 2;
	once = calloc(bits / 64, sizeof(*once));
	again = calloc(bits / 64, sizeof(*again));
	if (!once || !again)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < marks->count; i++) {
		uint64_t at = marks->items[i].hash & (bits - 1);

		bit_set(bit_is_set(once, at) ? again : once, at);
	}
	for (size_t i = 0; i < marks->count; i++)
		if (bit_is_set(again, marks->items[i].hash & (bits - 1)))
			marks->items[kept++] = marks->items[i];
	marks->count = kept;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct mark *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->who > b->who) - (a->who < b->who);
}

size_t marks_run(const struct marks *marks, size_t at)
{
	size_t end = at;

	while (end < marks->count && marks->items[end].hash == marks->items[at].hash)
		end++;
	return end - at;
}

int marks_meet(struct marks *marks, struct error *err)
{
	size_t kept = 0, run;
	int r = sieve(marks, err);

	if (r < 0 || marks->count == 0)
		return r;
	qsort(marks->items, marks->count, sizeof(struct mark), compare);
	for (size_t at = 0; at < marks->count; at += run) {
		run = marks_run(marks, at);
		for (size_t i = 0; run > 1 && i < run; i++)
			marks->items[kept++] = marks->items[at + i];
	}
	marks->count = kept;
	return 0;
}

void marks_done(struct marks *marks)
{
	free(marks->items);
	*marks = (struct marks){0};
}
