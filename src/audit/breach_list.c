/*
 * One sorted file, searched by interpolation (Peterson, "Addressing for Random-Access Storage", IBM
 * Journal 1957): evenly spread hashes lie nearly where they say.
 *
 * What is known of the list while it is searched is one line below the hash and one above it. Every
 * line that is read must lie between them, and nearly where it says; in the end the two must be
 * neighbours, with no hole between. So the way to an answer proves it.
 */
#include "audit/breaches.h"

#include <math.h>
#include <string.h>

#define BLOCK ((size_t)2048)       /* bytes of one look at most: fifty lines */
#define BLOCK_LEAST ((size_t)256)  /* and at least: four */
#define LINE_USUAL 46              /* bytes of a line, for how much to read */
#define STRIDE ((size_t)64 * 1024) /* the same, when all is read */
#define SAMPLES 64                 /* looks when the list is opened */
#define ALL 0x1p64                 /* as many values as there are */
#define LINE_LEAST 3               /* bytes beside the hash: colon, digit, newline */
#define STEPS_BEFORE_HALVING 8     /* of interpolation, which may be led astray */

struct bound {
	uint64_t at; /* where the line below ends, or the one above begins */
	unsigned char hash[PLAIN_DIGEST_MAX]; /* its hash */
	bool none;                            /* there is none: the end of the file */
};

struct search {
	const struct breaches *breaches;
	const unsigned char *hash; /* what is looked for; NULL: everything lies below it */
	struct bound below, above;
	struct breach_line line; /* the last one read; the answer, if there is one */
	double lines;            /* of the list, at most: if all were as short as can be */
	breach_each *each;       /* or NULL: not every line is read */
	void *context;
	uint64_t n_lines;
};

static struct search search_start(const struct breaches *breaches, const unsigned char *hash)
{
	return (struct search){
		.breaches = breaches,
		.hash = hash,
		.below = {.none = true},
		.above = {.at = breaches->size, .none = true},
		.lines = (double)breaches->size / (double)(2 * breaches->hash_bytes + LINE_LEAST),
	};
}

static int wrong(const struct search *search, uint64_t at, const char *what, struct error *err)
{
	return error_set(err, VAULT_FAILED, "the list '%s' is %s (byte %llu)",
	                 search->breaches->path, what, (unsigned long long)at);
}

/* The distance between the bounds, as a share of all values. */
static double gap(const struct search *search)
{
	double low = search->below.none ? 0 : (double)breach_value(search->below.hash);
	double high = search->above.none ? ALL : (double)breach_value(search->above.hash);

	return (high - low) / ALL;
}

/* Are the two neighbours near enough for neighbours? */
static int check_gap(const struct search *search, struct error *err)
{
	if (gap(search) > BREACH_GAP_MAX / search->lines)
		return wrong(search, search->below.at, "not whole: lines are missing", err);
	return 0;
}

static int check_place(const struct search *search, uint64_t at, struct error *err)
{
	double says = (double)breach_value(search->line.hash) / ALL;

	if (fabs(says - (double)at / (double)search->breaches->size) >
	    BREACH_DRIFT_MAX / sqrt(search->lines))
		return wrong(search, at,
		             "not whole, or not in the order of the hashes: a line is far from "
		             "where it would be",
		             err);
	return 0;
}

/* All is read, and this line follows the one below. */
static int take_every(struct search *search, uint64_t at, struct error *err)
{
	struct bound above = search->above;
	int r;

	search->above = (struct bound){.at = at};
	memcpy(search->above.hash, search->line.hash, sizeof(search->line.hash));
	r = check_gap(search, err);
	search->above = above;
	if (r == 0)
		r = check_place(search, at, err);
	search->n_lines++;
	return r == 0 ? search->each(search->context, &search->line, err) : r;
}

/* Takes the line of `length` bytes at `at` for a new bound. Returns 1 when it is the one that is
 * looked for. */
static int take_line(struct search *search, uint64_t at, size_t length, struct error *err)
{
	const unsigned char *hash = search->line.hash;
	size_t bytes = search->breaches->hash_bytes;
	int r = 0, side;

	if ((!search->below.none && memcmp(hash, search->below.hash, bytes) <= 0) ||
	    (!search->above.none && memcmp(hash, search->above.hash, bytes) >= 0))
		return wrong(search, at, "not in ascending order of the hashes", err);
	if (search->each)
		r = take_every(search, at, err);
	if (r < 0)
		return r;
	side = search->hash ? memcmp(hash, search->hash, bytes) : -1;
	if (side == 0)
		return 1;
	struct bound *bound = side < 0 ? &search->below : &search->above;
	*bound = (struct bound){.at = side < 0 ? at + length : at};
	memcpy(bound->hash, hash, bytes);
	return 0;
}

/* Reads `size` bytes around `at`, between the bounds, and takes the lines that are whole. The line
 * that is looked for, or one above it, ends it. */
