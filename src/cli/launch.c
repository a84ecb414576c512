#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vault/harden.h>

#include "cleanup.h"
#include "launch.h"

/* What the user left open for us is not for the program either: a browser would keep a pipe or a
 * lock for as long as it runs. (Linux 5.11; before that it stays open.) */
static void close_others_on_exec(void)
{
#ifdef SYS_close_range
	syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
#endif
}

static bool set_up(const struct launch *launch, pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(launch->input >= 0 ? launch->input : null, STDIN_FILENO) < 0 ||
	    dup2(launch->output >= 0 ? launch->output : null, STDOUT_FILENO) < 0)
		return false;
	if (launch->detached)
		return setsid() >= 0 && dup2(null, STDERR_FILENO) >= 0;
	return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
}

/* Tells through the pipe what went wrong; when all goes well, the pipe is closed by exec. */
static _Noreturn void become(const struct launch *launch, pid_t parent, int telling)
{
	struct error err = {0};

	close_others_on_exec();
	if (!set_up(launch, parent))
		error_errno(&err, VAULT_FAILED, errno, "cannot start '%s'", launch->argv[0]);
	else
		harden_exec(launch->argv, launch->variables, &err);
	if (write(telling, &err, sizeof(err)) < 0)
		_exit(VAULT_FAILED);
	_exit((int)err.status);
}

int launch(const struct launch *launch, pid_t *ret_child, struct error *err)
{
	CLOSE_AUTO int reading = -1;
	struct error told = {0};
	pid_t child, parent = getpid();
	int ends[2], errnum;
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create a pipe");
	reading = ends[0];
	child = fork();
	errnum = errno;
	if (child == 0)
		become(launch, parent, ends[1]);
	close(ends[1]);
	if (child < 0)
		return error_errno(err, VAULT_FAILED, errnum, "cannot start '%s'", launch->argv[0]);
	do
		n = read(reading, &told, sizeof(told)); /* ≤ PIPE_BUF: all of it, or none */
	while (n < 0 && errno == EINTR);
	if (n == 0) {
		*ret_child = child;
		return 0;
	}
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return error_set(err, told.status, "%s", told.message);
}
