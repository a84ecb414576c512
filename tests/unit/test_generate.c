/* Generated passwords: what is in them, that all are equally likely, and how many there are. */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <vault/generate.h>

#include "crypto/wordlist.h"

#define LOOK_ALIKE "0Oo1Il|"

/* The chi-square statistic of counts that should be equal has its degrees of freedom as mean and
 * the root of twice that as deviation. Eight deviations are beyond chance. */
static void assert_even(const unsigned *counts, size_t cells)
{
	double total = 0, expected, chi = 0, freedom = (double)(cells - 1);

	for (size_t i = 0; i < cells; i++)
		total += counts[i];
	expected = total / (double)cells;
	for (size_t i = 0; i < cells; i++)
		chi += (counts[i] - expected) * (counts[i] - expected) / expected;
	if (fabs(chi - freedom) > 8 * sqrt(2 * freedom))
		fail_msg("chi-square %.1f at %.0f degrees of freedom", chi, freedom);
}

static unsigned class_of(char c)
{
	if (c >= 'a' && c <= 'z')
		return CHARSET_LOWER;
	if (c >= 'A' && c <= 'Z')
		return CHARSET_UPPER;
	if (c >= '0' && c <= '9')
		return CHARSET_DIGIT;
	return c > ' ' && c <= '~' ? CHARSET_SYMBOL : 0;
}

static void draw(const struct generate_rule *rule, char *password, double *ret_bits)
{
	SECRET_AUTO *secret = NULL;

	assert_done(generate_password(rule, &secret, ret_bits, err));
	memcpy(password, secret->bytes, secret->length + 1);
}

static void holds_every_required_class(void **state)
{
	char password[GENERATE_LENGTH_MAX + 1];

	(void)state;
	for (unsigned classes = 1; classes <= CHARSET_ALL; classes++) {
		unsigned least = (unsigned)__builtin_popcount(classes);

		for (unsigned length = least; length < least + 40; length++) {
			struct generate_rule rule = {.length = length, .classes = classes};
			unsigned seen = 0;

			draw(&rule, password, NULL);
			assert_int_equal(strlen(password), length);
			for (const char *c = password; *c; c++)
				seen |= class_of(*c);
			assert_int_equal(seen, classes);
		}
	}
}

static void keeps_to_its_characters(void **state)
{
	struct generate_rule rule = {.length = 4096, .classes = CHARSET_ALL, .unambiguous = true};
	char password[GENERATE_LENGTH_MAX + 1];

	(void)state;
	draw(&rule, password, NULL);
	assert_int_equal(strlen(password), 4096);
	assert_int_equal(strcspn(password, LOOK_ALIKE), 4096);
	rule.extra = "[0O|]"; /* also where they were asked for */
	draw(&rule, password, NULL);
	assert_int_equal(strcspn(password, LOOK_ALIKE), 4096);
	rule = (struct generate_rule){.length = 4096, .extra = "[]ab [ba]"};
	draw(&rule, password, NULL);
	assert_int_equal(strspn(password, "]ab ["), 4096);
	for (const char *c = "]ab ["; *c; c++)
		assert_non_null(strchr(password, *c));
}

static void refuses_rules_it_cannot_meet(void **state)
{
	static const struct {
		struct generate_rule rule;
		const char *reason;
	} cases[] = {
		{{.length = 0, .classes = CHARSET_ALL}, "length"},
		{{.length = 4097, .classes = CHARSET_ALL}, "length"},
		{{.length = 3, .classes = CHARSET_ALL}, "4 character classes do not fit into 3"},
		{{.length = 8}, "no characters"},
		{{.length = 8, .extra = "[]"}, "brackets"},
		{{.length = 8, .extra = "ab"}, "brackets"},
		{{.length = 8, .extra = "[ab"}, "brackets"},
		{{.length = 8, .extra = "[é]"}, "printable ASCII"},
		{{.length = 8, .extra = "[0Oo]", .unambiguous = true}, "no characters"},
		{{.length = 8, .classes = 16}, "unknown character class"},
		{{.words = GENERATE_WORDS_MAX + 1}, "at most 128 words"},
	};
	SECRET_AUTO *secret = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_fails(generate_password(&cases[i].rule, &secret, NULL, err), VAULT_USAGE,
		             cases[i].reason);
		assert_null(secret);
	}
}

/* Characters: 94 of them, without a requirement that would shift them a little. */
static void draws_characters_evenly(void **state)
{
	struct generate_rule rule = {.length = 4096};
	char characters[95] = "", extra[128], password[GENERATE_LENGTH_MAX + 1];
	unsigned counts[94] = {0};

	(void)state;
	for (char c = '!'; c <= '~'; c++)
		if (c != ']')
			characters[strlen(characters)] = c;
	/* What is named twice, or behind the end, is not likelier. */
	snprintf(extra, sizeof(extra), "[]%saabbcc]ddee", characters);
	rule.extra = extra;
	for (int i = 0; i < 100; i++) {
		draw(&rule, password, NULL);
		for (const char *c = password; *c; c++)
			counts[*c - '!']++;
	}
	assert_even(counts, 94);
}

