/* Names, case folding, distances and patterns. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <vault/text.h>

static void assert_name(const char *input, const char *expected)
{
	char *name = NULL;

	assert_done(text_name(input, &name, err));
	assert_string_equal(name, expected);
	free(name);
}

static void assert_no_name(const char *input, const char *reason)
{
	char *name = NULL;

	assert_fails(text_name(input, &name, err), VAULT_USAGE, reason);
	assert_null(name);
}

static void accepts_names(void **state)
{
	(void)state;
	assert_name("mailserver", "mailserver");
	assert_name("github/work account", "github/work account");
	assert_name("日本語 ✉", "日本語 ✉");
	assert_name("👩‍💻", "👩‍💻");       /* a joiner inside */
	assert_name("e\u0301te\u0301", "\u00e9t\u00e9"); /* composed */
	assert_name("\u212b", "\u00c5");                 /* the Ångström sign is the letter */
}

static void refuses_names(void **state)
{
	(void)state;
	assert_no_name("", "empty");
	assert_no_name("a\nb", "control");
	assert_no_name("a\x7f", "control");
	assert_no_name("a\xc2\x85", "control");
	assert_no_name("\t", "control");
	assert_no_name("a\u2028z", "line separators");
	assert_no_name("a\u2029", "line separators");
	assert_no_name(" a", "begin or end with a space");
	assert_no_name("a ", "begin or end with a space");
	assert_no_name("a\u00a0", "begin or end with a space");
	assert_no_name("a\u3000", "begin or end with a space");
	assert_no_name("a\u202eb", "direction");
	assert_no_name("a\u2066b", "direction");
	assert_no_name("\u200b", "visible");
	assert_no_name("\u00ad\u2060", "visible");
	assert_no_name("a\xff", "UTF-8");
	assert_no_name("\xc0\xaf", "UTF-8");     /* overlong */
	assert_no_name("\xed\xa0\x80", "UTF-8"); /* a surrogate */
	assert_no_name("\xe2\x82", "UTF-8");     /* cut off */
}

/* The limit counts the bytes of the normalised form. */
static void limits_names(void **state)
{
	char input[1024] = "", expected[512] = "";

	(void)state;
	memset(input, 'a', 255);
	assert_name(input, input);
	input[255] = 'a';
	assert_no_name(input, "at most 255 bytes");
	memset(input, 0, sizeof(input));
	for (size_t i = 0; i < 127; i++) { /* 381 bytes that become 254 */
		memcpy(input + 3 * i, "e\u0301", 3);
		memcpy(expected + 2 * i, "\u00e9", 2);
	}
	assert_name(input, expected);
}

static void assert_folds(const char *input, const char *expected)
{
	char *folded = NULL;

	assert_done(text_fold(input, &folded, err));
	assert_string_equal(folded, expected);
	free(folded);
}

static void folds(void **state)
{
	char *folded = NULL;

	(void)state;
	assert_folds("", "");
	assert_folds("GitHub", "github");
	assert_folds("STRASSE", "strasse");
	assert_folds("Straße", "strasse");
	assert_folds("E\u0301", "\u00e9");
	assert_folds("ΣΊΣΥΦΟΣ", "σίσυφοσ");
	assert_folds("σίσυφος", "σίσυφοσ");
	assert_folds("ﬁle ２", "file 2");
	assert_folds("soft\u00adhyphen", "softhyphen");
	assert_fails(text_fold("\xff", &folded, err), VAULT_USAGE, "UTF-8");
}

static void tells_printable_text(void **state)
{
	(void)state;
	assert_true(text_is_utf8("", 0));
	assert_true(text_is_utf8("a\0é", 4));
	assert_false(text_is_utf8("é", 1));
	assert_false(text_is_utf8("\x80", 1));
	assert_false(text_is_utf8("\xf4\x90\x80\x80", 4)); /* beyond Unicode */
	assert_true(text_is_printable("a\tb\né", 6));
	assert_false(text_is_printable("a\0b", 3));
	assert_false(text_is_printable("\x1b[31m", 5));
	assert_false(text_is_printable("\r\n", 2));
	assert_false(text_is_printable("\xc2\x90", 2));
	assert_false(text_is_printable("\xff", 1));
}

