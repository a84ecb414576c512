/* Recovery codes: what people mistype is noticed, and where. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <vault/keys.h>

#define GROUPS 7
#define GROUP_CHARACTERS 5
#define CHARACTERS (GROUPS * GROUP_CHARACTERS)
#define SHOWN (CHARACTERS + GROUPS - 1)

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The place of the code's n-th character as it is shown, dashes counted. */
static size_t place(size_t n)
{
	return n + n / GROUP_CHARACTERS;
}

static int read_code(const char *text, struct secret **ret_normal, struct error *err)
{
	SECRET_AUTO *typed = NULL;

	assert_int_equal(secret_copy(&typed, text, strlen(text), err), 0);
	return recovery_code_read(typed, ret_normal, err);
}

static void new_code(char code[SHOWN + 1])
{
	SECRET_AUTO *fresh = NULL;

	assert_done(recovery_code_new(&fresh, err));
	assert_int_equal(fresh->length, SHOWN);
	memcpy(code, fresh->bytes, SHOWN + 1);
}

static void assert_reads(const char *text, const char *expected)
{
	SECRET_AUTO *normal = NULL;

	assert_done(read_code(text, &normal, err));
	assert_int_equal(normal->length, 28);
	assert_string_equal((const char *)normal->bytes, expected);
}

static void assert_typing_error(const char *text, size_t group)
{
	SECRET_AUTO *normal = NULL;
	char reason[64];

	snprintf(reason, sizeof(reason), "typing error in group %zu ", group);
	assert_fails(read_code(text, &normal, err), VAULT_USAGE, reason);
	assert_null(normal);
}

static void names_every_type(void **state)
{
	(void)state;
	assert_string_equal(key_type_name(KEY_PASSWORD), "password");
	assert_string_equal(key_type_name(KEY_PASSWORD_AND_FILE), "password and key file");
	assert_string_equal(key_type_name(KEY_FILE), "key file");
	assert_string_equal(key_type_name(KEY_RECOVERY_CODE), "recovery code");
	assert_string_equal(key_type_name((enum key_type)9), "unknown");
}

/* Codes that were printed once must be readable for ever. This one is from a few lines of Python
 * after the description in keys.h, with the values (7 i + 3) mod 32. */
static void reads_a_code_of_old(void **state)
{
	(void)state;
	assert_reads("3AHR6-Z6DMX-V29GM-QY5CB-KT182-FPX4S-BJS0G", "3AHRZ6DMV29GQY5CKT18FPX4BJS0");
}

static void fresh_codes_read_back(void **state)
{
	char code[SHOWN + 1], last[SHOWN + 1] = "", data[29] = "";

	(void)state;
	for (int round = 0; round < 100; round++) {
		new_code(code);
		assert_string_not_equal(code, last);
		memcpy(last, code, sizeof(last));
		for (size_t n = 0, next = 0; n < CHARACTERS; n++) {
			assert_non_null(strchr(alphabet, code[place(n)]));
			if (n > 0 && n % GROUP_CHARACTERS == 0)
				assert_int_equal(code[place(n) - 1], '-');
			if (n % GROUP_CHARACTERS != GROUP_CHARACTERS - 1)
				data[next++] = code[place(n)];
		}
		assert_reads(code, data);
	}
}

/* 28 × 2000 characters, each of 32 equally likely: chi-square with 31 degrees of freedom has mean
 * 31 and deviation 7.9; beyond 100 is a chance of one in a thousand millions. */
static void draws_characters_evenly(void **state)
{
	unsigned counts[256] = {0};
	char code[SHOWN + 1];
	double expected = 28.0 * 2000 / 32, chi = 0;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		new_code(code);
		for (size_t n = 0; n < CHARACTERS; n++)
			if (n % GROUP_CHARACTERS != GROUP_CHARACTERS - 1)
				counts[(unsigned char)code[place(n)]]++;
	}
	for (size_t i = 0; i < 32; i++) {
		double difference = counts[(unsigned char)alphabet[i]] - expected;

		chi += difference * difference / expected;
	}
	assert_true(chi < 100);
}

static void takes_what_people_type(void **state)
{
	static const char data[] = "3AHRZ6DMV29GQY5CKT18FPX4BJS0";

	(void)state;
	assert_reads("3ahr6-z6dmx-v29gm-qy5cb-kt182-fpx4s-bjs0g", data);
	assert_reads("3AHR6Z6DMXV29GMQY5CBKT182FPX4SBJS0G", data);
	assert_reads(" 3AHR6 Z6DMX\tV29GM - QY5CB\r\nKT182 FPX4S BJS0G\n", data);
	assert_reads("3AHR6-Z6DMX-V29GM-QY5CB-KTl82-FPX4S-BJSoG", data);
	assert_reads("3AHR6-Z6DMX-V29GM-QY5CB-KTI82-FPX4S-BJSOG", data);
	assert_reads("3AHR6-Z6DMX-V29GM-QY5CB-KTi82-FPX4S-BJS0G", data);
}