/* Whole passwords: each of the 1000 - 512 that hold a digit of the unambiguous eight... */
static void draws_passwords_evenly(void **state)
{
	static const char characters[] = "23456789ab";
	struct generate_rule rule = {.length = 3,
	                             .classes = CHARSET_DIGIT,
	                             .extra = "[ab2]",
	                             .unambiguous = true};
	unsigned counts[1000] = {0}, met[1000], cells = 0;
	char password[4];

	(void)state;
	for (int i = 0; i < 8000; i++) {
		unsigned number = 0;

		draw(&rule, password, NULL);
		for (const char *c = password; *c; c++)
			number = 10 * number + (unsigned)(strchr(characters, *c) - characters);
		counts[number]++;
	}
	for (unsigned number = 0; number < 1000; number++) {
		bool digit = number % 10 < 8 || number / 10 % 10 < 8 || number / 100 < 8;

		if (digit)
			met[cells++] = counts[number];
		else
			assert_int_equal(counts[number], 0);
	}
	assert_int_equal(cells, 992);
	assert_even(met, cells);
}

/* … and of those of two required classes, where mending a candidate instead of drawing a new one
 * would favour some: three characters, of which one or two are letters. */
static void favours_no_pattern(void **state)
{
	struct generate_rule rule = {.length = 3,
	                             .classes = CHARSET_LOWER | CHARSET_DIGIT,
	                             .unambiguous = true};
	double expected[2] = {3.0 * 24 * 8 * 8, 3.0 * 24 * 24 * 8}, all = expected[0] + expected[1];
	unsigned counts[4] = {0};
	const int rounds = 4000;
	char password[4];

	(void)state;
	for (int i = 0; i < rounds; i++) {
		unsigned letters = 0;

		draw(&rule, password, NULL);
		for (const char *c = password; *c; c++)
			letters += class_of(*c) == CHARSET_LOWER;
		counts[letters]++;
	}
	assert_int_equal(counts[0] + counts[3], 0);
	for (int i = 0; i < 2; i++) {
		double share = expected[i] / all, deviation = sqrt(rounds * share * (1 - share));

		assert_true(fabs(counts[i + 1] - rounds * share) < 6 * deviation);
	}
}

static unsigned class_sizes(const struct generate_rule *rule, unsigned sizes[5])
{
	unsigned total = 0;

	memset(sizes, 0, 5 * sizeof(*sizes));
	for (char c = ' '; c <= '~'; c++) {
		bool required = (rule->classes & class_of(c)) != 0;

		if (rule->unambiguous && strchr(LOOK_ALIKE, c))
			continue;
		if (!required && (!rule->extra || !strchr(rule->extra + 1, c)))
			continue;
		sizes[required ? __builtin_ctz(class_of(c)) : 4]++;
		total++;
	}
	return total;
}

/* How many passwords there are, by counting: each sequence of classes, times the characters in
 * them. */
static double count_passwords(const struct generate_rule *rule, const unsigned sizes[5],
                              unsigned length, unsigned seen)
{
	double count = 0;

	if (length == 0)
		return (seen & rule->classes) == rule->classes;
	for (unsigned i = 0; i < 5; i++)
		if (sizes[i] > 0)
			count +=
				sizes[i] * count_passwords(rule, sizes, length - 1, seen | 1U << i);
	return count;
}

static void tells_entropy_exactly(void **state)
{
	static const char *const extras[] = {NULL, "[a0.|", "[ ~", "[bcdefgh 123"};
	char password[GENERATE_LENGTH_MAX + 1], extra[32];
	unsigned sizes[5];
	double bits;

	(void)state;
	for (unsigned choice = 0; choice < 16 * 4 * 2; choice++) {
		struct generate_rule rule = {.classes = choice % 16,
		                             .extra = extras[choice / 16 % 4],
		                             .unambiguous = choice >= 64};

		if (class_sizes(&rule, sizes) == 0)
			continue;
		if (rule.extra) {
			snprintf(extra, sizeof(extra), "%s]", rule.extra);
			rule.extra = extra;
		}
		rule.length = (unsigned)__builtin_popcount(rule.classes);
		for (rule.length += rule.length == 0; rule.length <= 6; rule.length++) {
			draw(&rule, password, &bits);
			assert_true(fabs(bits - log2(count_passwords(&rule, sizes, rule.length,
			                                             0))) < 1e-9);
		}
	}
}