/* The distance by its definition, without a limit: slow, and hard to get wrong. */
static unsigned slow_distance(const char *a, size_t i, const char *b, size_t j)
{
	unsigned best, other;

	if (i == 0 || j == 0)
		return (unsigned)(i + j);
	best = slow_distance(a, i - 1, b, j - 1) + (a[i - 1] != b[j - 1]);
	other = slow_distance(a, i - 1, b, j) + 1;
	best = other < best ? other : best;
	other = slow_distance(a, i, b, j - 1) + 1;
	best = other < best ? other : best;
	if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
		other = slow_distance(a, i - 2, b, j - 2) + 1;
		best = other < best ? other : best;
	}
	return best;
}

static void word_of(unsigned number, char word[6])
{
	size_t length = number % 6;

	number /= 6;
	for (size_t i = 0; i < length; i++, number /= 3)
		word[i] = (char)('a' + number % 3);
	word[length] = '\0';
}

static void measures_distances(void **state)
{
	char a[6], b[6];

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		unsigned expected;

		word_of(i * 7919 % 1458, a);
		word_of(i * 104729 / 3 % 1458, b);
		expected = slow_distance(a, strlen(a), b, strlen(b));
		for (unsigned limit = 0; limit < 7; limit++)
			assert_int_equal(text_distance(a, b, limit),
			                 expected > limit ? limit + 1 : expected);
	}
	assert_int_equal(text_distance("mailserver", "mialserver", 3), 1);
	assert_int_equal(text_distance("ca", "abc", 9), 3); /* restricted: not 2 */
}

static void measures_in_code_points(void **state)
{
	char a[300], b[300];

	(void)state;
	assert_int_equal(text_distance("müller", "muller", 9), 1);
	assert_int_equal(text_distance("日本語", "本日語", 9), 1);
	assert_int_equal(text_distance("a\xff", "a\xfe", 9), 1);
	memset(a, 'a', sizeof(a));
	memset(b, 'a', sizeof(b));
	a[299] = b[299] = '\0';
	b[298] = 'b'; /* beyond what is looked at */
	assert_int_equal(text_distance(a, b, 9), 0);
	memset(b, 'b', 299);
	assert_int_equal(text_distance(a, b, 1000), 255);
	assert_int_equal(text_distance(a, b, 3), 4);
}

