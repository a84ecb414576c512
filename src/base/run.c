#include "base/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/confine.h"
#include "base/process.h"

#define NOT_STARTED 127 /* exit status, as in a shell */

static bool is_program(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

int run_find(const char *name, char **ret_path, struct error *err)
{
	const char *folder = getenv("PATH");
	size_t length;

	*ret_path = NULL;
	if (strchr(name, '/'))
		folder = "";
	for (; folder && *folder; folder += length + (folder[length] == ':')) {
		BUF_AUTO path = BUF_EMPTY;
		length = strcspn(folder, ":");
		buf_add_format(&path, "%.*s/%s", (int)length, folder, name);
		if (folder[0] != '/' || buf_check(&path, NULL) < 0 ||
		    !is_program((const char *)path.bytes))
			continue;
		*ret_path = buf_take_string(&path);
		return 0;
	}
	if (strchr(name, '/') && is_program(name)) {
		*ret_path = strdup(name);
		return *ret_path ? 0 : error_set(err, VAULT_FAILED, "out of memory");
	}
	error_set(err, VAULT_NOT_FOUND, "the program '%s' is not installed", name);
	return VAULT_NOT_FOUND;
}

/* The ends of both pipes; -1 where there is none. */
struct pipes {
	int child_in, child_out; /* what the child gets */
	int in, out;             /* what is written to and read from here */
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void pipes_close(struct pipes *pipes)
{
	close_end(&pipes->child_in);
	close_end(&pipes->child_out);
	close_end(&pipes->in);
	close_end(&pipes->out);
}

/* Ours do not block: the other side may be slow, or never read at all. */
static int pipes_open(const struct run *run, struct pipes *pipes)
{
	int ends[2];

	if (run->input) {
		if (pipe2(ends, O_CLOEXEC) != 0)
			return -1;
		pipes->child_in = ends[0];
		pipes->in = ends[1];
		if (fcntl(pipes->in, F_SETFL, O_NONBLOCK) != 0)
			return -1;
	}
	if (run->output) {
		if (pipe2(ends, O_CLOEXEC) != 0)
			return -1;
		pipes->out = ends[0];
		pipes->child_out = ends[1];
		if (fcntl(pipes->out, F_SETFL, O_NONBLOCK) != 0)
			return -1;
	}
	return 0;
}

static _Noreturn void become(const struct run *run, const struct pipes *pipes)
{
	int in = pipes->child_in < 0 && run->input_file ? run->input_file : pipes->child_in;

	if (!process_bare(in, pipes->child_out))
		_exit(NOT_STARTED);
	if (run->confined)
		process_confine();
	/* execve(2) only reads. */
	execve(run->path, (char *const *)(uintptr_t)run->arguments,
	       run->confined ? (char *const *)(uintptr_t)process_confined_environment : environ);
	_exit(NOT_STARTED);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int left(int64_t deadline)
{
	int64_t milliseconds = deadline - now();

	return milliseconds > 0 ? (int)milliseconds : 0;
}

/* Writes what fits; closes the pipe after the last byte, or when nobody reads. */
static void feed(const struct secret *input, size_t *written, int *fd)
{
	ssize_t count = 0;

	if (*written < input->length)
		count = write(*fd, input->bytes + *written, input->length - *written);
	if (count > 0)
		*written += (size_t)count;
	else if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (count < 0 || *written == input->length)
		close_end(fd);
}

/* Reads what is there; closes the pipe at its end. False when it does not fit. */
static bool drain(struct secret *output, int *fd)
{
	unsigned char more;
	size_t room = output->capacity - output->length;
	ssize_t count = read(*fd, room ? output->bytes + output->length : &more, room ? room : 1);

	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (count <= 0)
		close_end(fd);
	else if (room == 0)
		return false;
	else
		output->length += (size_t)count;
	return true;
}

static int exchange(const struct run *run, struct pipes *pipes, int64_t deadline, struct error *err)
{
	size_t written = 0;

	while (pipes->in >= 0 || pipes->out >= 0) {
		struct pollfd ends[] = {{.fd = pipes->in, .events = POLLOUT},
		                        {.fd = pipes->out, .events = POLLIN}};
		int ready = poll(ends, 2, left(deadline));
		if (ready < 0 && errno != EINTR)
			return error_errno(err, VAULT_FAILED, errno, "cannot wait for a pipe");
		if (ready == 0)
			return error_set(err, VAULT_FAILED, "'%s' does not answer", run->path);
		if (ready > 0 && ends[0].revents)
			feed(run->input, &written, &pipes->in);
		if (ready > 0 && ends[1].revents && !drain(run->output, &pipes->out))
			return error_set(err, VAULT_FAILED, "'%s' answers too much", run->path);
	}
	return 0;
}

/* Waits for the child's end until the deadline; SIGCHLD is blocked, and so is not missed. Where it
 * is ignored the kernel has buried the child: its status is unknown then, 0. */
static int await(const struct run *run, pid_t child, int64_t deadline, int *ret_status,
                 struct error *err)
{
	sigset_t ended;
	pid_t found;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	*ret_status = 0;
	while ((found = waitpid(child, ret_status, WNOHANG)) == 0) {
		int milliseconds = left(deadline);
		struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
		if (milliseconds == 0)
			return error_set(err, VAULT_FAILED, "'%s' does not end", run->path);
		sigtimedwait(&ended, NULL, &time);
	}
	if (found < 0)
		return 0;
	*ret_status =
		WIFSIGNALED(*ret_status) ? 128 + WTERMSIG(*ret_status) : WEXITSTATUS(*ret_status);
	return 0;
}

static int start(const struct run *run, struct pipes *pipes, pid_t *ret_child, struct error *err)
{
	if (pipes_open(run, pipes) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create a pipe");
	*ret_child = fork();
	if (*ret_child == 0)
		become(run, pipes);
	if (*ret_child < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot start '%s'", run->path);
	close_end(&pipes->child_in);
	close_end(&pipes->child_out);
	return 0;
}

int run_program(const struct run *run, int *ret_status, struct error *err)
{
	struct pipes pipes = {-1, -1, -1, -1};
	int64_t deadline = now() + run->milliseconds;
	sigset_t ended, before;
	pid_t child = -1;
	int r;

	*ret_status = 0;
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, &before);
	r = start(run, &pipes, &child, err);
	if (r == 0)
		r = exchange(run, &pipes, deadline, err);
	if (r == 0 && !run->stays)
		r = await(run, child, deadline, ret_status, err);
	if (r < 0 && child > 0) {
		/* Not waited for yet, so the number is still its own. */
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	pipes_close(&pipes);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}
