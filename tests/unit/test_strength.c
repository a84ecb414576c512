/* Strength: the score's thresholds, known words, odd passwords, and that nothing of one is told. */
#include "unit.h"

#include <time.h>

#include <vault/audit.h>

static const char *const no_words[] = {NULL};

static struct strength examine(const void *bytes, size_t length, const char *const *words)
{
	SECRET_AUTO *password = NULL;
	struct strength strength;
	struct error err = {0};

	assert_int_equal(secret_copy(&password, bytes, length, &err), 0);
	memset(&strength, 0xaa, sizeof(strength));
	assert_int_equal(audit_strength(password, words, &strength, &err), 0);
	assert_true(strength.bits >= 0);
	assert_in_range(strength.score, 0, 4);
	assert_non_null(memchr(strength.advice, 0, sizeof(strength.advice)));
	return strength;
}

static struct strength of(const char *password)
{
	return examine(password, strlen(password), NULL);
}

static void test_common_passwords_are_very_weak(void **state)
{
	static const char *const common[] = {
		"password", "123456",           "qwerty",   "letmein", "aaaaaaaa",
		"abcdefgh", "passwordpassword", "P4ssw0rd", "",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		struct strength strength = of(common[i]);

		assert_int_equal(strength.score, 0);
		assert_true(strength.bits < 9.97);
		assert_true(strlen(strength.advice) > 20);
	}
}

static void test_random_password_is_strong(void **state)
{
	struct strength strength = of("vW8#qZ!r2Lx@f9Tk&Yp4");

	(void)state;
	assert_int_equal(strength.score, 4);
	assert_true(strength.bits > 80);
	assert_string_equal(strength.advice, ""); /* nothing to improve */
}

/* Score and bits agree at zxcvbn's thresholds, 10^3, 10^6, 10^8 and 10^10 guesses. */
static void test_score_follows_bits(void **state)
{
	static const double thresholds[] = {9.965, 19.93, 26.58, 33.22};
	const char *text = "kX9#vQ2m";
	int seen = 0;

	(void)state;
	for (size_t length = 0; length <= strlen(text); length++) {
		struct strength strength = examine(text, length, NULL);
		int expected = 0;

		for (size_t i = 0; i < 4; i++)
			expected += strength.bits > thresholds[i] + 0.01;
		assert_int_equal(strength.score, expected);
		seen |= 1 << strength.score;
	}
	assert_int_equal(seen, 0x1f); /* every score came up */
}

static void test_known_words_count_against_it(void **state)
{
	const char *const words[] = {"Zwilkmann@plovdiv.example", "github/Brunsbek", NULL};
	static const char *const passwords[] = {"zwilkmann", "Zwilkmann1", "brunsbek", "Plovdiv99",
	                                        "bruN5bek"};

	(void)state;
	for (size_t i = 0; i < sizeof(passwords) / sizeof(passwords[0]); i++) {
		size_t length = strlen(passwords[i]);
		struct strength with = examine(passwords[i], length, words);
		struct strength without = examine(passwords[i], length, no_words);

		assert_true(with.bits + 8 < without.bits);
		assert_non_null(strstr(with.advice, "user or service name"));
	}
}

static void test_many_and_short_words_do_no_harm(void **state)
{
	const char *words[201];

	(void)state;
	for (size_t i = 0; i < 200; i++)
		words[i] = i % 2 ? "" : "a.b.c/d-e@f";
	words[200] = NULL;
	assert_int_equal(examine("vW8#qZ!r2Lx@f9Tk&Yp4", 20, words).score, 4);
	assert_int_equal(examine("", 0, words).score, 0);
}

/* What is behind a NUL counts, and a NUL is no better than another odd byte. */
static void test_nul_bytes(void **state)
{
	static const char random[] = "\0vW8#qZ!r2L", zeros[16];
	struct strength behind = examine(random, 11, NULL);

	(void)state;
	assert_int_equal(behind.score, 4);
	assert_int_equal(examine(zeros, sizeof(zeros), NULL).score, 0);
	assert_true(examine("password\0password", 17, NULL).score <= 2);
	assert_true(examine("a\0b", 3, NULL).bits <= examine("a\001b", 3, NULL).bits);
}

static void test_any_bytes(void **state)
{
	unsigned char bytes[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 167 + 13);
	for (size_t length = 0; length <= sizeof(bytes); length += 17)
		examine(bytes, length, NULL);
}

static void test_longest_password_is_quick(void **state)
{
	static char text[PASSWORD_MAX];
	struct timespec start, end;

	(void)state;
	memset(text, 'a', sizeof(text));
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_true(examine(text, sizeof(text), NULL).score <= 3); /* 64 Ki times the same */
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('!' + (i * i * 7919 + i * 31 + i / 93) % 90);
	assert_int_equal(examine(text, sizeof(text), NULL).score, 4);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_true(end.tv_sec - start.tv_sec < 5); /* measured: milliseconds */
}

/* The advice is the same for passwords of the same weakness: it holds nothing of them. */
static void test_advice_tells_nothing(void **state)
{
	static const char *const pairs[][2] = {
		{"dragon", "monkey"},   {"dr4g0n", "m0nk3y"},   {"12.05.1984", "30-11-1977"},
		{"zxcvfdsa", "tgbnhy"}, {"bcdefgh", "nopqrst"}, {"xxxxxxxxx", "-------"},
		{"x7", "Q#"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct strength a = of(pairs[i][0]), b = of(pairs[i][1]);

		assert_string_not_equal(a.advice, "");
		assert_null(strstr(a.advice, pairs[i][0]));
		assert_null(strstr(b.advice, pairs[i][1]));
		assert_string_equal(a.advice, b.advice);
	}
}

static void test_words_for_scores(void **state)
{
	(void)state;
	assert_string_equal(strength_word(0), "very weak");
	assert_string_equal(strength_word(4), "strong");
	assert_string_equal(strength_word(-1), "very weak");
	assert_string_equal(strength_word(99), "strong");
	for (int i = 0; i < 4; i++)
		assert_string_not_equal(strength_word(i), strength_word(i + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_common_passwords_are_very_weak),
		cmocka_unit_test(test_random_password_is_strong),
		cmocka_unit_test(test_score_follows_bits),
		cmocka_unit_test(test_known_words_count_against_it),
		cmocka_unit_test(test_many_and_short_words_do_no_harm),
		cmocka_unit_test(test_nul_bytes),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_longest_password_is_quick),
		cmocka_unit_test(test_advice_tells_nothing),
		cmocka_unit_test(test_words_for_scores),
	};

	return cmocka_run_group_tests_name("strength", tests, NULL, NULL);
}