/* The formula once more against the plainest count there is: every string, one by one. */
static void tells_entropy_of_every_string(void **state)
{
	struct generate_rule rule = {.length = 3, .classes = CHARSET_ALL & ~CHARSET_SYMBOL};
	char password[GENERATE_LENGTH_MAX + 1];
	unsigned count = 0;
	double bits;

	(void)state;
	for (char a = '!'; a <= '~'; a++)
		for (char b = '!'; b <= '~'; b++)
			for (char c = '!'; c <= '~'; c++)
				count += (class_of(a) | class_of(b) | class_of(c)) == rule.classes;
	draw(&rule, password, &bits);
	assert_int_equal(count, 6 * 26 * 26 * 10);
	assert_true(fabs(bits - log2(count)) < 1e-12);
	rule = (struct generate_rule){.length = 32, .classes = CHARSET_ALL};
	draw(&rule, password, &bits);
	assert_true(bits > 209.6 && bits < 32 * log2(94)); /* 2.5 % have no digit */
	rule = (struct generate_rule){.length = 10, .extra = "[x]"};
	draw(&rule, password, &bits);
	assert_true(bits == 0);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void knows_its_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < GENERATE_WORDLIST_SIZE; i++) {
		size_t length = strlen(wordlist[i]);

		assert_in_range(length, 3, WORDLIST_WORD_MAX);
		assert_int_equal(strspn(wordlist[i], "abcdefghijklmnopqrstuvwxyz"), length);
		if (i > 0)
			assert_true(strcmp(wordlist[i - 1], wordlist[i]) < 0);
	}
}

static void draws_words_evenly(void **state)
{
	static unsigned counts[GENERATE_WORDLIST_SIZE];
	struct generate_rule rule = {.words = GENERATE_WORDS_MAX};
	char phrase[GENERATE_WORDS_MAX * (WORDLIST_WORD_MAX + 1) + 1];
	double bits;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		unsigned words = 0;
		char *rest = phrase, *word;

		draw(&rule, phrase, &bits);
		while ((word = strsep(&rest, "-"))) {
			const char *entry = bsearch(word, wordlist, GENERATE_WORDLIST_SIZE,
			                            sizeof(wordlist[0]), by_text);

			assert_non_null(entry);
			counts[(size_t)(entry - wordlist[0]) / sizeof(wordlist[0])]++;
			words++;
		}
		assert_int_equal(words, GENERATE_WORDS_MAX);
	}
	assert_true(fabs(bits - 128 * 5 * log2(6)) < 1e-9);
	assert_even(counts, GENERATE_WORDLIST_SIZE);
	rule.words = 1;
	draw(&rule, phrase, &bits);
	assert_null(strchr(phrase, '-'));
	assert_true(fabs(bits - 12.925) < 0.001);
}

static void reads_charsets(void **state)
{
	static const struct {
		const char *text;
		unsigned classes;
		size_t extra; /* where the list begins */
		bool unambiguous;
	} cases[] = {
		{"lower", CHARSET_LOWER, 0, false},
		{"upper,digit", CHARSET_UPPER | CHARSET_DIGIT, 0, false},
		{"alnum", CHARSET_ALL & ~CHARSET_SYMBOL, 0, false},
		{"all,unambiguous", CHARSET_ALL, 0, true},
		{"unambiguous", CHARSET_ALL, 0, true},
		{"symbol,symbol", CHARSET_SYMBOL, 0, false},
		{"lower,[-_]", CHARSET_LOWER, 6, false},
		{"digit,[,],lower", CHARSET_LOWER | CHARSET_DIGIT, 6, false},
		{"digit,[][,\"],upper", CHARSET_UPPER | CHARSET_DIGIT, 6, false},
		{"unambiguous,[]]", 0, 12, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct generate_rule rule = {.length = 9, .classes = 8, .extra = "[x]", .words = 4};

		assert_done(generate_parse_charset(cases[i].text, &rule, err));
		assert_int_equal(rule.classes, cases[i].classes);
		assert_ptr_equal(rule.extra,
		                 cases[i].extra ? cases[i].text + cases[i].extra : NULL);
		assert_int_equal(rule.unambiguous, cases[i].unambiguous);
		assert_int_equal(rule.length, 9);
		assert_int_equal(rule.words, 4);
	}
}

static void names_what_it_does_not_know(void **state)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{"", "class ''"},
		{"lower,", "class ''"},
		{"lower,uper", "'uper'"},
		{"Lower", "'Lower'"},
		{"lower digit", "'lower d"},
		{"[abc", "no end"},
		{"[]", "no end"},
		{"[a],[b]", "only one list"},
		{"[é]", "printable ASCII"},
		{"[a]lower", "comma is missing"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct generate_rule rule = {.length = 9, .classes = 8, .extra = "[x]"};

		assert_fails(generate_parse_charset(cases[i].text, &rule, err), VAULT_USAGE,
		             cases[i].reason);
		assert_int_equal(rule.classes, 8);
		assert_string_equal(rule.extra, "[x]");
		assert_false(rule.unambiguous);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_every_required_class),
		cmocka_unit_test(keeps_to_its_characters),
		cmocka_unit_test(refuses_rules_it_cannot_meet),
		cmocka_unit_test(draws_characters_evenly),
		cmocka_unit_test(draws_passwords_evenly),
		cmocka_unit_test(favours_no_pattern),
		cmocka_unit_test(tells_entropy_exactly),
		cmocka_unit_test(tells_entropy_of_every_string),
		cmocka_unit_test(knows_its_words),
		cmocka_unit_test(draws_words_evenly),
		cmocka_unit_test(reads_charsets),
		cmocka_unit_test(names_what_it_does_not_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
