#include <vault/text.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/cleanup.h"

#define FOLD_ROOM 255 /* code points to begin with: few texts are longer */

size_t text_next(const char *string, size_t length, int32_t *ret_code_point)
{
	utf8proc_ssize_t used;

	if (length == 0)
		return 0;
	used = utf8proc_iterate((const utf8proc_uint8_t *)string, (utf8proc_ssize_t)length,
	                        ret_code_point);
	if (used > 0)
		return (size_t)used;
	*ret_code_point = TEXT_INVALID + (unsigned char)string[0];
	return 1;
}

/* The same of a terminated string, of which no more than one character is looked at. */
static size_t next_in_string(const char *string, int32_t *ret_code_point)
{
	return text_next(string, strnlen(string, 4), ret_code_point);
}

bool text_is_utf8(const void *bytes, size_t length)
{
	const char *next = bytes;
	int32_t code_point;
	size_t used;

	while ((used = text_next(next, length, &code_point)) > 0) {
		if (code_point >= TEXT_INVALID)
			return false;
		next += used;
		length -= used;
	}
	return true;
}

bool text_is_printable(const void *bytes, size_t length)
{
	const char *next = bytes;
	int32_t code_point;
	size_t used;

	while ((used = text_next(next, length, &code_point)) > 0) {
		if (code_point >= TEXT_INVALID)
			return false;
		if (utf8proc_category(code_point) == UTF8PROC_CATEGORY_CC && code_point != '\t' &&
		    code_point != '\n')
			return false;
		next += used;
		length -= used;
	}
	return true;
}

/* ASCII is composed as it stands, and folds to its small letters: far the most frequent case, and
 * far the cheapest. Writes `length` bytes. False: it is none. */
static bool copy_ascii(const void *bytes, size_t length, bool fold, unsigned char *copy)
{
	const unsigned char *from = bytes;

	for (size_t i = 0; i < length; i++) {
		if (from[i] >= 0x80)
			return false;
		copy[i] = fold && from[i] >= 'A' && from[i] <= 'Z' ? from[i] | 0x20 : from[i];
	}
	return true;
}

/* Runs utf8proc over a string and tells its failures apart. Gives; free(3). */
static int map(const char *input, utf8proc_option_t options, char **ret_output, struct error *err)
{
	size_t bytes = strlen(input) + 1;
	utf8proc_uint8_t *output = malloc(bytes);
	utf8proc_ssize_t length;

	*ret_output = NULL;
	if (!output)
		return error_set(err, VAULT_FAILED, "out of memory");
	if (copy_ascii(input, bytes, options & UTF8PROC_CASEFOLD, output)) {
		*ret_output = (char *)output;
		return 0;
	}
	free(output);
	output = NULL;
	length = utf8proc_map((const utf8proc_uint8_t *)input, 0, &output,
	                      (utf8proc_option_t)(options | UTF8PROC_NULLTERM));
	if (length == UTF8PROC_ERROR_NOMEM)
		return error_set(err, VAULT_FAILED, "out of memory");
	if (length < 0)
		return error_set(err, VAULT_USAGE, "not valid UTF-8");
	*ret_output = (char *)output;
	return 0;
}

/* NFKC_Casefold: compatibility forms composed, case folded, characters without effect left out. */
#define FOLDING \
	((utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | \
	                     UTF8PROC_CASEFOLD | UTF8PROC_IGNORE))

int text_fold(const char *input, char **ret_folded, struct error *err)
{
	return map(input, FOLDING, ret_folded, err);
}

/* Room for `count` code points and a terminating NUL. Guarded memory ends with its page: a size of
 * whole code points is aligned for them (sodium_malloc(3)). */
static int make_room(struct secret **room, size_t count, struct error *err)
{
	size_t capacity = (count + 1) * sizeof(int32_t) - 1;

	if (!*room)
		return secret_new(room, capacity, err);
	(*room)->length = 0;
	return secret_reserve(room, capacity, err);
}

/* utf8proc_map would leave the text on the heap; these are its steps, in place. */
int text_fold_into(const void *bytes, size_t length, struct secret **room, struct error *err)
{
	size_t count = length;
	utf8proc_ssize_t n;
	int r;

	for (;;) {
		r = make_room(room, count > FOLD_ROOM ? count : FOLD_ROOM, err);
		if (r < 0)
			return r;
		if (copy_ascii(bytes, length, true, (*room)->bytes)) {
			(*room)->bytes[length] = '\0';
			(*room)->length = length;
			return 0;
		}
		n = utf8proc_decompose(bytes, (utf8proc_ssize_t)length,
		                       (utf8proc_int32_t *)(void *)(*room)->bytes,
		                       (utf8proc_ssize_t)((*room)->capacity / sizeof(int32_t)),
		                       FOLDING);
		if (n < 0 || (size_t)n <= (*room)->capacity / sizeof(int32_t))
			break;
		count = (size_t)n;
	}
	if (n >= 0)
		n = utf8proc_reencode((utf8proc_int32_t *)(void *)(*room)->bytes, n, FOLDING);
	if (n < 0) {
		(*room)->length = 0;
		return secret_append(*room, bytes, length, err);
	}
	(*room)->length = (size_t)n;
	return 0;
}

