/*
 * Which of many passwords differ in one place alone, without comparing each with each: x and y do,
 * if without a few characters there they are the same. So for each place in turn the passwords are
 * hashed without none, one, two and three characters from there on; who meets another differs
 * from it by no more (Mor and Fraenkel's deletions, Commun. ACM 25, 1982).
 */
#include "audit/kin.h"

#include <string.h>

#include "base/cleanup.h"
#include "vault/internal.h"
#include "vault/variant.h"

#define BYTES_MAX (4 * VARIANT_CHARACTERS_MAX)
#define STACK_WIPED ((size_t)8 * 1024) /* bytes */

struct edits {
	struct kin *kin;
	const struct mark *marks;
	size_t count;
	unsigned char key[SHORT_HASH_KEY_BYTES];
	unsigned char rest[BYTES_MAX]; /* of one password */
};

static const unsigned char *value_of(const struct edits *edits, size_t i, size_t *ret_length)
{
	const struct member *member = &edits->kin->members[edits->marks[i].who];

	*ret_length = member->length < BYTES_MAX ? member->length : BYTES_MAX;
	return edits->kin->values->bytes + member->value;
}

/* Behind the character at `at`, in UTF-8; what else there is may miss a neighbour. */
static size_t next(const unsigned char *value, size_t length, size_t at)
{
	at++;
	while (at < length && (value[at] & 0xc0) == 0x80)
		at++;
	return at;
}

/* How many bytes all of them begin with. */
static size_t common_start(const struct edits *edits)
{
	size_t common, length;
	const unsigned char *first = value_of(edits, 0, &common), *value;

	for (size_t i = 1; i < edits->count; i++) {
		value = value_of(edits, i, &length);
		common = length < common ? length : common;
		for (size_t at = 0; at < common; at++)
			if (value[at] != first[at])
				common = at;
	}
	while (common > 0 && (first[common] & 0xc0) == 0x80)
		common--;
	return common;
}

/* Of each character the bytes that begin it are counted. */
static size_t characters(const unsigned char *value, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += (value[i] & 0xc0) != 0x80;
	return count;
}

/* One password without its characters from `place`, a byte, on: as many marks as characters may go
 * there. */
static int mark_one(struct edits *edits, size_t i, size_t place, struct marks *marks,
                    struct error *err)
{
	size_t length, after = place, few;
	const unsigned char *value = value_of(edits, i, &length);
	int r = 0;

	if (length == 0)
		return 0; /* erased */
	few = variant_few(characters(value, length));
	memcpy(edits->rest, value, place < length ? place : length);
	for (size_t gone = 0; gone <= few && after <= length && r == 0; gone++) {
		memcpy(edits->rest + place, value + after, length - after);
		r = marks_add(marks, short_hash(edits->rest, place + length - after, edits->key),
		              edits->marks[i].who, false, err);
		after = after < length ? next(value, length, after) : length + 1;
	}
	return r;
}

static int link_met(struct edits *edits, struct marks *marks, struct error *err)
{
	size_t run;
	int r = marks_meet(marks, err);

	for (size_t at = 0; at < marks->count && r == 0; at += run) {
		run = marks_run(marks, at);
		r = kin_link(edits->kin, marks->items + at, run, err);
	}
	return r;
}

int kin_link_edits(struct kin *kin, const struct mark *marks, size_t count, struct error *err)
{
	struct edits edits = {.kin = kin, .marks = marks, .count = count};
	size_t longest = 0, length;
	int r = 0;

	if (count == 2)
		return kin_link(kin, marks, count, err);
	for (size_t i = 0; i < count; i++) {
		value_of(&edits, i, &length);
		longest = length > longest ? length : longest;
	}
	crypto_random(edits.key, sizeof(edits.key));
	for (size_t place = common_start(&edits); place <= longest && r == 0; place++) {
		MARKS_AUTO here = {0};

		for (size_t i = 0; i < count && r == 0; i++)
			r = mark_one(&edits, i, place, &here, err);
		if (r == 0)
			r = link_met(&edits, &here, err);
	}
	secret_wipe(&edits, sizeof(edits));
	secret_leave_nothing(STACK_WIPED);
	return r;
}
