/* Variants are found and named; passwords that have nothing to do with one another are not. */
#include "unit.h"

#include <stdlib.h>

#include <vault/generate.h>

#include "crypto/seal.h"
#include "vault/variant.h"

static const unsigned char key[FINGERPRINT_KEY_BYTES] = {3};

static struct entry shop = {.name = (char *)(uintptr_t) "shop"};
static struct entry mail = {.name = (char *)(uintptr_t) "Mail-Server"};

static struct secret *password(const char *text)
{
	struct secret *secret = NULL;

	assert_done(secret_copy(&secret, text, strlen(text), err));
	return secret;
}

static size_t in_common(const struct variant_forms *a, const struct variant_forms *b, bool sure)
{
	size_t common = 0;

	for (size_t i = 0; i < (sure ? a->n_sure : a->count); i++)
		for (size_t j = 0; j < (sure ? b->n_sure : b->count); j++)
			common += memcmp(a->hashes[i], b->hashes[j], VARIANT_FORM_BYTES) == 0;
	return common;
}

/* The comparison says `how` in both directions, and the forms find the pair. */
static void check(const char *a, const char *b, unsigned how)
{
	SECRET_AUTO *one = password(a);
	SECRET_AUTO *other = password(b);
	struct variant_forms forms[2];
	unsigned said = variant_compare(one, &shop, other, &mail);

	if (said != how)
		fail_msg("%s and %s: %#x, expected was %#x", a, b, said, how);
	assert_int_equal(variant_compare(other, &mail, one, &shop), how);
	variant_forms(one, &shop, key, &forms[0]);
	variant_forms(other, &mail, key, &forms[1]);
	if (how != 0 && in_common(&forms[0], &forms[1], false) == 0)
		fail_msg("%s and %s have no form in common", a, b);
	if (how == 0 && in_common(&forms[0], &forms[1], true) != 0)
		fail_msg("%s and %s have a form in common", a, b);
}

static void tells_what_differs(void **state)
{
	(void)state;
	check("Sakura2013!", "sakura2013!", VARIANT_CASE);
	check("Sakura2013!", "Sakura2014!", VARIANT_YEAR);
	check("Sakura2013!", "sakura2014!", VARIANT_YEAR | VARIANT_CASE);
	check("hunter2", "hunter13", VARIANT_DIGITS);
	check("hunter2", "hunter", VARIANT_DIGITS);
	check("hunter2", "hunter2!?", VARIANT_SYMBOLS);
	check("hunter!2", "2hunter!", VARIANT_MOVED);
	check("pass123", "pass987!", VARIANT_DIGITS | VARIANT_SYMBOLS);
	check("Winter2020", "Summer2020", VARIANT_SEASON);
	check("Winter2020", "Sommer2021", VARIANT_SEASON | VARIANT_YEAR);
	check("p4ssw0rd", "password", VARIANT_LOOKALIKE);
	check("54kur4", "sakura", VARIANT_LOOKALIKE);
	check("dragonfly", "ylfnogard", VARIANT_REVERSED);
	check("dragonfly12", "21ylfnogard", VARIANT_REVERSED);
	check("xK9#vv-shop", "xK9#vv-mail", VARIANT_SERVICE);
	check("7391shop", "7391server", VARIANT_SERVICE);
	check("asdfgh77", "sdfghj88", VARIANT_KEYBOARD);
	check("Tr!ckZy", "Yt@vlXu", VARIANT_KEYBOARD);
	check("correct horse", "correct hose", VARIANT_CHARACTER);
	check("correct horse", "correct house", VARIANT_CHARACTER);
	check("4711", "4712", VARIANT_CHARACTER);
	check("4711", "4171", VARIANT_FEW);
	check("47110815", "47119915", VARIANT_FEW);
	check("correct horse", "correct mouse", VARIANT_FEW);
	check("correct horse", "correct h", 0);
	check("471108", "479908", 0);
	check("dragonfly7", "dragonfly7dragonfly7", VARIANT_TWICE);
	check("dragonfly", "dragonflyylfnogard", VARIANT_TWICE);
	check("4711#0815", "4711#08154711#0815", VARIANT_TWICE);
	check("bluefish8", "bluefishserver9", VARIANT_SERVICE);
}

static void takes_any_bytes(void **state)
{
	(void)state;
	check("Caf\xc3\x89"
	      "bar9",
	      "caf\xc3\xa9"
	      "bar8",
	      VARIANT_CASE | VARIANT_DIGITS);
	check("\xff\xfe"
	      "dragon1",
	      "\xff\xfe"
	      "dragon2",
	      VARIANT_DIGITS);
	check("\xe9\x8a\x80\xe8\xa1\x8c\xe5\x8f\xa3\xe5\xba\xa7"
	      "1",
	      "\xe9\x8a\x80\xe8\xa1\x8c\xe5\x8f\xa3\xe5\xba\xa7"
	      "22",
	      VARIANT_DIGITS);
}

static void leaves_others_alone(void **state)
{
	(void)state;
	check("dragon2013", "monkey2013", 0);
	check("passport2013", "passable2013", 0);
	check("a1b2c3", "x9y8z7", 0);
	check("12345678", "87654399", 0);
	check("shop", "Mail-Server", 0);
	check("", "x", 0);
}

static void the_same_is_no_variant(void **state)
{
	SECRET_AUTO *one = password("dragon2013");
	SECRET_AUTO *other = password("dragon2013");

	(void)state;
	assert_int_equal(variant_compare(one, &shop, other, &mail), 0);
}

