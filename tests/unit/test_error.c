/* Errors: what is set, what stays, and what happens to text that does not fit. */
#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static void sets_status_and_message(void **state)
{
	struct error err = {0};

	(void)state;
	assert_int_equal(error_set(&err, VAULT_NOT_FOUND, "no entry '%s'", "shop"), -3);
	assert_int_equal(err.status, VAULT_NOT_FOUND);
	assert_string_equal(err.message, "no entry 'shop'");
}

static void works_without_a_struct(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, VAULT_EXISTS, "x"), -VAULT_EXISTS);
	assert_int_equal(error_errno(NULL, VAULT_DAMAGED, EIO, "x"), -VAULT_DAMAGED);
	assert_int_equal(error_context(NULL, "x"), -VAULT_FAILED);
}

static void no_failure_is_a_success(void **state)
{
	struct error err = {0};

	(void)state;
	assert_int_equal(error_set(&err, VAULT_OK, "x"), -VAULT_FAILED);
	assert_int_equal(err.status, VAULT_FAILED);
	err.status = VAULT_OK;
	assert_int_equal(error_context(&err, "y"), -VAULT_FAILED);
	assert_int_equal(err.status, VAULT_FAILED);
}

static void tells_the_systems_reason(void **state)
{
	struct error err = {0};

	(void)state;
	errno = EPERM;
	assert_int_equal(error_errno(&err, VAULT_FAILED, ENOSPC, "cannot write '%s'", "a"), -1);
	assert_string_equal(err.message, "cannot write 'a': No space left on device");
	assert_int_equal(errno, EPERM);
	error_errno(&err, VAULT_FAILED, 123456, "odd");
	assert_non_null(strstr(err.message, "123456"));
}

static void context_goes_in_front(void **state)
{
	struct error err = {0};

	(void)state;
	error_set(&err, VAULT_DAMAGED, "page %d is damaged", 7);
	assert_int_equal(error_context(&err, "vault '%s'", "v"), -VAULT_DAMAGED);
	assert_int_equal(error_context(&err, "cannot open"), -VAULT_DAMAGED);
	assert_string_equal(err.message, "cannot open: vault 'v': page 7 is damaged");
	memset(&err, 0, sizeof(err));
	error_context(&err, "alone");
	assert_string_equal(err.message, "alone");
}

static void an_argument_may_be_the_message(void **state)
{
	struct error err = {0};

	(void)state;
	error_set(&err, VAULT_FAILED, "inner");
	error_set(&err, VAULT_FAILED, "outer (%s)", err.message);
	assert_string_equal(err.message, "outer (inner)");
	error_context(&err, "<%s>", err.message);
	assert_string_equal(err.message, "<outer (inner)>: outer (inner)");
}

static bool ends_with(const char *text, const char *end)
{
	return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static void long_text_ends_in_a_mark(void **state)
{
	char text[3 * ERROR_MESSAGE_MAX];
	struct error err = {0};

	(void)state;
	memset(text, 'x', sizeof(text));
	text[ERROR_MESSAGE_MAX - 1] = '\0';
	error_set(&err, VAULT_FAILED, "%s", text); /* exactly fits */
	assert_string_equal(err.message, text);
	text[ERROR_MESSAGE_MAX - 1] = 'x';
	text[sizeof(text) - 1] = '\0';
	error_set(&err, VAULT_FAILED, "%s", text);
	assert_int_equal(strlen(err.message), ERROR_MESSAGE_MAX - 1);
	assert_true(ends_with(err.message, "x..."));
}

static void long_text_keeps_the_systems_reason(void **state)
{
	char text[2 * ERROR_MESSAGE_MAX];
	struct error err = {0};

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	error_errno(&err, VAULT_FAILED, EIO, "%s", text);
	assert_true(ends_with(err.message, "x...: Input/output error"));
}

static void long_context_keeps_the_cause(void **state)
{
	char text[2 * ERROR_MESSAGE_MAX];
	struct error err = {0};

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	error_set(&err, VAULT_FAILED, "the cause");
	for (int i = 0; i < 2; i++)
		error_context(&err, i == 0 ? "%s" : "short %.1s", text);
	assert_true(ends_with(err.message, "x...: the cause"));
	for (int i = 0; i < 5; i++)
		error_context(&err, "%.300s", text);
	assert_int_equal(strlen(err.message), ERROR_MESSAGE_MAX - 1);
	assert_true(ends_with(err.message, "..."));
}

/* Every place of the cut relative to characters of two, three and four bytes. */
static void cuts_between_characters(void **state)
{
	static const char *const characters[] = {"é", "…", "🔑"};
	char text[2 * ERROR_MESSAGE_MAX + 8];
	struct error err = {0};

	(void)state;
	for (size_t c = 0; c < 3; c++) {
		size_t width = strlen(characters[c]);

		for (size_t shift = 0; shift < 4; shift++) {
			size_t kept;

			memset(text, 'a', shift);
			for (kept = shift; kept < ERROR_MESSAGE_MAX + 4; kept += width)
				memcpy(text + kept, characters[c], width);
			text[kept] = '\0';
			error_set(&err, VAULT_FAILED, "%s", text);
			assert_true(ends_with(err.message, "..."));
			kept = strlen(err.message) - 3;
			assert_memory_equal(err.message, text, kept);
			assert_int_equal((kept - shift) % width, 0);
			assert_true(kept + 3 + width > ERROR_MESSAGE_MAX - 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_status_and_message),
		cmocka_unit_test(works_without_a_struct),
		cmocka_unit_test(no_failure_is_a_success),
		cmocka_unit_test(tells_the_systems_reason),
		cmocka_unit_test(context_goes_in_front),
		cmocka_unit_test(an_argument_may_be_the_message),
		cmocka_unit_test(long_text_ends_in_a_mark),
		cmocka_unit_test(long_text_keeps_the_systems_reason),
		cmocka_unit_test(long_context_keeps_the_cause),
		cmocka_unit_test(cuts_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
