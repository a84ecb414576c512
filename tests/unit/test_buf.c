/* The growing buffer. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

static void collects(void **state)
{
	BUF_AUTO buf = BUF_EMPTY;

	(void)state;
	assert_null(buf.bytes);
	buf_add_string(&buf, "SELECT ");
	buf_add_format(&buf, "%d, '%s'", 42, "x");
	buf_add(&buf, "\0;", 2);
	assert_int_equal(buf.length, 16);
	assert_memory_equal(buf.bytes, "SELECT 42, 'x'\0;", 17);
	assert_done(buf_check(&buf, err));
}

static void grows(void **state)
{
	BUF_AUTO buf = BUF_EMPTY;
	char number[32];

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_add_format(&buf, "%05d", i);
	assert_int_equal(buf.length, 100000);
	for (int i = 0; i < 20000; i += 777) {
		snprintf(number, sizeof(number), "%05d", i);
		assert_memory_equal(buf.bytes + 5 * (size_t)i, number, 5);
	}
	assert_int_equal(buf.bytes[buf.length], '\0');
}

static void gives_its_string(void **state)
{
	struct buf buf = BUF_EMPTY;
	char *string;

	(void)state;
	string = buf_take_string(&buf);
	assert_string_equal(string, "");
	free(string);
	buf_add_string(&buf, "abc");
	string = buf_take_string(&buf);
	assert_string_equal(string, "abc");
	free(string);
	assert_null(buf.bytes);
	assert_int_equal(buf.length, 0);
}

static void remembers_a_failure(void **state)
{
	struct buf buf = BUF_EMPTY;

	(void)state;
	buf_add_string(&buf, "a");
	buf_add(&buf, "", SIZE_MAX / 2); /* refused before a byte is looked at */
	buf_add_string(&buf, "b");
	assert_fails(buf_check(&buf, err), VAULT_FAILED, "out of memory");
	assert_int_equal(buf.length, 1);
	assert_null(buf_take_string(&buf));
	assert_done(buf_check(&buf, err)); /* as new */
	buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(collects),
		cmocka_unit_test(grows),
		cmocka_unit_test(gives_its_string),
		cmocka_unit_test(remembers_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