static void matches_patterns(void **state)
{
	static const struct {
		const char *pattern, *name;
		bool match;
	} cases[] = {
		{"", "anything", true},
		{"mail", "my mail server", true},
		{"mail", "mai", false},
		{"*", "", true},
		{"*", "github/work", true},
		{"git*", "github", true},
		{"git*", "mygit", false},
		{"*hub", "github", true},
		{"*hub", "github2", false},
		{"g*b", "github", true},
		{"g*b*", "gb", true},
		{"?", "", false},
		{"?", "é", true},
		{"??", "é", false},
		{"m?ller", "müller", true},
		{"[a-c]x", "bx", true},
		{"[a-c]x", "dx", false},
		{"[!a-c]x", "dx", true},
		{"[^a-c]x", "ax", false},
		{"[à-ü]", "é", true},
		{"[à-ü]", "e", false},
		{"[abc-]", "-", true},
		{"[]x]", "]", true},
		{"[]x]", "x", true},
		{"[!]x]", "]", false},
		{"[!]x]", "y", true},
		{"[", "[", true},
		{"a[b", "a[b", true},
		{"a[b", "ab", false},
		{"[]", "[]", true},
		{"[[]*", "[x", true},
		{"[[]*", "x[", false},
		{"*[0-9]", "server7", true},
		{"*[0-9]", "server", false},
		{"*a*b*c", "xaxbxcxc", true},
		{"*a*b*c", "xcxbxa", false},
		{"a*", "b", false},
		{"*?", "", false},
		{"*?x", "xx", true},
		{"*[!é]b", "éb", false},
		{"*é?b", "ééab", true},
		{"[c-a]", "b", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (text_match(cases[i].pattern, cases[i].name) != cases[i].match)
			fail_msg("'%s' against '%s'", cases[i].pattern, cases[i].name);
}

/* A pattern that takes an age with every `*` tried for every length. */
static void matches_without_blowing_up(void **state)
{
	char pattern[2 * 1000 + 2] = "", name[256] = "";
	clock_t start = clock();

	(void)state;
	for (int i = 0; i < 1000; i++)
		memcpy(pattern + (size_t)2 * (size_t)i, i < 200 ? "*a" : "**", 2);
	pattern[2000] = 'b';
	memset(name, 'a', 255);
	for (int i = 0; i < 100; i++)
		assert_false(text_match(pattern, name));
	name[254] = 'b';
	assert_true(text_match(pattern, name));
	assert_true((clock() - start) / CLOCKS_PER_SEC < 2);
}

static void finds_the_best_place_of_a_word(void **state)
{
	static const struct {
		const char *text, *word;
		enum text_place place;
	} cases[] = {
		{"mail", "mail", TEXT_WHOLE},
		{"mailserver", "mail", TEXT_BEGINNING},
		{"https://mail.example", "mail", TEXT_WORD_BEGINNING},
		{"hotmail/mail", "mail", TEXT_WORD_BEGINNING},
		{"hotmail", "mail", TEXT_INSIDE},
		{"2mail", "mail", TEXT_INSIDE},
		{"mai", "mail", TEXT_NOWHERE},
		{"", "mail", TEXT_NOWHERE},
		{"\u00e4mail", "mail", TEXT_INSIDE},
		{"\u2013mail", "mail", TEXT_WORD_BEGINNING},
		{"\xffmail", "mail", TEXT_WORD_BEGINNING},
		{"\u65e5\u672c\u8a9e", "\u672c", TEXT_INSIDE},
		{"aaab", "ab", TEXT_INSIDE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(text_find(cases[i].text, strlen(cases[i].text), cases[i].word),
		                 cases[i].place);
	assert_int_equal(text_find("a\0mail", 6, "mail"), TEXT_WORD_BEGINNING);
	assert_int_equal(text_find("mailx", 3, "mail"), TEXT_NOWHERE);
}

static void folds_into_the_same_room(void **state)
{
	static const char *const texts[] = {"ABC z", "Stra\u00dfe", "e\u0301", "\ufdfa\ufdfa",
	                                    "",      "\u00ad",      "[{`@"};
	struct secret *room = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *folded = NULL;

		assert_done(text_fold(texts[i], &folded, err));
		assert_done(text_fold_into(texts[i], strlen(texts[i]), &room, err));
		assert_int_equal(room->length, strlen(folded));
		assert_string_equal((char *)room->bytes, folded);
		free(folded);
	}
	assert_done(text_fold_into("A\0\xff", 3, &room, err));
	assert_int_equal(room->length, 3);
	assert_memory_equal(room->bytes, "A\0\xff", 4);
	secret_free(room);
}

/* U+FDFA becomes 18 code points: the room that is there at first is too small. */
static void folded_text_may_be_longer(void **state)
{
	char text[3 * 100 + 1] = "", *folded = NULL;
	struct secret *room = NULL;

	(void)state;
	for (size_t i = 0; i < 100; i++)
		memcpy(text + 3 * i, "\ufdfa", 3);
	assert_done(text_fold(text, &folded, err));
	assert_done(text_fold_into(text, strlen(text), &room, err));
	assert_int_equal(room->length, strlen(folded));
	assert_string_equal((char *)room->bytes, folded);
	free(folded);
	secret_free(room);
}

static void counts_columns(void **state)
{
	(void)state;
	assert_int_equal(text_columns("abc", 3), 3);
	assert_int_equal(text_columns("\u65e5\u672c", 6), 4);
	assert_int_equal(text_columns("e\u0301", 3), 1);
	assert_int_equal(text_columns("\xff", 1), 1);
	assert_int_equal(text_fit("abc", 2), 2);
	assert_int_equal(text_fit("abc", 9), 3);
	assert_int_equal(text_fit("\u65e5\u672c", 3), 3);
	assert_int_equal(text_fit("e\u0301x", 1),
	                 3); /* a combining character stays with its base */
	assert_int_equal(text_fit("\u65e5", 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_names),
		cmocka_unit_test(refuses_names),
		cmocka_unit_test(limits_names),
		cmocka_unit_test(folds),
		cmocka_unit_test(tells_printable_text),
		cmocka_unit_test(measures_distances),
		cmocka_unit_test(measures_in_code_points),
		cmocka_unit_test(matches_patterns),
		cmocka_unit_test(matches_without_blowing_up),
		cmocka_unit_test(finds_the_best_place_of_a_word),
		cmocka_unit_test(folds_into_the_same_room),
		cmocka_unit_test(folded_text_may_be_longer),
		cmocka_unit_test(counts_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
