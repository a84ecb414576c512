/* JSON, and the output it goes to. */
#include "unit.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <vault/secret.h>

#include "cli/json.h"
#include "cli/output.h"

/* Gathers the output in memory; `result` gives it, terminated. */
static int capture(void)
{
	int fd = memfd_create("output", MFD_CLOEXEC);

	assert_true(fd >= 0);
	output_to(fd);
	return fd;
}

static char *result(int fd)
{
	static char text[400000];
	ssize_t n;

	output_flush();
	n = pread(fd, text, sizeof(text) - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
	output_to(STDOUT_FILENO);
	return text;
}

static void writes_every_kind_of_value(void **state)
{
	struct json json = {0};
	int fd = capture();

	(void)state;
	json_put_object(&json, NULL);
	json_put_string(&json, "s", "a\"b\\c\n\x01\x7f€");
	json_put_string(&json, "none", NULL);
	json_put_array(&json, "list");
	json_put_number(&json, NULL, -5);
	json_put_number(&json, NULL, INT64_MIN);
	json_put_object(&json, NULL);
	json_close(&json);
	json_put_object(&json, NULL);
	json_put_bool(&json, "yes", true);
	json_put_bool(&json, "no", false);
	json_close(&json);
	json_close(&json);
	json_put_real(&json, "bits", 77.549);
	json_put_time(&json, "when", 951782400);
	json_put_time(&json, "never", 0);
	json_close(&json);
	assert_string_equal(result(fd),
	                    "{\"s\":\"a\\\"b\\\\c\\n\\u0001\\u007f€\",\"none\":null,"
	                    "\"list\":[-5,-9223372036854775808,{},{\"yes\":true,\"no\":false}],"
	                    "\"bits\":77.5,\"when\":\"2000-02-29T00:00:00Z\",\"never\":null}\n");
}

static void check_secret(const void *bytes, size_t length, const char *expected)
{
	SECRET_AUTO *secret = NULL;
	struct json json = {0};
	int fd = capture();

	assert_int_equal(secret_copy(&secret, bytes, length, NULL), 0);
	json_put_object(&json, NULL);
	json_put_secret(&json, "p", secret);
	json_close(&json);
	assert_string_equal(result(fd), expected);
}

static void writes_secrets(void **state)
{
	struct json json = {0};

	(void)state;
	check_secret("", 0, "{\"p\":\"\"}\n");
	check_secret("a\0b\n", 4, "{\"p\":\"a\\u0000b\\n\"}\n");
	check_secret("\xc2\x9b\xe2\x80\xae\xe2\x81\xa9\xe2\x82\xac", 11,
	             "{\"p\":\"\\u009b\\u202e\\u2069\xe2\x82\xac\"}\n");
	/* RFC 4648, section 10, behind a byte that is no UTF-8 */
	check_secret("\xff", 1, "{\"p_base64\":\"/w==\"}\n");
	check_secret("\xff"
	             "f",
	             2, "{\"p_base64\":\"/2Y=\"}\n");
	check_secret("\xff"
	             "fo",
	             3, "{\"p_base64\":\"/2Zv\"}\n");
	check_secret("\xff"
	             "foob",
	             5, "{\"p_base64\":\"/2Zvb2I=\"}\n");

	int fd = capture();
	json_put_object(&json, NULL);
	json_put_secret(&json, "p", NULL);
	json_put_string(&json, "t", "\xfe");
	json_close(&json);
	assert_string_equal(result(fd), "{\"p\":null,\"t_base64\":\"/g==\"}\n");
}

/* Longer than the pieces it is written in, at every offset of an escape against their ends. */
static void writes_long_secrets(void **state)
{
	static char bytes[2000], expected[6 * 2000 + 32];

	(void)state;
	for (size_t shift = 0; shift < 8; shift++) {
		size_t n = (size_t)snprintf(expected, sizeof(expected), "{\"p\":\"");
		for (size_t i = 0; i < sizeof(bytes); i++) {
			bytes[i] = (i + shift) % 4 ? 'x' : '\x1b';
			n += (size_t)snprintf(expected + n, sizeof(expected) - n, "%s",
			                      bytes[i] == 'x' ? "x" : "\\u001b");
		}
		snprintf(expected + n, sizeof(expected) - n, "\"}\n");
		check_secret(bytes, sizeof(bytes), expected);
	}
}

static void keeps_the_order_of_text_and_secrets(void **state)
{
	SECRET_AUTO *secret = NULL;
	int fd = capture();

	(void)state;
	assert_int_equal(secret_copy(&secret, "S", 1, NULL), 0);
	output_string("a");
	output_secret(secret);
	output_format("%d", 1);
	output_secret_text(secret, 2);
	output_text("b\x1b");
	output_padded("xy", 4);
	output_padded("xyz", 2);
	assert_string_equal(result(fd), "aS1Sb\x1bxy  xyz ");
}

static void gathers_much(void **state)
{
	int fd = capture();
	char *text;

	(void)state;
	for (int i = 0; i < 50000; i++)
		output_format("%06d\n", i);
	text = result(fd);
	assert_int_equal(strlen(text), 350000);
	assert_memory_equal(text + 349993, "049999\n", 7);
}

/* Last: a failure is remembered for good. */
static void remembers_failures(void **state)
{
	(void)state;
	assert_done(output_finish(err));
	output_to(-1);
	output_string("lost");
	output_flush();
	output_to(STDOUT_FILENO);
	assert_fails(output_finish(err), VAULT_FAILED,
	             "cannot write the answer: Bad file descriptor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_every_kind_of_value),
		cmocka_unit_test(writes_secrets),
		cmocka_unit_test(writes_long_secrets),
		cmocka_unit_test(keeps_the_order_of_text_and_secrets),
		cmocka_unit_test(gathers_much),
		cmocka_unit_test(remembers_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
