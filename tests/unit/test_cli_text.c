/* What becomes of text on a terminal; dates; amounts. */
#include "unit.h"

#include <stdlib.h>
#include <time.h>

#include "cli/dates.h"
#include "cli/escape.h"
#include "cli/units.h"
#include "cli/wrap.h"

static void check_escape(const char *text, const char *expected)
{
	char out[256];

	assert_string_equal(escape_string(text, out, sizeof(out)), expected);
}

static void escapes_what_steers(void **state)
{
	(void)state;
	check_escape("", "");
	check_escape("mail server €é🔑 \\", "mail server €é🔑 \\");
	check_escape("\x1b[31mred\x07", "\\x1b[31mred\\x07");
	check_escape("a\tb\nc\rd\x7f", "a\\tb\\nc\\rd\\x7f");
	check_escape("\xc2\x9b"
	             "31m",
	             "\\u009b31m"); /* CSI as a C1 character */
	check_escape("a\xe2\x80\xae"
	             "b",
	             "a\\u202eb"); /* right-to-left override */
	check_escape("a\xe2\x81\xa6"
	             "b",
	             "a\\u2066b"); /* isolate */
	check_escape("a\xe2\x80\xa8"
	             "b",
	             "a\\u2028b"); /* line separator */
}

static void escapes_what_is_no_text(void **state)
{
	(void)state;
	check_escape("\x9b", "\\x9b");
	check_escape("\xc3", "\\xc3");
	check_escape("\xc3x", "\\xc3x");
	check_escape("\xe2\x82", "\\xe2\\x82");
	check_escape("\xc0\x9b", "\\xc0\\x9b"); /* overlong ESC */
	check_escape("\xe0\x80\x9b", "\\xe0\\x80\\x9b");
	check_escape("\xed\xa0\x80", "\\xed\\xa0\\x80");          /* surrogate */
	check_escape("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* behind the last character */
	check_escape("\xf8\x88\x80\x80", "\\xf8\\x88\\x80\\x80");
}

/* In pieces it comes to the same as at once, and never beyond the end. */
static void escapes_piecewise(void **state)
{
	const unsigned char text[] = "ab\x1b"
				     "c€\xe2\x80\xae\xff";
	char whole[64];
	size_t used, length = sizeof(text) - 1;

	(void)state;
	escape_string((const char *)text, whole, sizeof(whole));
	for (size_t size = ESCAPE_UNIT_MAX; size < 20; size++) {
		char all[64] = "";
		size_t n = 0;
		for (size_t at = 0; at < length; at += used) {
			size_t written = escape_text(text + at, length - at, &used, all + n, size);
			assert_true(used > 0 && written <= size);
			n += written;
		}
		all[n] = '\0';
		assert_string_equal(all, whole);
	}
}

static void cuts_strings(void **state)
{
	char out[8];

	(void)state;
	assert_string_equal(escape_string("abcdefghijk", out, sizeof(out)), "ab");
	assert_int_equal(escape_columns("a€\x1b"), 6);
	assert_int_equal(escape_columns("\xff"), 4);
}

static void tells_dates(void **state)
{
	char day[DATE_DAY_SIZE], time[DATE_RFC3339_SIZE], span[DATE_SPAN_SIZE];

	(void)state;
	setenv("TZ", "ABC-14", 1); /* 14 hours ahead: it is tomorrow there */
	tzset();
	assert_string_equal(date_rfc3339(1795543200, time), "2026-11-24T18:00:00Z");
	assert_string_equal(date_day(1795543200, day), "2026-11-25");
	assert_string_equal(date_rfc3339(-1, time), "1969-12-31T23:59:59Z");
	assert_string_equal(date_span(1795543200, 0, span), "since 2026-11-25");
	assert_string_equal(date_span(0, 1795543200, span), "from 1970-01-01 to 2026-11-25");
	assert_string_equal(date_span(1795543200, 1795543201, span), "on 2026-11-25");
	assert_string_equal(date_day(INT64_MAX, day), "?");
	assert_string_equal(date_rfc3339(INT64_MIN, time), "?");
}

static void check_wrap(const char *text, size_t columns, size_t used, const char *expected)
{
	char line[256];

	assert_true(strlen(text) < sizeof(line));
	memcpy(line, text, strlen(text) + 1);
	wrap_line(line, columns, used);
	assert_string_equal(line, expected);
}

static void wraps_between_words(void **state)
{
	(void)state;
	check_wrap("", 4, 0, "");
	check_wrap("one two three", 0, 0, "one two three");
	check_wrap("one two three", 13, 0, "one two three");
	check_wrap("one two three", 12, 0, "one two\nthree");
	check_wrap("one two three", 7, 0, "one two\nthree");
	check_wrap("one two three", 6, 0, "one\ntwo\nthree");
	check_wrap("one two three", 13, 1, "one two\nthree");
	check_wrap("ört zwö drüü", 7, 0, "ört zwö\ndrüü"); /* by characters, not bytes */
	check_wrap("question? ", 9, 0, "question? ");
	check_wrap("    indented", 6, 0, "    indented");
	check_wrap("a longest-word b", 5, 0, "a\nlongest-word\nb");
	check_wrap("two  blanks", 5, 0, "two \nblanks");
}

static void reads_sizes(void **state)
{
	int kib = 0;

	(void)state;
	assert_true(units_size("256", &kib) && kib == 262144);
	assert_true(units_size("256M", &kib) && kib == 262144);
	assert_true(units_size("256MiB", &kib) && kib == 262144);
	assert_true(units_size("4G", &kib) && kib == 4194304);
	assert_true(units_size("1GiB", &kib) && kib == 1048576);
	assert_true(units_size("65536K", &kib) && kib == 65536);
	assert_false(units_size("", &kib) || units_size("M", &kib) || units_size("-1", &kib));
	assert_false(units_size("1m", &kib) || units_size("1 M", &kib) || units_size("1MB", &kib));
	assert_false(units_size("1.5G", &kib) || units_size("0x10", &kib));
	assert_false(units_size("2147483647G", &kib) || units_size("99999999999999999999", &kib));
}

static void reads_durations(void **state)
{
	int ms = 0;

	(void)state;
	assert_true(units_duration("2", &ms) && ms == 2000);
	assert_true(units_duration("2s", &ms) && ms == 2000);
	assert_true(units_duration("1.5", &ms) && ms == 1500);
	assert_true(units_duration("0.0625s", &ms) && ms == 62);
	assert_true(units_duration("500ms", &ms) && ms == 500);
	assert_true(units_duration("10m", &ms) && ms == 600 * 1000);
	assert_true(units_duration("8h", &ms) && ms == 8 * 3600 * 1000);
	assert_false(units_duration("", &ms) || units_duration("s", &ms) ||
	             units_duration("-1", &ms));
	assert_false(units_duration("1.", &ms) || units_duration("1.5ms", &ms));
	assert_false(units_duration("1,5", &ms) || units_duration("1d", &ms));
	assert_false(units_duration("1.5h", &ms) || units_duration("1h30m", &ms));
	assert_false(units_duration("2147484", &ms) || units_duration("597h", &ms));
}

static void reads_numbers(void **state)
{
	int number = 0;

	(void)state;
	assert_true(units_number("0", &number) && number == 0);
	assert_true(units_number("2147483647", &number) && number == 2147483647);
	assert_false(units_number("2147483648", &number) || units_number("", &number));
	assert_false(units_number("+1", &number) || units_number(" 1", &number));
	assert_false(units_number("1 ", &number) || units_number("1a", &number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_what_steers), cmocka_unit_test(escapes_what_is_no_text),
		cmocka_unit_test(escapes_piecewise),   cmocka_unit_test(cuts_strings),
		cmocka_unit_test(tells_dates),         cmocka_unit_test(wraps_between_words),
		cmocka_unit_test(reads_sizes),         cmocka_unit_test(reads_durations),
		cmocka_unit_test(reads_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