static int look(struct search *search, uint64_t at, size_t size, struct error *err)
{
	const struct breaches *breaches = search->breaches;
	const unsigned char *text = breaches->room, *newline;
	uint64_t end = search->above.at;
	size_t length, n;
	int r;

	if (at + size > end)
		at = end > size ? end - size : 0;
	if (at < search->below.at)
		at = search->below.at;
	length = end - at < size ? (size_t)(end - at) : size;
	r = breach_read(breaches, breaches->fd, breaches->room, length, at, err);
	if (r == 0 && at > search->below.at) { /* in the middle of a line, or at its beginning */
		newline = memchr(text, '\n', length < BREACH_LINE_MAX ? length : BREACH_LINE_MAX);
		n = newline ? (size_t)(newline - text) + 1 : length;
		text += n;
		length -= n;
		at += n;
		if (length == 0)
			return wrong(search, at, "damaged: there is no line HASH:COUNT", err);
	}
	for (bool first = true; r == 0 && length > 0 && at < search->above.at; first = false) {
		bool last = search->above.none && at + length == breaches->size;

		n = breach_line_read(text, length, breaches, 0, last, &search->line);
		if (n == 0 && !first && length < BREACH_LINE_MAX && at + length < end)
			break; /* cut off by the end of the block */
		if (n == 0)
			return wrong(search, at, "damaged or cut off: there is no line HASH:COUNT",
			             err);
		if (first)
			r = check_place(search, at, err);
		if (r == 0)
			r = take_line(search, at, n, err);
		text += n;
		length -= n;
		at += n;
	}
	return r;
}

/* Looks where the hash should be between the bounds; in the middle after some steps. As wide as the
 * guess is good, twice the standard deviation to both sides, where that is little; else a few lines
 * do to make a better guess. */
static int look_at_guess(struct search *search, unsigned step, struct error *err)
{
	double room = (double)(search->above.at - search->below.at);
	double low = search->below.none ? 0 : (double)breach_value(search->below.hash);
	double share = ((double)breach_value(search->hash) - low) / (gap(search) * ALL + 1);
	double width, off;
	size_t size = BLOCK_LEAST;
	uint64_t at;

	if (share > 1 || (step > STEPS_BEFORE_HALVING && step % 2 == 0))
		share = .5;
	off = sqrt(gap(search) * search->lines * share * (1 - share)); /* lines */
	width = 4 * off * LINE_USUAL;
	if (width > (double)BLOCK_LEAST && width <= (double)BLOCK)
		size = (size_t)width;
	at = search->below.at + (uint64_t)(room * share);
	return look(search, at < size / 2 ? 0 : at - size / 2, size, err);
}

int breach_list_find(struct breaches *breaches, const unsigned char *hash,
                     struct breach *ret_breach, struct error *err)
{
	struct search search = search_start(breaches, hash);
	int r = 0;

	for (unsigned step = 0; r == 0 && search.below.at < search.above.at; step++)
		r = look_at_guess(&search, step, err);
	if (r == 0)
		r = check_gap(&search, err);
	if (r < 0)
		return r;
	*ret_breach = (struct breach){.found = r == 1, .count = r == 1 ? search.line.count : 0};
	return 0;
}

int breach_list_open(struct breaches *breaches, struct error *err)
{
	size_t length = breaches->size < BLOCK ? (size_t)breaches->size : BLOCK;
	struct search search;
	int r = breach_read(breaches, breaches->fd, breaches->room, length, 0, err);

	if (r < 0)
		return r;
	breaches->digest = breach_line_digest(breaches->room, length, 0, length == breaches->size);
	if (breaches->digest == 0)
		return error_set(err, VAULT_FAILED,
		                 "'%s' is no list of leaked passwords: its first line is not "
		                 "HASH:COUNT with a SHA-1 or NTLM hash",
		                 breaches->path);
	breaches->hash_bytes = plain_digest_bytes(breaches->digest);
	search = search_start(breaches, NULL);
	for (unsigned i = 0; i < SAMPLES && r == 0 && search.below.at < breaches->size; i++)
		r = look(&search, breaches->size / SAMPLES * i, BLOCK, err);
	/* To the end, where it would be cut off. */
	if (r == 0 && search.below.at < breaches->size)
		r = look(&search, breaches->size, BLOCK, err);
	return r == 0 ? check_gap(&search, err) : r;
}

int breach_list_verify(struct breaches *breaches, breach_each *each, void *context,
                       uint64_t *ret_lines, struct error *err)
{
	struct search search = search_start(breaches, NULL);
	int r = 0;

	search.each = each;
	search.context = context;
	while (r == 0 && search.below.at < breaches->size)
		r = look(&search, search.below.at, STRIDE, err);
	if (r == 0)
		r = check_gap(&search, err);
	*ret_lines = search.n_lines;
	return r;
}
