/* struct secret: contents, limits, reading, and what its memory promises. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vault/secret.h>

static void starts_empty_and_zero(void **state)
{
	SECRET_AUTO *secret = NULL;

	(void)state;
	assert_done(secret_new(&secret, 5, err));
	assert_int_equal(secret->length, 0);
	assert_int_equal(secret->capacity, 5);
	assert_memory_equal(secret->bytes, "\0\0\0\0\0", 6);
}

static void takes_what_fits(void **state)
{
	SECRET_AUTO *secret = NULL;

	(void)state;
	assert_done(secret_new(&secret, 5, err));
	assert_done(secret_append(secret, "a\0c", 3, err));
	assert_done(secret_append(secret, NULL, 0, err));
	assert_fails(secret_append(secret, "xyz", 3, err), VAULT_USAGE, "longer than 5 bytes");
	assert_done(secret_append(secret, "de", 2, err));
	assert_int_equal(secret->length, 5);
	assert_memory_equal(secret->bytes, "a\0cde", 6);
}

static void grows_and_keeps_its_contents(void **state)
{
	SECRET_AUTO *secret = NULL;
	unsigned char *before;

	(void)state;
	assert_done(secret_copy(&secret, "abc", 3, err));
	before = secret->bytes;
	assert_done(secret_reserve(&secret, 3, err));
	assert_ptr_equal(secret->bytes, before);
	assert_done(secret_reserve(&secret, 10000, err));
	assert_int_equal(secret->capacity, 10000);
	assert_int_equal(secret->length, 3);
	assert_memory_equal(secret->bytes, "abc", 4);
}

static void refuses_an_absurd_size(void **state)
{
	SECRET_AUTO *secret = NULL;

	(void)state;
	assert_fails(secret_new(&secret, SIZE_MAX, err), VAULT_FAILED, "memory");
	assert_fails(secret_new(&secret, SIZE_MAX - 1, err), VAULT_FAILED, "memory");
	assert_null(secret);
}

static void compares(void **state)
{
	SECRET_AUTO *a = NULL, *b = NULL, *c = NULL, *d = NULL, *none = NULL, *nothing = NULL;

	(void)state;
	assert_done(secret_copy(&a, "a\0b", 3, err));
	assert_done(secret_copy(&b, "a\0b", 3, err));
	assert_done(secret_copy(&c, "a\0c", 3, err));
	assert_done(secret_copy(&d, "a\0", 2, err));
	assert_done(secret_new(&none, 0, err));
	assert_done(secret_new(&nothing, 7, err));
	assert_true(secret_equal(a, b));
	assert_false(secret_equal(a, c));
	assert_false(secret_equal(a, d));
	assert_true(secret_equal(none, nothing));
	assert_true(secret_equal(NULL, NULL));
	assert_false(secret_equal(NULL, none));
	assert_false(secret_equal(a, NULL));
}

/* A descriptor to read these bytes from. */
static int input(const void *bytes, size_t length)
{
	int fd = memfd_create("input", 0);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void reads_lines(void **state)
{
	static const char text[] = "first\n\nwith\0nul\nlast";
	SECRET_AUTO *line = NULL;
	int fd = input(text, sizeof(text) - 1);

	(void)state;
	assert_done(secret_read_line(fd, 100, &line, err));
	assert_int_equal(line->length, 5);
	assert_memory_equal(line->bytes, "first", 6);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 6); /* not a byte more was taken */
	secret_freep(&line);
	assert_done(secret_read_line(fd, 100, &line, err));
	assert_int_equal(line->length, 0);
	assert_int_equal(line->bytes[0], '\0');
	secret_freep(&line);
	assert_done(secret_read_line(fd, 100, &line, err));
	assert_int_equal(line->length, 8);
	assert_memory_equal(line->bytes, "with\0nul", 9);
	secret_freep(&line);
	assert_done(secret_read_line(fd, 100, &line, err));
	assert_memory_equal(line->bytes, "last", 5);
	secret_freep(&line);
	assert_int_equal(secret_read_line(fd, 100, &line, NULL), VAULT_NOT_FOUND);
	assert_null(line);
	close(fd);
}

/* Around every place where the memory grows, and the limit. */
static void reads_every_length_to_the_limit(void **state)
{
	static const size_t lengths[] = {1, 2, 255, 256, 257, 511, 512, 513, 999, 1000};
	char text[1002];

	(void)state;
	memset(text, 'p', sizeof(text));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		SECRET_AUTO *line = NULL, *all = NULL;
		size_t length = lengths[i];
		int fd;

		text[length] = '\n';
		fd = input(text, length + 1);
		assert_done(secret_read_line(fd, 1000, &line, err));
		close(fd);
		fd = input(text, length);
		assert_done(secret_read_all(fd, 1000, &all, err));
		close(fd);
		text[length] = 'p';
		assert_int_equal(line->length, length);
		assert_memory_equal(line->bytes, text, length);
		assert_int_equal(line->bytes[length], '\0');
		assert_int_equal(all->bytes[length], '\0');
		assert_true(secret_equal(line, all));
	}
}

