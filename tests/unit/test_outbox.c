/* What a parser has found waits for whoever listens, and is forgotten where it is of no use. */
#include "unit.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/outbox.h"

#define CHUNK ((size_t)700 * 1024) /* two of them are more than is held back at first */

static struct outbox outbox;
static int ends[2];

static int open_pipe(void **state)
{
	(void)state;
	return pipe(ends) == 0 && outbox_open(&outbox, ends[1]) == 0 ? 0 : -1;
}

static int close_pipe(void **state)
{
	(void)state;
	outbox_forget(&outbox);
	if (outbox.first) /* what is on its way: nobody reads on */
		free(outbox.first);
	close(ends[0]);
	return close(ends[1]);
}

static void put_letters(char letter, size_t length)
{
	char *bytes = malloc(length);

	assert_non_null(bytes);
	memset(bytes, letter, length);
	assert_int_equal(outbox_put(&outbox, bytes, length), 0);
	free(bytes);
}

/* Reads what there is, without waiting for more than `least`; tells how many were `letter`. */
static size_t read_letters(char letter, size_t least)
{
	static char bytes[64 * 1024];
	size_t found = 0;

	for (size_t length = 0; length < least;) {
		size_t wanted = least - length < sizeof(bytes) ? least - length : sizeof(bytes);
		ssize_t count = read(ends[0], bytes, wanted);

		assert_true(count > 0);
		for (ssize_t i = 0; i < count; i++)
			found += bytes[i] == letter;
		length += (size_t)count;
		assert_int_equal(outbox_put(&outbox, "", 0), 0);
	}
	return found;
}

static void a_little_is_kept_until_all_is_known(void **state)
{
	(void)state;
	put_letters('a', CHUNK);
	assert_int_equal(outbox.held, CHUNK);
	outbox_forget(&outbox);
	put_letters('b', 3);
	assert_int_equal(outbox_flush(&outbox), 0);
	assert_int_equal(read_letters('b', 3), 3);
}

static void nobody_who_listens_is_waited_for(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		put_letters('a', CHUNK);
	assert_true(outbox.held > 9 * CHUNK && outbox.held < 10 * CHUNK);
	assert_int_equal(read_letters('a', 10 * CHUNK), 10 * CHUNK);
	assert_int_equal(outbox.held, 0);
}

static void what_is_on_its_way_is_sent_to_its_end_and_no_more(void **state)
{
	(void)state;
	put_letters('a', CHUNK);
	put_letters('b', CHUNK);
	put_letters('c', CHUNK);
	outbox_forget(&outbox);
	put_letters('d', 5);
	assert_int_equal(read_letters('a', CHUNK), CHUNK);
	assert_int_equal(outbox_flush(&outbox), 0);
	assert_int_equal(read_letters('d', 5), 5);
	assert_int_equal(outbox.held, 0);
}

static void nobody_there_is_a_failure(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(close(ends[0]), 0);
	ends[0] = dup(ends[1]);
	assert_int_equal(outbox_put(&outbox, "a", 1), 0);
	assert_true(outbox_flush(&outbox) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_little_is_kept_until_all_is_known, open_pipe,
	                                        close_pipe),
		cmocka_unit_test_setup_teardown(nobody_who_listens_is_waited_for, open_pipe,
	                                        close_pipe),
		cmocka_unit_test_setup_teardown(what_is_on_its_way_is_sent_to_its_end_and_no_more,
	                                        open_pipe, close_pipe),
		cmocka_unit_test_setup_teardown(nobody_there_is_a_failure, open_pipe, close_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
