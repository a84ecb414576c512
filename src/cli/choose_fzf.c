#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vault/secret.h>

#include "choose.h"
#include "cleanup.h"
#include "launch.h"

#define ANSWER_MAX 1024 /* bytes; a name is shorter */

/* What fzf(1) says by its exit status. */
enum {
	FZF_CHOSEN = 0,
	FZF_NO_MATCH = 1,
	FZF_LEFT = 130
};

struct pipes {
	int names[2], answer[2];
};

static void pipes_done(const struct pipes *pipes)
{
	for (int i = 0; i < 2; i++) {
		cleanup_closep(&pipes->names[i]);
		cleanup_closep(&pipes->answer[i]);
	}
}

#define PIPES_AUTO __attribute__((cleanup(pipes_done))) struct pipes

static void close_end(int *end)
{
	close(*end);
	*end = -1;
}

/* The user's own settings are not asked: FZF_DEFAULT_OPTS may bind keys to commands and turn on a
 * preview, which would be run with names of accounts as arguments. fzf takes an empty variable for
 * none. */
static int start(const struct pipes *pipes, pid_t *ret_child, struct error *err)
{
	char *const argv[] = {(char[]){"fzf"}, (char[]){"--layout=reverse"},
	                      (char[]){"--tiebreak=index"}, NULL};
	char *const variables[] = {(char[]){"FZF_DEFAULT_OPTS="},
	                           (char[]){"FZF_DEFAULT_OPTS_FILE="},
	                           (char[]){"FZF_DEFAULT_COMMAND="}, NULL};
	const struct launch fzf = {
		.argv = argv,
		.variables = variables,
		.input = pipes->names[0],
		.output = pipes->answer[1],
	};

	return launch(&fzf, ret_child, err);
}

/* A name is one line: it has no control characters. When fzf ends before it has read them all,
 * somebody was quick. */
static void write_names(const struct names *names, int fd)
{
	FREE_AUTO char *lines = NULL;
	size_t size = 0, length = 0;

	for (size_t i = 0; i < names->count; i++)
		size += strlen(names->items[i]) + 1;
	lines = malloc(size + 1);
	for (size_t i = 0; lines && i < names->count; i++) {
		size_t n = strlen(names->items[i]);
		memcpy(lines + length, names->items[i], n);
		lines[length + n] = '\n';
		length += n + 1;
	}
	for (size_t at = 0; at < length;) {
		ssize_t n = write(fd, lines + at, length - at);
		if (n < 0 && errno != EINTR)
			return;
		at += n > 0 ? (size_t)n : 0;
	}
}

static int find_name(const struct names *names, const struct secret *answer, size_t *ret_chosen,
                     struct error *err)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], (const char *)answer->bytes) == 0) {
			*ret_chosen = i;
			return 0;
		}
	}
	return error_set(err, VAULT_FAILED, "fzf answered with something that is no entry");
}

int choose_fzf(const struct names *names, size_t *ret_chosen, struct error *err)
{
	PIPES_AUTO pipes = {{-1, -1}, {-1, -1}};
	SECRET_AUTO *answer = NULL;
	int status = 0, r;
	pid_t child;

	if (pipe2(pipes.names, O_CLOEXEC) != 0 || pipe2(pipes.answer, O_CLOEXEC) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create a pipe");
	r = start(&pipes, &child, err);
	if (r < 0)
		return r;
	close_end(&pipes.names[0]);
	close_end(&pipes.answer[1]);
	write_names(names, pipes.names[1]);
	close_end(&pipes.names[1]);
	r = secret_read_line(pipes.answer[0], ANSWER_MAX, &answer, err);
	close_end(&pipes.answer[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (r < 0)
		return r;
	if (WIFEXITED(status) && WEXITSTATUS(status) == FZF_CHOSEN && answer)
		return find_name(names, answer, ret_chosen, err);
	if (WIFEXITED(status) &&
	    (WEXITSTATUS(status) == FZF_LEFT || WEXITSTATUS(status) == FZF_NO_MATCH))
		return VAULT_NOT_FOUND;
	return error_set(err, VAULT_FAILED, "fzf failed");
}
