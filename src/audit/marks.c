#include "audit/marks.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"

/* Places of the sieve for each mark, where it counts to two: the marks of one place in this number
 * stay by chance. They go through a second time, by other bits of their hashes. */
#define PLACES_EACH 8

int marks_add(struct marks *marks, uint64_t hash, uint32_t who, bool sure, struct error *err)
{
	struct mark *items = list_room(marks->items, marks->count, &marks->room, sizeof(*items));

	if (!items)
		return error_set(err, VAULT_FAILED, "out of memory");
	marks->items = items;
	items[marks->count++] = (struct mark){hash, who, sure};
	return 0;
}

/* Most hashes meet no other, and need not be sorted: what is alone in its place goes. */
static int sieve(struct marks *marks, unsigned shift, struct error *err)
{
	size_t places = 64, kept = 0;
	FREE_AUTO uint64_t *counts = NULL; /* two bits each: there once, there again */

	while (places < PLACES_EACH * marks->count)
		places *= 2;
	counts = calloc(places / 32, sizeof(*counts));
	if (!counts)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < marks->count; i++) {
		uint64_t at = marks->items[i].hash >> shift & (places - 1);
		uint64_t *word = &counts[at >> 5];
		unsigned bit = 2 * (at & 31);

		*word |= (*word >> bit & 1) ? UINT64_C(2) << bit : UINT64_C(1) << bit;
	}
	for (size_t i = 0; i < marks->count; i++) {
		uint64_t at = marks->items[i].hash >> shift & (places - 1);

		if (counts[at >> 5] >> (2 * (at & 31)) & 2)
			marks->items[kept++] = marks->items[i];
	}
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
	int r = sieve(marks, 0, err);

	if (r == 0)
		r = sieve(marks, 32, err);
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
