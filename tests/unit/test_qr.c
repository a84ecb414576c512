/* QR codes as they are drawn; whether a reader reads them is in tests/cli/qr.bats. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <vault/qr.h>

static struct secret *text_of(size_t length)
{
	struct secret *text = NULL;

	assert_done(secret_new(&text, length, err));
	memset(text->bytes, 'a', length);
	text->length = length;
	return text;
}

/* The three big squares in the corners, by which a reader finds a code. */
static void assert_finder(const struct secret *code, int column, int row)
{
	static const char *const finder[] = {"#######", "#.....#", "#.###.#", "#.###.#",
	                                     "#.###.#", "#.....#", "#######"};

	for (int y = 0; y < 7; y++)
		for (int x = 0; x < 7; x++)
			assert_int_equal(qr_dark(code, column + x, row + y), finder[y][x] == '#');
}

static void sizes_fit_the_text(void **state)
{
	static const struct {
		size_t length;
		int size;
	} codes[] = {{1, 21}, {17, 21}, {18, 25}, {106, 37}, {QR_TEXT_MAX, 177}};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		SECRET_AUTO *text = text_of(codes[i].length), *code = NULL;
		int size;

		assert_done(qr_encode(text, &code, err));
		size = qr_size(code);
		assert_int_equal(size, codes[i].size);
		assert_finder(code, 0, 0);
		assert_finder(code, size - 7, 0);
		assert_finder(code, 0, size - 7);
		assert_false(qr_dark(code, -1, 0) || qr_dark(code, 0, -1));
		assert_false(qr_dark(code, size, 0) || qr_dark(code, 0, size));
	}
}

static void what_does_not_fit(void **state)
{
	SECRET_AUTO *longer = text_of(QR_TEXT_MAX + 1), *empty = text_of(0), *code = NULL;

	(void)state;
	assert_fails(qr_encode(longer, &code, err), VAULT_USAGE, "2953 bytes");
	assert_fails(qr_encode(empty, &code, err), VAULT_USAGE, "2953 bytes");
	assert_null(code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_fit_the_text),
		cmocka_unit_test(what_does_not_fit),
	};
	SECRET_AUTO *text = text_of(1), *code = NULL;

	if (qr_encode(text, &code, NULL) < 0)
		return 77; /* without libqrencode */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
