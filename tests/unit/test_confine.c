/* What a confined process can no longer do, and that it could before. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vault/secret.h>

#include "base/confine.h"
#include "base/run.h"

static char file[] = "/tmp/vault-confine.XXXXXX"; /* as one of the user's */

enum {
	READS_INSTALLED = 1 << 0,
	READS_FILES = 1 << 1,
	MAKES_FILES = 1 << 2,
	CONNECTS = 1 << 3,
	SHARES_RINGS = 1 << 4,
	LOOKS_INTO_OTHERS = 1 << 5,
	EVERYTHING = (1 << 6) - 1,
};

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* EACCES is the filter's answer; without it these are called wrongly, or a kernel lacks them. */
static bool reaches(long answer)
{
	return answer >= 0 || errno != EACCES;
}

static int abilities(void)
{
	char fresh[sizeof(file) + 2];
	int can = 0;

	snprintf(fresh, sizeof(fresh), "%s.2", file);
	can |= opens("/etc/passwd", O_RDONLY) ? READS_INSTALLED : 0;
	can |= opens(file, O_RDONLY) ? READS_FILES : 0;
	can |= opens(fresh, O_WRONLY | O_CREAT) ? MAKES_FILES : 0;
	unlink(fresh);
	can |= reaches(socket(AF_UNIX, SOCK_STREAM, 0)) ? CONNECTS : 0;
	can |= reaches(syscall(SYS_io_uring_setup, 0, NULL)) ? SHARES_RINGS : 0;
	can |= reaches(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0))
	               ? LOOKS_INTO_OTHERS
	               : 0;
	return can;
}

static int abilities_of_child(bool confined)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		if (confined)
			process_confine();
		_exit(abilities());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void it_can_read_and_compute(void **state)
{
	int left = abilities_of_child(true);

	(void)state;
	assert_int_equal(abilities_of_child(false), EVERYTHING);
	if (syscall(444, NULL, 0, 1) < 1) { /* no Landlock in this kernel */
		printf("# files are not protected here\n");
		left &= ~(READS_FILES | MAKES_FILES);
	}
	assert_int_equal(left, READS_INSTALLED);
}

static void a_program_gets_no_environment(void **state)
{
	static const char *const arguments[] = {"sh", "-c",
	                                        "echo \"$SECRET\"; cat; echo x >&2; "
	                                        "echo x 2>/dev/null >\"$0\" || echo no",
	                                        file, NULL};
	SECRET_AUTO *output = NULL;
	int status, fd = open(file, O_RDONLY);
	struct run run = {.path = "/bin/sh",
	                  .arguments = arguments,
	                  .input_file = fd,
	                  .milliseconds = 10000,
	                  .confined = true};

	(void)state;
	setenv("SECRET", "seen", 1);
	assert_done(secret_new(&output, 100, err));
	run.output = output;
	assert_done(run_program(&run, &status, err));
	assert_string_equal((const char *)output->bytes, "\ncontents\nno\n");
	output->length = 0;
	run.confined = false;
	assert_done(run_program(&run, &status, err));
	output->bytes[output->length] = '\0';
	assert_string_equal((const char *)output->bytes, "seen\n");
	close(fd);
}

static int start(void **state)
{
	int fd = mkstemp(file);

	(void)state;
	if (fd < 0 || write(fd, "contents\n", 9) != 9)
		return -1;
	return close(fd);
}

static int end(void **state)
{
	(void)state;
	return unlink(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_can_read_and_compute),
		cmocka_unit_test(a_program_gets_no_environment),
	};

	return cmocka_run_group_tests(tests, start, end);
}
