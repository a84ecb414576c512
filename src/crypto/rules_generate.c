/*
 * Passwords that satisfy rules, drawn evenly. The contract is in vault/rules.h.
 *
 * Drawing until one fits would be hopeless where few do. So the ways to finish a password are
 * counted, from its end to its beginning, and each character is drawn by how many ways lead on from
 * it. Characters that are in the same required sets are alike, and make up a kind. What is still
 * needed of each set is one number, `needs`, whose digits (to the base need + 1) count down to 0.
 *
 * To finish with n characters more, when the last one was of kind k and `needs` is open:
 *
 *     fresh(n, needs, k)   with another character than the last one next, or none: n = 0
 *     first(n, needs, k)   any, when the last one has come once in a row:
 *                          the sum of fresh(n - j, needs less j of kind k, k) over the j more of it
 *
 * Each is divided by (characters in all)^n, so that it is a share and no overflow is near.
 */
#include <vault/generate.h>
#include <vault/rules.h>

#include <math.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "crypto/seal.h"

#define STATES_MAX 4096 /* kinds times needs; real rules have less than a hundred */

struct count {
	unsigned length;      /* of the longest password that is counted */
	unsigned consecutive; /* equal characters in a row */
	unsigned size;        /* characters in all */
	unsigned n_kinds, n_needs;
	unsigned char sets[RULES_CHARACTERS]; /* of each kind */
	unsigned kind_size[RULES_CHARACTERS];
	unsigned char kind[RULES_CHARACTERS]; /* of each character that is drawn */
	unsigned *less;                       /* needs after one more of a kind */
	long double *fresh, *first;
};

static void count_done(struct count *count)
{
	free(count->less);
	free(count->fresh);
	free(count->first);
}

static size_t at(const struct count *count, unsigned n, unsigned needs, unsigned kind)
{
	return ((size_t)n * count->n_needs + needs) * count->n_kinds + kind;
}

static unsigned less(const struct count *count, unsigned needs, unsigned kind)
{
	return count->less[needs * count->n_kinds + kind];
}

static void sort_into_kinds(struct count *count, const struct rules *rules)
{
	for (unsigned c = 0; c < RULES_CHARACTERS; c++) {
		unsigned kind = 0;

		if (!rules->drawn[c])
			continue;
		while (kind < count->n_kinds && count->sets[kind] != rules->sets[c])
			kind++;
		count->n_kinds += kind == count->n_kinds;
		count->sets[kind] = rules->sets[c];
		count->kind[c] = (unsigned char)kind;
		count->kind_size[kind]++;
		count->size++;
	}
}

/* Takes one off each digit of `needs` whose set the kind is in. */
static unsigned take_one(const struct rules *rules, unsigned needs, unsigned sets)
{
	unsigned left = needs, weight = 1;

	for (unsigned i = 0; i < rules->n_required; i++) {
		unsigned base = rules->need[i] + 1;

		if (sets & 1U << i && needs / weight % base > 0)
			left -= weight;
		weight *= base;
	}
	return left;
}

static int prepare(struct count *count, const struct rules *rules, unsigned length,
                   struct error *err)
{
	size_t cells;

	*count = (struct count){.length = length, .n_needs = 1};
	count->consecutive = rules->max_consecutive ? rules->max_consecutive : length;
	sort_into_kinds(count, rules);
	for (unsigned i = 0; i < rules->n_required; i++) {
		if (rules->need[i] >= STATES_MAX / (count->n_needs * count->n_kinds))
			return error_set(err, VAULT_USAGE,
			                 "the rules require too many things at once");
		count->n_needs *= rules->need[i] + 1;
	}
	cells = (size_t)count->n_needs * count->n_kinds;
	count->less = calloc(cells, sizeof(*count->less));
	count->fresh = calloc(cells * (length + 1), sizeof(*count->fresh));
	count->first = calloc(cells * (length + 1), sizeof(*count->first));
	if (!count->less || !count->fresh || !count->first)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (unsigned needs = 0; needs < count->n_needs; needs++)
		for (unsigned kind = 0; kind < count->n_kinds; kind++)
			count->less[needs * count->n_kinds + kind] =
				take_one(rules, needs, count->sets[kind]);
	return 0;
}

/* The share that begins with a character of `kind`, which is not the last one (of kind `last`;
 * n_kinds: there is none), of all ways of n characters. */
static long double begin_with(const struct count *count, unsigned n, unsigned needs, unsigned kind,
                              unsigned last)
{
	unsigned choices = count->kind_size[kind] - (kind == last);

	return choices * count->first[at(count, n - 1, less(count, needs, kind), kind)] /
	       count->size;
}

/* All ways of n characters when the last one, of `kind`, has come `row` times. */
static long double go_on(const struct count *count, unsigned n, unsigned needs, unsigned kind,
                         unsigned row)
{
	long double share = 0, scale = 1;

	for (unsigned more = 0; row + more <= count->consecutive && more <= n; more++) {
		share += scale * count->fresh[at(count, n - more, needs, kind)];
		scale /= count->size;
		needs = less(count, needs, kind);
	}
	return share;
}

