/* Work in a helper process: what comes back, and that nothing else does. */
#include "unit.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"

static char memory[16] = "parent";

static int echo(const void *context, void *result)
{
	memcpy(result, context, 6);
	memory[0] = 'P';
	return 0;
}

static void brings_the_result_back(void **state)
{
	char result[6] = "";

	(void)state;
	assert_done(process_isolated(echo, "result", result, sizeof(result), err));
	assert_memory_equal(result, "result", 6);
	assert_string_equal(memory, "parent");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombie left */
	assert_int_equal(errno, ECHILD);
}

static int fill(const void *context, void *result)
{
	memset(result, *(const char *)context, PIPE_BUF);
	return 0;
}

static void takes_up_to_a_pipes_buffer(void **state)
{
	char result[PIPE_BUF], expected[PIPE_BUF];

	(void)state;
	memset(expected, 'f', sizeof(expected));
	assert_done(process_isolated(fill, "f", result, sizeof(result), err));
	assert_memory_equal(result, expected, sizeof(result));
	assert_fails(process_isolated(fill, "f", result, PIPE_BUF + 1, err), VAULT_USAGE, "fit");
	assert_fails(process_isolated(fill, "f", result, 0, err), VAULT_USAGE, "fit");
}

static int give_up(const void *context, void *result)
{
	(void)context;
	(void)result;
	return 1;
}

static int crash(const void *context, void *result)
{
	(void)context;
	(void)result;
	signal(SIGKILL, SIG_DFL);
	kill(getpid(), SIGKILL);
	return 0;
}

static void tells_failures_apart(void **state)
{
	char result[6];

	(void)state;
	assert_fails(process_isolated(give_up, NULL, result, 6, err), VAULT_FAILED, "failed");
	assert_fails(process_isolated(crash, NULL, result, 6, err), VAULT_FAILED, "signal 9");
}

static int handlers[2];

static void at_exit(void)
{
	if (write(handlers[1], "x", 1) != 1)
		abort();
}

/* Neither the parent's exit handlers nor its unwritten output are the child's to run. */
static void leaves_the_parents_end_alone(void **state)
{
	FILE *file = fdopen(memfd_create("output", 0), "w+");
	char result[6];
	pid_t child;

	(void)state;
	assert_int_equal(pipe(handlers), 0);
	child = fork();
	if (child == 0) { /* in a process of its own, since exit handlers cannot be taken back */
		atexit(at_exit);
		fputs("once", file);
		if (process_isolated(echo, "result", result, sizeof(result), NULL) != 0)
			_exit(1);
		fclose(file);
		_exit(0);
	}
	close(handlers[1]);
	assert_int_equal(read(handlers[0], result, 1), 0);
	close(handlers[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	fseek(file, 0, SEEK_END);
	assert_int_equal(ftell(file), 4);
	fclose(file);
}

static void on_signal(int number)
{
	(void)number;
}

static int slow(const void *context, void *result)
{
	usleep(50000);
	return echo(context, result);
}

static void is_not_disturbed_by_signals(void **state)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct itimerval timer = {.it_interval = {.tv_usec = 1000}, .it_value = {.tv_usec = 1000}};
	char result[6] = "";

	(void)state;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	assert_done(process_isolated(slow, "result", result, sizeof(result), err));
	assert_memory_equal(result, "result", 6);
	memset(&timer, 0, sizeof(timer));
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void works_where_children_are_ignored(void **state)
{
	char result[6] = "";

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	assert_done(process_isolated(echo, "result", result, sizeof(result), err));
	assert_memory_equal(result, "result", 6);
	assert_fails(process_isolated(give_up, NULL, result, 6, err), VAULT_FAILED, "failed");
	signal(SIGCHLD, SIG_DFL);
}

static int descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 64; fd++)
		count += dup2(fd, fd) == fd;
	return count;
}

static void closes_what_it_opened(void **state)
{
	int before = descriptors();
	char result[6];

	(void)state;
	process_isolated(echo, "result", result, sizeof(result), NULL);
	process_isolated(crash, NULL, result, sizeof(result), NULL);
	assert_int_equal(descriptors(), before);
}

/* As a user of its own without the right to any process: then fork(2) fails, for root too. */
static void tells_when_it_cannot_fork(void **state)
{
	struct rlimit none = {0, 0};
	struct error err = {0};
	char result[6];
	int status;
	pid_t child;

	(void)state;
	child = fork();
	if (child == 0) {
		if (setrlimit(RLIMIT_NPROC, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0))
			_exit(77);
		if (process_isolated(echo, "result", result, sizeof(result), &err) != -VAULT_FAILED)
			_exit(1);
		_exit(strstr(err.message, "cannot start a helper process: ") ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(brings_the_result_back),
		cmocka_unit_test(takes_up_to_a_pipes_buffer),
		cmocka_unit_test(tells_failures_apart),
		cmocka_unit_test(leaves_the_parents_end_alone),
		cmocka_unit_test(is_not_disturbed_by_signals),
		cmocka_unit_test(works_where_children_are_ignored),
		cmocka_unit_test(closes_what_it_opened),
		cmocka_unit_test(tells_when_it_cannot_fork),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
