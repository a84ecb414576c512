/* Editing a line that is not shown. */
#include "unit.h"

#include "cli/line_edit.h"

static const struct line_keys keys = {.erase = 0x7f,
                                      .word_erase = 0x17,
                                      .kill = 0x15,
                                      .end = 0x04,
                                      .literal = 0x16};

/* Types `length` bytes; returns the last event. */
static enum line_event type(struct line_edit *edit, const char *bytes, size_t length)
{
	enum line_event event = LINE_MORE;

	for (size_t i = 0; i < length; i++) {
		assert_int_equal(event, LINE_MORE);
		event = line_edit_byte(edit, &keys, (unsigned char)bytes[i]);
	}
	return event;
}

static struct line_edit fresh(size_t max)
{
	struct line_edit edit = {.max = max};

	assert_int_equal(secret_new(&edit.line, 4, NULL), 0);
	return edit;
}

/* Types a string and checks what the line holds then. */
static void check(const char *typed, size_t typed_length, const char *expected, size_t length)
{
	struct line_edit edit = fresh(PASSWORD_MAX);

	assert_int_equal(type(&edit, typed, typed_length), LINE_MORE);
	assert_int_equal(edit.line->length, length);
	assert_memory_equal(edit.line->bytes, expected, length);
	/* What was erased is gone, not only out of sight. */
	for (size_t i = length; i < edit.line->capacity; i++)
		assert_int_equal(edit.line->bytes[i], 0);
	secret_free(edit.line);
}

#define CHECK(typed, expected) check(typed, sizeof(typed) - 1, expected, sizeof(expected) - 1)

static void erases_characters(void **state)
{
	(void)state;
	CHECK("", "");
	CHECK("\x7f", "");
	CHECK("abc", "abc");
	CHECK("abc\x7f", "ab");
	CHECK("abc\b\x7f", "a");
	CHECK("a\xc3\xa9\x7f", "a");         /* é */
	CHECK("a\xe2\x82\xac\x7f", "a");     /* € */
	CHECK("a\xf0\x9f\x94\x91\x7f", "a"); /* a key */
	CHECK("a\xf0\x9f\x94\x91\x7f\x7f\x7f", "");
	CHECK("a\x80\x80\x7f", "a\x80"); /* stray continuation bytes */
	CHECK("\x80\x80\x80\x80\x80\x7f", "\x80\x80\x80\x80");
	CHECK("\xff\x7f", "");
}

static void erases_words_and_lines(void **state)
{
	(void)state;
	CHECK("one two  \x17", "one ");
	CHECK("one two\x17\x17", "");
	CHECK("   \x17", "");
	CHECK("one two\x15", "");
	CHECK("one\x15two", "two");
}

static void keeps_any_byte(void **state)
{
	(void)state;
	CHECK("a\0b", "a\0b");
	CHECK("\x01\x02\x1b", "\x01\x02\x1b");
	CHECK("\x16\n\x16\x15\x16\x04\x16\x16\x16\x7f", "\n\x15\x04\x16\x7f");
}

static void ends(void **state)
{
	struct line_edit edit = fresh(PASSWORD_MAX);

	(void)state;
	assert_int_equal(type(&edit, "\x04", 1), LINE_END);
	assert_int_equal(type(&edit, "\n", 1), LINE_DONE);
	assert_int_equal(type(&edit, "\r", 1), LINE_DONE);
	assert_int_equal(type(&edit, "a\x04", 2), LINE_DONE);
	assert_int_equal(edit.line->length, 1);
	secret_free(edit.line);
}

static void leaves_out_keys_the_terminal_has_not(void **state)
{
	struct line_edit edit = fresh(PASSWORD_MAX);
	const struct line_keys none = {0};

	(void)state;
	for (const char *p = "a\x17\x15\x04\x16"; *p; p++)
		assert_int_equal(line_edit_byte(&edit, &none, (unsigned char)*p), LINE_MORE);
	assert_int_equal(line_edit_byte(&edit, &none, 0), LINE_MORE);
	assert_int_equal(edit.line->length, 6);
	secret_free(edit.line);
}

static void notices_too_much(void **state)
{
	struct line_edit edit = fresh(5);

	(void)state;
	type(&edit, "12345", 5);
	assert_false(edit.too_long);
	type(&edit, "6", 1);
	assert_true(edit.too_long);
	assert_int_equal(edit.line->length, 5);
	type(&edit, "\x7f", 1);
	assert_false(edit.too_long);
	assert_int_equal(edit.line->length, 4);
	secret_free(edit.line);
}

static void holds_the_longest_password(void **state)
{
	struct line_edit edit = fresh(PASSWORD_MAX);

	(void)state;
	for (size_t i = 0; i < PASSWORD_MAX; i++)
		assert_int_equal(line_edit_byte(&edit, &keys, (unsigned char)('a' + i % 26)),
		                 LINE_MORE);
	assert_int_equal(edit.line->length, PASSWORD_MAX);
	assert_false(edit.too_long);
	for (size_t i = 0; i < PASSWORD_MAX; i++)
		assert_int_equal(edit.line->bytes[i], 'a' + i % 26);
	secret_free(edit.line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(erases_characters),
		cmocka_unit_test(erases_words_and_lines),
		cmocka_unit_test(keeps_any_byte),
		cmocka_unit_test(ends),
		cmocka_unit_test(leaves_out_keys_the_terminal_has_not),
		cmocka_unit_test(notices_too_much),
		cmocka_unit_test(holds_the_longest_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