static void tells_a_wrong_length(void **state)
{
	SECRET_AUTO *normal = NULL;

	(void)state;
	assert_fails(read_code("", &normal, err), VAULT_USAGE, "35 characters, not 0");
	assert_fails(read_code("3AHR6-Z6DMX-V29GM-QY5CB-KT182-FPX4S-BJS0", &normal, err),
	             VAULT_USAGE, "35 characters, not 34");
	assert_fails(read_code("3AHR6-Z6DMX-V29GM-QY5CB-KT182-FPX4S-BJS0GG", &normal, err),
	             VAULT_USAGE, "35 characters, not 36");
	assert_null(normal);
}

static void notices_characters_of_no_code(void **state)
{
	(void)state;
	assert_typing_error("UAHR6-Z6DMX-V29GM-QY5CB-KT182-FPX4S-BJS0G", 1);
	assert_typing_error("3AHR6-Z6DMX-V29GM-QY5CB-KT182-FPX4S-BJS0!", 7);
	assert_typing_error("3AHR6-Z6DMX-V29GM-QY*CB-KT182-FPX4S-BJS0G", 4);
}

static void notices_every_wrong_character(void **state)
{
	char code[SHOWN + 1], right;

	(void)state;
	new_code(code);
	for (size_t n = 0; n < CHARACTERS; n++) {
		right = code[place(n)];
		for (size_t i = 0; i < 32; i++) {
			code[place(n)] = alphabet[i];
			if (alphabet[i] != right)
				assert_typing_error(code, n / GROUP_CHARACTERS + 1);
		}
		code[place(n)] = right;
	}
}

/* Gives whether an exchange of these two is beyond Luhn's sight: 0 and Z, as 0 and 9 for
 * decimals. */
static bool is_blind_pair(char a, char b)
{
	return (a == '0' && b == 'Z') || (a == 'Z' && b == '0');
}

static void notices_exchanged_neighbours(void **state)
{
	char code[SHOWN + 1];
	unsigned blind = 0;

	(void)state;
	for (int round = 0; round < 60; round++) {
		new_code(code);
		for (size_t n = 0; n + 1 < CHARACTERS; n++) {
			char a = code[place(n)], b = code[place(n + 1)];
			bool same_group = n / GROUP_CHARACTERS == (n + 1) / GROUP_CHARACTERS;

			if (a == b)
				continue;
			code[place(n)] = b;
			code[place(n + 1)] = a;
			if (same_group && is_blind_pair(a, b)) {
				SECRET_AUTO *normal = NULL;

				assert_done(read_code(code, &normal, err));
				blind++;
			} else {
				assert_typing_error(code, n / GROUP_CHARACTERS + 1);
			}
			code[place(n)] = a;
			code[place(n + 1)] = b;
		}
	}
	assert_true(blind < 30); /* 1 in 512 of 1,680 pairs */
}

static void notices_exchanged_groups(void **state)
{
	char code[SHOWN + 1], group[GROUP_CHARACTERS];

	(void)state;
	for (int round = 0; round < 20; round++) {
		new_code(code);
		for (size_t a = 0; a < GROUPS; a++) {
			for (size_t b = a + 1; b < GROUPS; b++) {
				char *x = code + a * (GROUP_CHARACTERS + 1);
				char *y = code + b * (GROUP_CHARACTERS + 1);

				memcpy(group, x, GROUP_CHARACTERS);
				memcpy(x, y, GROUP_CHARACTERS);
				memcpy(y, group, GROUP_CHARACTERS);
				assert_typing_error(code, a + 1);
				memcpy(y, x, GROUP_CHARACTERS);
				memcpy(x, group, GROUP_CHARACTERS);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_every_type),
		cmocka_unit_test(reads_a_code_of_old),
		cmocka_unit_test(fresh_codes_read_back),
		cmocka_unit_test(draws_characters_evenly),
		cmocka_unit_test(takes_what_people_type),
		cmocka_unit_test(tells_a_wrong_length),
		cmocka_unit_test(notices_characters_of_no_code),
		cmocka_unit_test(notices_every_wrong_character),
		cmocka_unit_test(notices_exchanged_neighbours),
		cmocka_unit_test(notices_exchanged_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
