#include "vault/variant.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "crypto/seal.h"
#include "vault/shape.h"

#define STACK_WIPED ((size_t)16 * 1024)
#define HALVES_MIN 4 /* characters; shorter ones have no halves to speak of */
#define TWO_MIN 8
#define THREE_MIN 12

/* ---- forms -------------------------------------------------------------------------- */

struct former {
	const unsigned char *key;
	struct variant_forms *forms;
};

static void add_form(struct former *former, char letter, const uint32_t *c, size_t n, bool mirrored)
{
	struct variant_forms *forms = former->forms;
	unsigned char hash[HASH_BYTES], bytes[1 + 4 * VARIANT_CHARACTERS_MAX];

	if (n == 0)
		return;
	bytes[0] = (unsigned char)letter;
	for (size_t i = 0; i < n; i++)
		put_u32(bytes + 1 + 4 * i, c[mirrored ? n - 1 - i : i]);
	hash_bytes(hash, bytes, 1 + 4 * n, former->key);
	secret_wipe(bytes, 1 + 4 * n);
	/* A form may be there already: without the entry's words it can be the same. */
	for (size_t i = 0; i < forms->count; i++)
		if (memcmp(forms->hashes[i], hash, VARIANT_FORM_BYTES) == 0)
			return;
	memcpy(forms->hashes[forms->count++], hash, VARIANT_FORM_BYTES);
}

/* Taken from the end that sorts first. */
static void add_from_either_end(struct former *former, char letter, const struct reading *reading)
{
	bool mirrored = false;

	for (size_t i = 0; i < reading->n; i++) {
		uint32_t front = reading->c[i], back = reading->c[reading->n - 1 - i];

		if (front != back) {
			mirrored = back < front;
			break;
		}
	}
	add_form(former, letter, reading->c, reading->n, mirrored);
}

static void add_ends(struct former *former, const struct reading *raw, size_t half)
{
	add_form(former, 'H', raw->c, half, false);
	add_form(former, 'T', raw->c + raw->n - half, half, false);
}

static void add_halves(struct former *former, const struct reading *raw)
{
	if (raw->n < HALVES_MIN)
		return;
	add_ends(former, raw, raw->n / 2);
	/* What one character fewer has for halves, or two. */
	if (raw->n % 2 == 0 || raw->n > TWO_MIN)
		add_ends(former, raw, raw->n / 2 - 1);
}

void variant_forms(const struct secret *password, const struct entry *entry,
                   const unsigned char key[FINGERPRINT_KEY_BYTES], struct variant_forms *ret_forms)
{
	struct former former = {key, ret_forms};
	struct shape shape;

	*ret_forms = (struct variant_forms){0};
	if (shape_of(password, entry, &shape)) {
		add_from_either_end(&former, 'W', &shape.letters);
		add_from_either_end(&former, 'W', &shape.bare);
		add_form(&former, 'R', shape.rest.c, shape.rest.n, false);
		add_from_either_end(&former, 'L', &shape.lookalikes);
		add_form(&former, 'K', shape.keys.c, shape.keys.n, false);
		ret_forms->n_sure = ret_forms->count;
		add_halves(&former, &shape.raw);
	}
	shape_wipe(&shape);
	secret_leave_nothing(STACK_WIPED);
}

/* ---- comparison --------------------------------------------------------------------- */

enum kept {
	KEPT_DIGITS,
	KEPT_SYMBOLS,
	KEPT_LETTERS
};

static struct reading keep(const struct reading *raw, enum kept what)
{
	struct reading kept = {0};

	for (size_t i = 0; i < raw->n; i++) {
		bool letter = character_is_letter(character_small(raw->c[i]));
		bool digit = character_is_digit(raw->c[i]);
		enum kept is = letter ? KEPT_LETTERS : digit ? KEPT_DIGITS : KEPT_SYMBOLS;

		if (is == what)
			kept.c[kept.n++] = raw->c[i];
	}
	return kept;
}

static bool year_at(const struct reading *raw, size_t at)
{
	const uint32_t *c = raw->c + at;

	if (at + 4 > raw->n || (at > 0 && character_is_digit(c[-1])) ||
	    (at + 4 < raw->n && character_is_digit(c[4])))
		return false;
	for (size_t i = 0; i < 4; i++)
		if (!character_is_digit(c[i]))
			return false;
	return (c[0] == '1' && c[1] == '9') || (c[0] == '2' && c[1] == '0');
}

/* Both with the same digits once years are left out, and each has one? */
static bool years_differ(const struct reading *a, const struct reading *b)
{
	struct reading left[2] = {{0}, {0}};
	const struct reading *both[2] = {a, b};
	size_t years[2] = {0};
	bool same;

	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; i < both[side]->n;) {
			if (year_at(both[side], i)) {
				years[side]++;
				i += 4;
				continue;
			}
			if (character_is_digit(both[side]->c[i]))
				left[side].c[left[side].n++] = both[side]->c[i];
			i++;
		}
	same = years[0] > 0 && years[1] > 0 && reading_equal(&left[0], &left[1]);
	secret_wipe(left, sizeof(left));
	return same;
}