static void count_ways(struct count *count)
{
	for (unsigned n = 0; n <= count->length; n++) {
		for (unsigned needs = 0; needs < count->n_needs; needs++) {
			for (unsigned kind = 0; kind < count->n_kinds; kind++) {
				long double share = n == 0 && needs == 0;

				for (unsigned next = 0; n > 0 && next < count->n_kinds; next++)
					share += begin_with(count, n, needs, next, kind);
				count->fresh[at(count, n, needs, kind)] = share;
			}
		}
		for (unsigned needs = 0; needs < count->n_needs; needs++)
			for (unsigned kind = 0; kind < count->n_kinds; kind++)
				count->first[at(count, n, needs, kind)] =
					go_on(count, n, needs, kind, 1);
	}
}

static long double share_of_length(const struct count *count, unsigned length)
{
	long double share = 0;

	for (unsigned kind = 0; kind < count->n_kinds; kind++)
		share += begin_with(count, length, count->n_needs - 1, kind, count->n_kinds);
	return share;
}

/* The which-th character of a kind, `last` (a distance from the space; negative: none) left out. */
static unsigned character(const struct count *count, const struct rules *rules, unsigned kind,
                          unsigned which, int last)
{
	unsigned c = 0;

	for (;; c++) {
		if (!rules->drawn[c] || count->kind[c] != kind || (int)c == last)
			continue;
		if (which-- == 0)
			return c;
	}
}

/* Below `limit`, evenly. */
static long double random_share(long double limit)
{
	uint64_t bits;

	randombytes_buf(&bits, sizeof(bits));
	return limit * ldexpl((long double)bits, -64);
}

static void draw(const struct count *count, const struct rules *rules, unsigned char *password,
                 unsigned length)
{
	unsigned needs = count->n_needs - 1, kind = count->n_kinds, row = 0;
	int last = -1;

	for (unsigned n = length; n > 0; n--) {
		long double ways[RULES_CHARACTERS + 1], all = 0;
		unsigned choice = 0, chosen = 0;

		for (unsigned next = 0; next < count->n_kinds; next++)
			all += ways[next] = begin_with(count, n, needs, next, kind);
		ways[count->n_kinds] = 0;
		if (row > 0 && row < count->consecutive)
			ways[count->n_kinds] =
				go_on(count, n - 1, less(count, needs, kind), kind, row + 1) /
				count->size;
		all += ways[count->n_kinds];
		all = random_share(all);
		/* Rounding must not end in a choice from which no way leads on. */
		for (; choice <= count->n_kinds && (choice == 0 || all >= 0); choice++) {
			if (ways[choice] > 0)
				chosen = choice;
			all -= ways[choice];
		}
		if (chosen < count->n_kinds) {
			unsigned choices = count->kind_size[chosen] - (chosen == kind);
			last = (int)character(count, rules, chosen, randombytes_uniform(choices),
			                      chosen == kind ? last : -1);
			kind = chosen;
			row = 0;
		}
		row++;
		needs = less(count, needs, kind);
		password[length - n] = (unsigned char)(' ' + last);
	}
}

/* The longest length that is allowed and can be met. */
static int choose_length(const struct count *count, const struct rules *rules, unsigned *ret_length,
                         struct error *err)
{
	unsigned shortest = rules->min_length > 0 ? rules->min_length : 1;

	for (unsigned length = count->length; length >= shortest; length--) {
		if (share_of_length(count, length) > 0) {
			*ret_length = length;
			return 0;
		}
	}
	return error_set(err, VAULT_USAGE, "no password of up to %u characters satisfies the rules",
	                 count->length);
}

static unsigned longest(const struct rules *rules)
{
	unsigned length = GENERATE_LENGTH_LONGEST;

	if (rules->max_length > 0 && rules->max_length < length)
		return rules->max_length;
	return rules->min_length > length ? rules->min_length : length;
}

static int check_length(const struct rules *rules, unsigned length, struct error *err)
{
	if (length < rules->min_length || (rules->max_length > 0 && length > rules->max_length))
		return error_set(err, VAULT_USAGE, "the rules do not allow %u characters", length);
	if (length > RULES_LENGTH_MAX)
		return error_set(err, VAULT_USAGE, "by rules, %d characters can be made at most",
		                 RULES_LENGTH_MAX);
	return 0;
}

static int make(const struct count *count, const struct rules *rules, unsigned length,
                struct secret **ret_password, double *ret_bits, struct error *err)
{
	int r = secret_new(ret_password, length, err);

	if (r < 0)
		return r;
	draw(count, rules, (*ret_password)->bytes, length);
	(*ret_password)->length = length;
	if (ret_bits)
		*ret_bits = (double)(length * log2l(count->size) +
		                     log2l(share_of_length(count, length)));
	return 0;
}

int rules_generate(const struct rules *rules, unsigned length, struct secret **ret_password,
                   double *ret_bits, struct error *err)
{
	struct count count __attribute__((cleanup(count_done))) = {0};
	struct rules wanted = *rules;
	int r = crypto_start(err);

	*ret_password = NULL;
	if (r == 0 && length > 0) {
		r = check_length(rules, length, err);
		wanted.min_length = length;
	}
	if (r == 0)
		r = prepare(&count, rules, length > 0 ? length : longest(rules), err);
	if (r < 0)
		return r;
	count_ways(&count);
	r = choose_length(&count, &wanted, &length, err);
	return r < 0 ? r : make(&count, rules, length, ret_password, ret_bits, err);
}
