/* What a process in the agent's sandbox may still do, each in a child of its own: the sandbox is
 * for ever. The children tell by their exit status, or by what kills them. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/sandbox.h"
#include <vault/secret.h>

#define KILLED 1000 /* on top of the signal */
#define DONE 0
#define NOT_HERE 200 /* the kernel has no such wall */

static char folder[] = "/tmp/vault-sandbox.XXXXXX";
static int folder_fd = -1;

enum wall {
	NONE,
	SECCOMP,
	LANDLOCK
};

/* Does `act` in a child, behind the sandbox or, for the control, without; `wall` is the one it is
 * meant to meet. */
static int outcome(int (*act)(void), enum wall wall)
{
	struct sandbox_state state;
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (wall != NONE) {
			sandbox_enter(folder_fd, &state);
			if (wall == SECCOMP ? !state.seccomp : state.landlock == 0)
				_exit(NOT_HERE);
		}
		_exit(act());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? KILLED + WTERMSIG(status) : WEXITSTATUS(status);
}

static int errno_of(long result)
{
	return result < 0 ? errno : DONE;
}

static int start_a_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int divide(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(DONE);
	return child < 0 ? errno : DONE;
}

static int connect_out(void)
{
	return errno_of(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int listen_out(void)
{
	return errno_of(socket(AF_INET, SOCK_STREAM, 0));
}

static int look_into_another(void)
{
	char byte;
	struct iovec here = {&byte, 1}, there = {&byte, 1};

	return errno_of(process_vm_readv(getpid(), &here, 1, &there, 1, 0));
}

static int be_traced(void)
{
	return errno_of(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int become_dumpable(void)
{
	return errno_of(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static int signal_the_parent(void)
{
	return errno_of(kill(getppid(), 0));
}

static int map_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? errno : DONE;
}

static int make_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return errno_of(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

static int read_a_file(void)
{
	return errno_of(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int write_a_file(void)
{
	return errno_of(openat(folder_fd, "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static int remove_elsewhere(void)
{
	char path[sizeof(folder) + 16];

	snprintf(path, sizeof(path), "%s.elsewhere", folder);
	return errno_of(unlink(path));
}

static int remove_the_socket(void)
{
	return errno_of(unlinkat(folder_fd, "socket", 0));
}

static const struct {
	const char *what;
	int (*act)(void);
	enum wall wall;
	int with;
} acts[] = {
	{"start a program", start_a_program, SECCOMP, KILLED + SIGSYS},
	{"divide", divide, SECCOMP, KILLED + SIGSYS},
	{"connect", connect_out, SECCOMP, KILLED + SIGSYS},
	{"listen", listen_out, SECCOMP, KILLED + SIGSYS},
	{"look into a process", look_into_another, SECCOMP, KILLED + SIGSYS},
	{"be traced", be_traced, SECCOMP, KILLED + SIGSYS},
	{"become dumpable", become_dumpable, SECCOMP, KILLED + SIGSYS},
	{"signal the parent", signal_the_parent, SECCOMP, KILLED + SIGSYS},
	{"map code", map_code, SECCOMP, KILLED + SIGSYS},
	{"make code of data", make_code, SECCOMP, KILLED + SIGSYS},
	{"read a file", read_a_file, SECCOMP, EACCES},
	{"write a file", write_a_file, SECCOMP, EACCES},
	{"remove a file elsewhere", remove_elsewhere, LANDLOCK, EACCES},
	{"remove the socket", remove_the_socket, LANDLOCK, DONE},
};

static void make_files(void)
{
	char path[sizeof(folder) + 16];
	int fd = openat(folder_fd, "socket", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
	snprintf(path, sizeof(path), "%s.elsewhere", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static void forbids_what_an_agent_never_needs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		make_files();
		int with = outcome(acts[i].act, acts[i].wall);
		if (with == NOT_HERE) {
			print_message("# %s: not on this kernel, or sanitized\n", acts[i].what);
			continue;
		}
		if (with != acts[i].with)
			fail_msg("%s: %d, not %d", acts[i].what, with, acts[i].with);
	}
}

/* What is forbidden works without: otherwise the test above shows nothing. */
static void control_all_of_it_works_without(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		make_files();
		int without = outcome(acts[i].act, NONE);
		if (without != DONE)
			fail_msg("%s: %d without a sandbox", acts[i].what, without);
	}
}

static int keep_and_answer(void)
{
	int pair[2] = {7, 8};
	SECRET_AUTO *secret = NULL;
	char *ordinary = malloc(1 << 20);

	if (!ordinary || secret_copy(&secret, "a key", 5, NULL) < 0)
		return 1;
	memset(ordinary, 1, 1 << 20);
	free(ordinary);
	secret_free(secret);
	secret = NULL;
	if (write(pair[0], "hello", 5) != 5 || read(pair[1], &(char[5]){0}, 5) != 5)
		return 2;
	fprintf(stderr, "# a message from inside\n");
	return DONE;
}

static void leaves_what_an_agent_does(void **state)
{
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_true(dup2(pair[0], 7) == 7 && dup2(pair[1], 8) == 8);
	int status = outcome(keep_and_answer, SECCOMP);
	if (status != NOT_HERE)
		assert_int_equal(status, DONE);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return folder_fd < 0;
}

static int teardown(void **state)
{
	char path[sizeof(folder) + 16];

	(void)state;
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = {"/socket", "/new", ".elsewhere"};
		snprintf(path, sizeof(path), "%s%s", folder, names[i]);
		unlink(path);
	}
	close(folder_fd);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forbids_what_an_agent_never_needs),
		cmocka_unit_test(control_all_of_it_works_without),
		cmocka_unit_test(leaves_what_an_agent_does),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