/* What differs where the letters are the same. */
static unsigned around_letters(const struct shape *a, const struct shape *b, bool mirrored)
{
	struct reading kept[2];
	unsigned how = mirrored ? VARIANT_REVERSED : 0;

	kept[0] = keep(&a->raw, KEPT_DIGITS);
	kept[1] = keep(&b->raw, KEPT_DIGITS);
	if (!reading_equal(&kept[0], &kept[1]) &&
	    !(mirrored && reading_mirrors(&kept[0], &kept[1])))
		how |= years_differ(&a->raw, &b->raw) ? VARIANT_YEAR : VARIANT_DIGITS;
	kept[0] = keep(&a->raw, KEPT_SYMBOLS);
	kept[1] = keep(&b->raw, KEPT_SYMBOLS);
	if (!reading_equal(&kept[0], &kept[1]) &&
	    !(mirrored && reading_mirrors(&kept[0], &kept[1])))
		how |= VARIANT_SYMBOLS;
	if (a->n_seasons != b->n_seasons ||
	    memcmp(a->seasons, b->seasons, a->n_seasons * sizeof(a->seasons[0])) != 0) {
		how |= VARIANT_SEASON;
	} else {
		kept[0] = keep(&a->raw, KEPT_LETTERS);
		kept[1] = keep(&b->raw, KEPT_LETTERS);
		if (!(mirrored ? reading_mirrors(&kept[0], &kept[1])
		               : reading_equal(&kept[0], &kept[1])))
			how |= VARIANT_CASE;
	}
	secret_wipe(kept, sizeof(kept));
	return how ? how : VARIANT_MOVED;
}

size_t variant_few(size_t n)
{
	return n >= THREE_MIN ? 3 : n >= TWO_MIN ? 2 : 1;
}

/* Do they differ in one place alone, by few characters for their length or by two neighbours that
 * changed places? One character is a Levenshtein distance of 1. */
static unsigned in_one_place(const struct reading *a, const struct reading *b)
{
	const struct reading *longer = a->n >= b->n ? a : b, *shorter = longer == a ? b : a;
	size_t front = 0, back = 0, differ;

	while (front < shorter->n && longer->c[front] == shorter->c[front])
		front++;
	while (back < shorter->n - front &&
	       longer->c[longer->n - 1 - back] == shorter->c[shorter->n - 1 - back])
		back++;
	differ = longer->n - front - back;
	if (differ == 1)
		return VARIANT_CHARACTER;
	if (differ == 2 && a->n == b->n && a->c[front] == b->c[front + 1] &&
	    a->c[front + 1] == b->c[front])
		return VARIANT_FEW;
	return differ <= variant_few(longer->n) ? VARIANT_FEW : 0;
}
/* Do both have this form, and is it the same from either end? */
static bool meet(const struct reading *a, const struct reading *b, bool *ret_mirrored)
{
	*ret_mirrored = a->n > 0 && !reading_equal(a, b) && reading_mirrors(a, b);
	return a->n > 0 && (*ret_mirrored || reading_equal(a, b));
}

/* The letters of one are those of the other without the words of its entry, or both are. */
static bool meet_bare(const struct shape *a, const struct shape *b)
{
	bool mirrored;

	return meet(&a->bare, &b->bare, &mirrored) || meet(&a->bare, &b->letters, &mirrored) ||
	       meet(&a->letters, &b->bare, &mirrored) || meet(&a->rest, &b->rest, &mirrored);
}

static unsigned compare(const struct shape *a, const struct shape *b)
{
	bool mirrored;

	if (reading_equal(&a->raw, &b->raw))
		return 0;
	if (meet(&a->letters, &b->letters, &mirrored))
		return a->twice != b->twice ? VARIANT_TWICE : around_letters(a, b, mirrored);
	if (meet(&a->lookalikes, &b->lookalikes, &mirrored))
		return (a->twice != b->twice ? VARIANT_TWICE : VARIANT_LOOKALIKE) |
		       (mirrored ? VARIANT_REVERSED : 0);
	if (meet_bare(a, b))
		return VARIANT_SERVICE;
	if (meet(&a->keys, &b->keys, &mirrored) && !mirrored)
		return VARIANT_KEYBOARD;
	return in_one_place(&a->raw, &b->raw);
}

unsigned variant_compare(const struct secret *a, const struct entry *a_entry,
                         const struct secret *b, const struct entry *b_entry)
{
	struct shape shapes[2];
	unsigned how = 0;

	if (shape_of(a, a_entry, &shapes[0]) && shape_of(b, b_entry, &shapes[1]))
		how = compare(&shapes[0], &shapes[1]);
	shape_wipe(&shapes[0]);
	shape_wipe(&shapes[1]);
	secret_leave_nothing(STACK_WIPED);
	return how;
}

/* ---- words -------------------------------------------------------------------------- */

const char *variant_words(unsigned how, char text[VARIANT_WORDS_SIZE])
{
	static const char *const words[] = {
		"upper and lower case",
		"year changed",
		"digits changed",
		"symbols changed",
		"digits or symbols in another place",
		"season or month changed",
		"the service's name in it",
		"look-alike characters",
		"shifted on the keyboard",
		"reversed",
		"one character differs",
		"what differs is not known any more",
		"written twice",
		"a few characters in one place",
	};
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		int n;

		if (!(how & 1u << i))
			continue;
		n = snprintf(text + length, VARIANT_WORDS_SIZE - length, "%s%s",
		             length > 0 ? ", " : "", words[i]);
		length += n > 0 && (size_t)n < VARIANT_WORDS_SIZE - length ? (size_t)n : 0;
	}
	return text;
}
