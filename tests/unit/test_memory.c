/* SQLite's allocator: blocks that do not overlap, keep their contents, and are blank when they come
 * back. */
#include "unit.h"

#include <sqlcipher/sqlite3.h>
#include <stdlib.h>

#include "store/memory.h"

static int start(void **state)
{
	(void)state;
	assert_int_equal(memory_install(), SQLITE_OK);
	assert_int_equal(memory_install(), SQLITE_OK);
	return sqlite3_initialize();
}

static bool holds(const unsigned char *p, size_t size, unsigned char value)
{
	for (size_t i = 0; i < size; i++)
		if (p[i] != value)
			return false;
	return true;
}

static void blocks_keep_to_themselves(void **state)
{
	enum {
		N = 600
	};
	unsigned char *blocks[N];
	int sizes[N];

	(void)state;
	for (int i = 0; i < N; i++) {
		sizes[i] = 1 + (i * i * 37) % 200000;
		blocks[i] = sqlite3_malloc(sizes[i]);
		assert_non_null(blocks[i]);
		assert_int_equal((uintptr_t)blocks[i] % 16, 0);
		assert_true(sqlite3_msize(blocks[i]) >= (sqlite3_uint64)sizes[i]);
		memset(blocks[i], i & 0xff, sqlite3_msize(blocks[i]));
	}
	for (int i = 0; i < N; i++)
		assert_true(holds(blocks[i], (size_t)sizes[i], (unsigned char)i));
	for (int i = 0; i < N; i++)
		sqlite3_free(blocks[i]);
}

static void a_freed_block_comes_back_blank(void **state)
{
	unsigned char *first = sqlite3_malloc(1000), *again;

	(void)state;
	memset(first, 's', 1000);
	sqlite3_free(first);
	again = sqlite3_malloc(1000);
	assert_ptr_equal(first, again); /* else this proves nothing */
	assert_true(holds(again, 1000, 0));
	sqlite3_free(again);
}

static void growing_keeps_contents_and_wipes_the_old_place(void **state)
{
	unsigned char *small = sqlite3_malloc(100), *large, *again;

	(void)state;
	memset(small, 's', 100);
	large = sqlite3_realloc(small, 50000);
	assert_ptr_not_equal(small, large);
	assert_true(holds(large, 100, 's'));
	again = sqlite3_malloc(100);
	assert_ptr_equal(again, small);
	assert_true(holds(again, 100, 0));
	sqlite3_free(again);
	sqlite3_free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_keep_to_themselves),
		cmocka_unit_test(a_freed_block_comes_back_blank),
		cmocka_unit_test(growing_keeps_contents_and_wipes_the_old_place),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
