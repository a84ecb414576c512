/*
 * Marks: who has which hash; and who has one in common with somebody else, in time proportional to
 * their number.
 *
 * The hashes are spread evenly (keyed BLAKE2b or SipHash) and no secrets without their key.
 */
#ifndef AUDIT_MARKS_H
#define AUDIT_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

struct mark {
	uint64_t hash;
	uint32_t who;
	bool sure; /* see variant.h; the same for all of one hash */
};

struct marks {
	struct mark *items;
	size_t count, room;
};

int marks_add(struct marks *marks, uint64_t hash, uint32_t who, bool sure, struct error *err);

/* Leaves those whose hash is there more than once, ordered by hash and then by `who`. */
int marks_meet(struct marks *marks, struct error *err);

/* The number of marks from `at` on that have its hash. */
size_t marks_run(const struct marks *marks, size_t at);

void marks_done(struct marks *marks);
#define MARKS_AUTO __attribute__((cleanup(marks_done))) struct marks

#endif