/* Characters that turn the direction of the text around them: they can make one name look like
 * another. */
static bool turns_direction(int32_t c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static int check_characters(const char *name, size_t length, struct error *err)
{
	size_t used, offset = 0;
	int32_t c;

	while ((used = text_next(name + offset, length - offset, &c)) > 0) {
		switch (utf8proc_category(c)) {
		case UTF8PROC_CATEGORY_CC:
			return error_set(err, VAULT_USAGE, "a name cannot hold control characters");
		case UTF8PROC_CATEGORY_ZL:
		case UTF8PROC_CATEGORY_ZP:
			return error_set(err, VAULT_USAGE, "a name cannot hold line separators");
		case UTF8PROC_CATEGORY_ZS:
			if (offset == 0 || offset + used == length)
				return error_set(err, VAULT_USAGE,
				                 "a name cannot begin or end with a space");
			break;
		default:
			if (turns_direction(c))
				return error_set(
					err, VAULT_USAGE,
					"a name cannot hold characters that change its direction");
		}
		offset += used;
	}
	return 0;
}

int text_name(const char *input, char **ret_name, struct error *err)
{
	FREE_AUTO char *name = NULL;
	FREE_AUTO char *folded = NULL;
	size_t length;
	int r;

	*ret_name = NULL;
	r = map(input, (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE), &name, err);
	if (r < 0)
		return r == -VAULT_USAGE ? error_set(err, VAULT_USAGE, "a name must be valid UTF-8")
		                         : r;
	length = strlen(name);
	if (length == 0)
		return error_set(err, VAULT_USAGE, "a name cannot be empty");
	if (length > NAME_MAX_BYTES)
		return error_set(err, VAULT_USAGE, "a name has at most %d bytes, this one has %zu",
		                 NAME_MAX_BYTES, length);
	r = check_characters(name, length, err);
	if (r < 0)
		return r;
	r = text_fold(name, &folded, err);
	if (r < 0)
		return r;
	if (folded[0] == '\0')
		return error_set(err, VAULT_USAGE, "a name needs a visible character");
	*ret_name = name;
	name = NULL;
	return 0;
}

/* Appends a character that a name may have; a blank in the place of one that it may not. */
static char *tidy_one(char *out, const char *text, size_t used, int32_t c)
{
	utf8proc_category_t category =
		c < TEXT_INVALID ? utf8proc_category(c) : UTF8PROC_CATEGORY_CC;

	if (category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL ||
	    category == UTF8PROC_CATEGORY_ZP)
		*out++ = ' ';
	else if (!turns_direction(c))
		out = (char *)memcpy(out, text, used) + used;
	return out;
}

/* Cuts blanks off both ends, and what is behind `most` bytes. */
static void tidy_ends(char *text, size_t most)
{
	size_t used, offset = 0, end = 0, start = 0;
	bool begun = false;
	int32_t c;

	while ((used = next_in_string(text + offset, &c)) > 0) {
		bool blank = utf8proc_category(c) == UTF8PROC_CATEGORY_ZS;

		if (!begun && !blank)
			start = offset;
		begun |= !blank;
		offset += used;
		if (begun && offset - start > most)
			break;
		if (!blank)
			end = offset;
	}
	memmove(text, text + start, end - start);
	text[end > start ? end - start : 0] = '\0';
}

int text_tidy(const void *bytes, size_t length, size_t most, char **ret_text, struct error *err)
{
	FREE_AUTO char *text = malloc(length + 1);
	FREE_AUTO char *name = NULL;
	const char *next = bytes;
	char *out = text;
	size_t used;
	int32_t c;
	int r;

	if (!text)
		return error_set(err, VAULT_FAILED, "out of memory");
	while ((used = text_next(next, length, &c)) > 0) {
		out = tidy_one(out, next, used, c);
		next += used;
		length -= used;
	}
	*out = '\0';
	r = map(text, (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE), ret_text, err);
	if (r < 0)
		return r;
	tidy_ends(*ret_text, most);
	/* A name of what cannot be seen is none. */
	if (text_name(*ret_text, &name, NULL) < 0 && strlen(*ret_text) <= NAME_MAX_BYTES)
		(*ret_text)[0] = '\0';
	return 0;
}

static size_t decode(const char *string, int32_t code_points[NAME_MAX_BYTES])
{
	size_t length = strnlen(string, NAME_MAX_BYTES);
	size_t count = 0, used;

	while ((used = text_next(string, length, &code_points[count])) > 0) {
		string += used;
		length -= used;
		if (++count == NAME_MAX_BYTES)
			break;
	}
	return count;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Restricted Damerau-Levenshtein by three rows of the usual table: the one before the last is for
 * exchanged neighbours. A row whose every value is above the limit settles it: no later one can be
 * smaller. */
unsigned text_distance(const char *a, const char *b, unsigned limit)
{
	int32_t x[NAME_MAX_BYTES], y[NAME_MAX_BYTES];
	unsigned rows[3][NAME_MAX_BYTES + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2], *swap;
	unsigned smallest;
	size_t height = decode(a, x), width = decode(b, y);

	for (unsigned j = 0; j <= width; j++)
		last[j] = j;
	for (unsigned i = 1; i <= height; i++) {
		row[0] = i;
		smallest = i;
		for (unsigned j = 1; j <= width; j++) {
			row[j] = least(least(last[j], row[j - 1]) + 1,
			               last[j - 1] + (x[i - 1] != y[j - 1]));
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
			smallest = least(smallest, row[j]);
		}
		if (smallest > limit)
			return limit + 1;
		swap = before;
		before = last;
		last = row;
		row = swap;
	}
	return last[width] > limit ? limit + 1 : last[width];
}

/* Does the set that begins behind `[` contain `c`? Gives the place behind its `]`, or NULL where
 * the set never ends: then the `[` means itself. */
static const char *match_set(const char *set, int32_t c, bool *ret_found)
{
	bool negated = *set == '!' || *set == '^';
	bool found = false;
	int32_t low, high;
	const char *next = set + (negated ? 1 : 0);
	const char *first = next;

	for (;;) {
		size_t used = next_in_string(next, &low);

		if (used == 0)
			return NULL;
		if (low == ']' && next != first)
			break;
		next += used;
		high = low;
		if (next[0] == '-' && next[1] != ']' && next[1] != '\0')
			next += 1 + next_in_string(next + 1, &high);
		if (low <= c && c <= high)
			found = true;
	}
	*ret_found = found != negated;
	return next + 1;
}

/* Matches the one pattern element at `pattern`, not `*`, against `c`; gives the place behind it,
 * NULL without a match. */
static const char *match_one(const char *pattern, int32_t c)
{
	const char *behind;
	int32_t expected;
	bool found;
	size_t used;

	if (*pattern == '?')
		return pattern + 1;
	if (*pattern == '[') {
		behind = match_set(pattern + 1, c, &found);
		if (behind)
			return found ? behind : NULL;
	}
	used = next_in_string(pattern, &expected);
	return used > 0 && expected == c ? pattern + used : NULL;
}

/* Only the last `*` seen can need another try: an earlier one that took more would leave less to
 * the later, which can take anything. So the work is bounded by pattern × name, whatever the
 * pattern. */
bool text_match(const char *pattern, const char *name)
{
	const char *after_star = NULL, *retry_at = NULL, *next;
	int32_t c;
	size_t used;

	if (!strpbrk(pattern, "*?["))
		return strstr(name, pattern) != NULL;
	while ((used = next_in_string(name, &c)) > 0) {
		if (*pattern == '*') {
			after_star = ++pattern;
			retry_at = name;
			continue;
		}
		next = match_one(pattern, c);
		if (next) {
			pattern = next;
			name += used;
		} else if (after_star) {
			used = next_in_string(retry_at, &c);
			retry_at += used;
			name = retry_at;
			pattern = after_star;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* Does a word of the text begin at `at`, which is not its start? */
static bool begins_word(const char *text, size_t at)
{
	size_t before = at - 1;
	int32_t c;

	while (before > 0 && at - before < 4 && ((unsigned char)text[before] & 0xc0) == 0x80)
		before--;
	text_next(text + before, at - before, &c);
	/* Letters, marks and numbers stand in a row. */
	utf8proc_category_t category = utf8proc_category(c);
	return category < UTF8PROC_CATEGORY_LU || category > UTF8PROC_CATEGORY_NO;
}

enum text_place text_find(const void *text, size_t length, const char *word)
{
	const char *start = text, *found;
	size_t word_length = strlen(word), at;
	enum text_place place = TEXT_NOWHERE;

	if (length >= word_length && memcmp(text, word, word_length) == 0)
		return length == word_length ? TEXT_WHOLE : TEXT_BEGINNING;
	for (at = 0; at < length; at++) {
		found = memmem(start + at, length - at, word, word_length);
		if (!found)
			break;
		at = (size_t)(found - start);
		if (begins_word(start, at))
			return TEXT_WORD_BEGINNING;
		place = TEXT_INSIDE;
	}
	return place;
}

static size_t columns_of(int32_t c)
{
	int width = c < TEXT_INVALID ? utf8proc_charwidth(c) : 1;

	return width > 0 ? (size_t)width : 0;
}

size_t text_columns(const char *text, size_t length)
{
	size_t columns = 0, used;
	int32_t c;

	while ((used = text_next(text, length, &c)) > 0) {
		columns += columns_of(c);
		text += used;
		length -= used;
	}
	return columns;
}

size_t text_fit(const char *text, size_t columns)
{
	size_t length = 0, used;
	int32_t c;

	while ((used = next_in_string(text + length, &c)) > 0) {
		if (columns_of(c) > columns)
			break;
		columns -= columns_of(c);
		length += used;
	}
	return length;
}
