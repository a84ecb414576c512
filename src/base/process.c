#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#define CHILD_FAILED 1 /* exit status of a child whose work failed */

/* Waits for the child to be gone. Its status is unknown (0) where SIGCHLD is ignored: then the
 * kernel has buried it, and the result that came through the pipe is all there is to judge by. */
static int reap(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 0;
	return status;
}

int process_fork(int (*work)(const void *context, int fd), const void *context,
                 struct process *ret_process, struct error *err)
{
	int ends[2], failure;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create a pipe");
	child = fork();
	failure = errno;
	if (child == 0) {
		close(ends[0]); /* or it would not notice that the parent is gone */
		_exit(work(context, ends[1]));
	}
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return error_errno(err, VAULT_FAILED, failure, "cannot start a helper process");
	}
	*ret_process = (struct process){(int)child, ends[0]};
	return 0;
}

void process_end(struct process *process, int *ret_status)
{
	int status = reap(process->pid);

	close(process->fd);
	*process = (struct process){0, -1};
	*ret_status = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void process_kill(struct process *process)
{
	int status;

	if (process->pid == 0)
		return;
	kill(process->pid, SIGKILL);
	process_end(process, &status);
}

/* Reads until `size` bytes or the end; a shorter count means that the child failed. */
static size_t read_result(int fd, unsigned char *result, size_t size)
{
	size_t length = 0;
	ssize_t count;

	while (length < size) {
		count = read(fd, result + length, size - length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			break;
		length += (size_t)count;
	}
	return length;
}

struct isolated {
	int (*work)(const void *context, void *result);
	const void *context;
	void *result;
	size_t size;
};

static int run_isolated(const void *context, int fd)
{
	const struct isolated *isolated = context;
	ssize_t count;

	if (isolated->work(isolated->context, isolated->result) != 0)
		return CHILD_FAILED;
	do
		count = write(fd, isolated->result, isolated->size);
	while (count < 0 && errno == EINTR);
	/* ≤ PIPE_BUF is written whole or not at all */
	return count == (ssize_t)isolated->size ? 0 : CHILD_FAILED;
}

int process_isolated(int (*work)(const void *context, void *result), const void *context,
                     void *result, size_t size, struct error *err)
{
	const struct isolated isolated = {work, context, result, size};
	struct process process;
	int r, status;
	size_t length;

	if (size == 0 || size > PIPE_BUF)
		return error_set(err, VAULT_USAGE,
		                 "a result of %zu bytes does not fit a helper process", size);
	r = process_fork(run_isolated, &isolated, &process, err);
	if (r < 0)
		return r;
	length = read_result(process.fd, result, size);
	process_end(&process, &status);
	if (status < 0)
		return error_set(err, VAULT_FAILED, "a helper process was ended by signal %d",
		                 -status);
	if (length != size || status != 0)
		return error_set(err, VAULT_FAILED, "a helper process failed");
	return 0;
}

/* Descriptors above standard error; those of other libraries, too, which may lack O_CLOEXEC. */
static void close_others(void)
{
	long end;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0) == 0)
		return;
#endif
	end = sysconf(_SC_OPEN_MAX);
	for (int fd = STDERR_FILENO + 1; fd < end; fd++)
		close(fd);
}

bool process_bare(int input, int output)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	if (null < 0 || dup2(input < 0 ? null : input, STDIN_FILENO) < 0 ||
	    dup2(output < 0 ? null : output, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		return false;
	close_others();
	return true;
}

/* In the grandchild, which is nobody's: its parent has ended, and as it leads no session it cannot
 * get a terminal. */
static _Noreturn void become(const char *path, char **environment, int input, int output)
{
	char *const arguments[] = {(char *)(uintptr_t)path, NULL}; /* execve(2) only reads */

	if (chdir("/") == 0 && process_bare(input, output))
		execve(path, arguments, environment);
	_exit(CHILD_FAILED);
}

#define VARIABLES_MAX 16

/* The variables of `names`, as many as there are; borrowed from the environment. */
static void choose_environment(const char *const *names, char *ret_kept[VARIABLES_MAX + 1])
{
	size_t count = 0;

	for (char **variable = environ; variable && *variable; variable++) {
		size_t length = strcspn(*variable, "=");
		for (const char *const *name = names; *name && count < VARIABLES_MAX; name++)
			if (strlen(*name) == length && strncmp(*variable, *name, length) == 0)
				ret_kept[count++] = *variable;
	}
	ret_kept[count] = NULL;
}

int process_start(const char *path, const char *const *names, int input, int milliseconds,
                  struct error *err)
{
	CLOSE_AUTO int reading = -1;
	char *environment[VARIABLES_MAX + 1];
	int ends[2], failure;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create a pipe");
	reading = ends[0];
	choose_environment(names, environment);
	child = fork();
	failure = errno;
	if (child == 0) {
		if (setsid() >= 0 && (child = fork()) == 0)
			become(path, environment, input, ends[1]);
		_exit(child < 0 ? CHILD_FAILED : 0);
	}
	close(ends[1]);
	if (child < 0)
		return error_errno(err, VAULT_FAILED, failure, "cannot start a process");
	if (reap(child) != 0)
		return error_set(err, VAULT_FAILED, "cannot start a process");
	/* Only the end of it is told; there is nothing to read. */
	struct pollfd end = {.fd = reading, .events = POLLIN};
	while (poll(&end, 1, milliseconds) < 0 && errno == EINTR)
		continue;
	return 0;
}
