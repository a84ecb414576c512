/*
 * Which of many passwords are one edit apart, without comparing each with each: x and y are, if x
 * without its character at some place is y, or y without the one at the same place. So for each
 * place in turn the passwords are hashed without that character, and as they are; who meets
 * another there is one edit away (Mor and Fraenkel's deletions, Commun. ACM 25, 1982).
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

/* Those that have a character at `place`, a byte, marked by the hash of the rest; and all. */
static int mark_place(struct edits *edits, size_t place, struct marks *marks, bool *ret_more,
                      struct error *err)
{
	int r = 0;

	*ret_more = false;
	for (size_t i = 0; i < edits->count && r == 0; i++) {
		size_t length, after;
		const unsigned char *value = value_of(edits, i, &length);

		if (length == 0)
			continue; /* erased */
		r = marks_add(marks, short_hash(value, length, edits->key), edits->marks[i].who,
		              false, err);
		*ret_more |= place + 1 < length;
		if (r < 0 || place >= length)
			continue;
		after = next(value, length, place);
		memcpy(edits->rest, value, place);
		memcpy(edits->rest + place, value + after, length - after);
		r = marks_add(marks, short_hash(edits->rest, place + length - after, edits->key),
		              edits->marks[i].who, false, err);
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
	bool more = true;
	int r = 0;

	crypto_random(edits.key, sizeof(edits.key));
	for (size_t place = common_start(&edits); more && r == 0; place++) {
		MARKS_AUTO here = {0};

		r = mark_place(&edits, place, &here, &more, err);
		if (r == 0)
			r = link_met(&edits, &here, err);
	}
	secret_wipe(&edits, sizeof(edits));
	secret_leave_nothing(STACK_WIPED);
	return r;
}