static void refuses_more_than_the_limit(void **state)
{
	SECRET_AUTO *secret = NULL;
	char text[1001];
	int fd;

	(void)state;
	memset(text, 'p', sizeof(text));
	for (size_t max = 0; max <= 1000; max += 250) {
		fd = input(text, max + 1);
		assert_fails(secret_read_line(fd, max, &secret, err), VAULT_USAGE, "longer than");
		lseek(fd, 0, SEEK_SET);
		assert_fails(secret_read_all(fd, max, &secret, err), VAULT_USAGE, "longer than");
		assert_null(secret);
		close(fd);
	}
}

static void tells_no_input_from_an_empty_line(void **state)
{
	SECRET_AUTO *secret = NULL;
	int fd = input("", 0);

	(void)state;
	assert_int_equal(secret_read_line(fd, 10, &secret, NULL), VAULT_NOT_FOUND);
	assert_int_equal(secret_read_all(fd, 10, &secret, NULL), VAULT_NOT_FOUND);
	assert_null(secret);
	close(fd);
	fd = input("\n", 1);
	assert_done(secret_read_line(fd, 0, &secret, err));
	assert_int_equal(secret->length, 0);
	close(fd);
	secret_freep(&secret);
	assert_fails(secret_read_all(-1, 10, &secret, err), VAULT_FAILED, "Bad file descriptor");
}

static void waits_on_a_descriptor_that_does_not(void **state)
{
	SECRET_AUTO *line = NULL;
	int ends[2];
	pid_t writer;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	writer = fork();
	if (writer == 0) {
		usleep(50000);
		_exit(write(ends[1], "late\n", 5) == 5 ? 0 : 1);
	}
	assert_done(secret_read_line(ends[0], 10, &line, err));
	assert_memory_equal(line->bytes, "late", 5);
	assert_int_equal(waitpid(writer, NULL, 0), writer);
	close(ends[0]);
	close(ends[1]);
}

static void on_signal(int number)
{
	(void)number;
}

static void ends_at_a_signal(void **state)
{
	SECRET_AUTO *line = NULL;
	struct sigaction action = {.sa_handler = on_signal}; /* without SA_RESTART */
	/* Again and again: the first might come before the read. */
	struct itimerval timer = {.it_interval = {.tv_usec = 20000},
	                          .it_value = {.tv_usec = 20000}};
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	assert_fails(secret_read_line(ends[0], 10, &line, err), VAULT_INTERRUPTED, "interrupted");
	memset(&timer, 0, sizeof(timer));
	setitimer(ITIMER_REAL, &timer, NULL);
	close(ends[0]);
	close(ends[1]);
}

/* The flags that /proc says the mapping with this address has; "" where there is no /proc. */
static void mapping_flags(const void *address, char flags[256])
{
	FILE *maps = fopen("/proc/self/smaps", "r");
	unsigned long start;
	bool inside = false;
	char line[512], *behind;

	flags[0] = '\0';
	while (maps && fgets(line, sizeof(line), maps)) {
		start = strtoul(line, &behind, 16);
		if (*behind == '-') /* the first line of a mapping: start-end … */
			inside = start <= (uintptr_t)address &&
			         (uintptr_t)address < strtoul(behind + 1, NULL, 16);
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			snprintf(flags, 256, "%.200s ", line + 8);
	}
	if (maps)
		fclose(maps);
}

static void is_locked_and_not_dumped(void **state)
{
	SECRET_AUTO *secret = NULL;
	struct rlimit limit;
	char flags[256];

	(void)state;
	assert_done(secret_copy(&secret, "hush", 4, err));
	mapping_flags(secret->bytes, flags);
	if (flags[0] == '\0')
		skip();
	assert_non_null(strstr(flags, " dd ")); /* do not dump */
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
#ifndef UNIT_ASAN /* which makes mlock(2) do nothing */
	if (limit.rlim_cur >= 1024 * 1024)
		assert_non_null(strstr(flags, " lo ")); /* locked */
#endif
}

/* A byte behind the terminator there is no memory: whoever writes there does not live on. */
static void has_a_guard_behind_it(void **state)
{
	SECRET_AUTO *secret = NULL;
	int status;
	pid_t child;

	(void)state;
	assert_done(secret_new(&secret, 32, err));
	child = fork();
	if (child == 0) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		((volatile unsigned char *)secret->bytes)[33] = 1;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void wipes(void **state)
{
	unsigned char bytes[64];
	static const unsigned char zero[64];

	(void)state;
	memset(bytes, 0xaa, sizeof(bytes));
	secret_wipe(bytes, 63);
	assert_memory_equal(bytes, zero, 63);
	assert_int_equal(bytes[63], 0xaa);
	secret_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_empty_and_zero),
		cmocka_unit_test(takes_what_fits),
		cmocka_unit_test(grows_and_keeps_its_contents),
		cmocka_unit_test(refuses_an_absurd_size),
		cmocka_unit_test(compares),
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(reads_every_length_to_the_limit),
		cmocka_unit_test(refuses_more_than_the_limit),
		cmocka_unit_test(tells_no_input_from_an_empty_line),
		cmocka_unit_test(waits_on_a_descriptor_that_does_not),
		cmocka_unit_test(ends_at_a_signal),
		cmocka_unit_test(is_locked_and_not_dumped),
		cmocka_unit_test(has_a_guard_behind_it),
		cmocka_unit_test(wipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