static void long_passwords_have_no_forms(void **state)
{
	SECRET_AUTO *long_one = NULL;
	struct variant_forms forms;

	(void)state;
	assert_done(secret_new(&long_one, VARIANT_CHARACTERS_MAX + 1, err));
	memset(long_one->bytes, 'a', VARIANT_CHARACTERS_MAX + 1);
	long_one->length = VARIANT_CHARACTERS_MAX + 1;
	variant_forms(long_one, &shop, key, &forms);
	assert_int_equal(forms.count, 0);
	long_one->length--;
	variant_forms(long_one, &shop, key, &forms);
	assert_true(forms.count > 0 && forms.count <= VARIANT_FORMS_MAX);
}

/* ---- random passwords must not meet ------------------------------------------------- */

#define RANDOM_PASSWORDS 20000 /* of each kind, all pairs; VARIANT_RANDOM=300000 takes a minute */

struct form {
	uint64_t hash;
	size_t who;
};

/* By their hashes. */
static int compare_forms(const void *left, const void *right)
{
	const struct form *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->who > b->who) - (a->who < b->who);
}

static void fill_at_random(struct secret *secret, const char *alphabet)
{
	uint32_t chosen;

	for (size_t i = 0; i < secret->length; i++) {
		crypto_random(&chosen, sizeof(chosen));
		secret->bytes[i] = (unsigned char)alphabet[chosen % strlen(alphabet)];
	}
}

static bool is_alarm(const unsigned char *a, const unsigned char *b, size_t length)
{
	static struct secret *secrets[2];

	for (size_t i = 0; i < 2; i++) {
		if (!secrets[i])
			assert_done(secret_new(&secrets[i], 64, err));
		secrets[i]->length = 0;
		assert_done(secret_append(secrets[i], i == 0 ? a : b, length, err));
	}
	return variant_compare(secrets[0], &shop, secrets[1], &shop) != 0;
}

/* Pairs, out of all that `count` random passwords of this kind make, that share a form and are told
 * to be variants. Who shares several is counted for each, if anything too often. */
static size_t count_alarms(const char *alphabet, size_t length, size_t count)
{
	struct form *all = calloc(count * VARIANT_FORMS_MAX, sizeof(*all));
	unsigned char *passwords = calloc(count, length);
	SECRET_AUTO *secret = NULL;
	struct variant_forms forms;
	size_t n = 0, alarms = 0;

	assert_done(secret_new(&secret, length, err));
	secret->length = length;
	assert_true(all && passwords);
	for (size_t i = 0; i < count; i++) {
		fill_at_random(secret, alphabet);
		memcpy(passwords + i * length, secret->bytes, length);
		variant_forms(secret, &shop, key, &forms);
		for (size_t j = 0; j < forms.count; j++) {
			all[n].who = i;
			memcpy(&all[n++].hash, forms.hashes[j], VARIANT_FORM_BYTES);
		}
	}
	qsort(all, n, sizeof(*all), compare_forms);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n && all[j].hash == all[i].hash; j++)
			alarms += is_alarm(passwords + all[i].who * length,
			                   passwords + all[j].who * length, length);
	free(all);
	free(passwords);
	return alarms;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static void random_passwords_do_not_meet(void **state)
{
	static const struct {
		const char *what, *alphabet;
	} kinds[] = {
		{"printable", LOWER UPPER DIGITS "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"},
		{"letters and digits", LOWER UPPER DIGITS},
		{"small letters and digits", LOWER DIGITS},
		{"letters", LOWER UPPER},
		{"base 32", UPPER "234567"},
		{"hexadecimal", DIGITS "abcdef"},
		{"digits", DIGITS},
		{"digits and symbols", DIGITS "!#$%&()*+,-./:;<=>?@[]^_{|}~"},
	};
	const char *wanted = getenv("VARIANT_RANDOM");
	size_t count = wanted ? strtoul(wanted, NULL, 10) : RANDOM_PASSWORDS;
	double pairs = (double)count * (double)(count - 1) / 2;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t alarms = count_alarms(kinds[i].alphabet, 12, count);

		print_message("# %s, 12 characters: %zu of %.0f pairs\n", kinds[i].what, alarms,
		              pairs);
		if ((double)alarms > pairs / 1e6)
			fail_msg("%s: more than one pair in a million", kinds[i].what);
	}
	/* Negative control: what does meet is counted. */
	assert_true(count_alarms("ab", 12, 500) > 0);
}

static void tells_it_in_words(void **state)
{
	char text[VARIANT_WORDS_SIZE];

	(void)state;
	assert_string_equal(variant_words(VARIANT_YEAR | VARIANT_CASE, text),
	                    "upper and lower case, year changed");
	assert_string_equal(variant_words(VARIANT_KEYBOARD, text), "shifted on the keyboard");
	assert_string_equal(variant_words(0, text), "");
	assert_true(strlen(variant_words(UINT32_MAX, text)) < VARIANT_WORDS_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_differs),
		cmocka_unit_test(takes_any_bytes),
		cmocka_unit_test(leaves_others_alone),
		cmocka_unit_test(the_same_is_no_variant),
		cmocka_unit_test(long_passwords_have_no_forms),
		cmocka_unit_test(random_passwords_do_not_meet),
		cmocka_unit_test(tells_it_in_words),
	};

	return crypto_start(NULL) < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
