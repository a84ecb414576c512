#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <vault/harden.h>

#include "commands.h"
#include "grant.h"

struct exec_values {
	struct texts descriptors;
};

static const struct option_spec exec_options[] = {
	OPTION_TEXTS_OF(WORD_GRANT, struct exec_values, descriptors, 0, "fd", "N=NAME",
                        "let descriptor N give the value"),
	OPTIONS_END,
};

/* The program and its arguments stand behind the "--" in `words`. */
static int check(const struct exec_values *exec, char *const *words, char *const **ret_program,
                 struct error *err)
{
	size_t n = 0;

	while (words[n] && strcmp(words[n], "--") != 0)
		n++;
	if (!words[n] || !words[n + 1])
		return error_set(err, VAULT_USAGE, "the command is missing; it stands behind --");
	if (n == 0 && exec->descriptors.count == 0)
		return error_set(err, VAULT_USAGE,
		                 "nothing to pass on; say what, such as PGPASSWORD=database");
	*ret_program = words + n + 1;
	return 0;
}

/* What opened the vault is not for the program. */
static void keep_back(int fd)
{
	if (fd > STDERR_FILENO)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int exec_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct exec_values *exec = values;
	char *const *program = NULL;
	GRANTS_AUTO grants = {0};
	int r = check(exec, words, &program, err);

	if (r == 0)
		r = grants_read(words, &exec->descriptors, &grants, err);
	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0)
		r = grants_fetch(&grants, session, err);
	if (r != 0)
		return r;
	keep_back(session->global.password_fd);
	keep_back(session->global.volume_key_fd);
	session_done(session);
	r = grants_place(&grants, err);
	return r == 0 ? harden_exec(program, grants.variables, err) : r;
}

const struct command command_exec = {
	.name = "exec",
	.group = "use",
	.arguments = "VAR=NAME... -- COMMAND...",
	.summary = "run a command with passwords in its environment",
	.more = "NAME is an entry, or NAME:FIELD another value of it. VAR=@NAME makes the\n"
		"variable hold the path of a file to read the value from. A colon or a\n"
		"leading @ that belongs to a name is written with a backslash before it.\n"
		"The command takes the place of vault, and its exit status is the\n"
		"command's; 127 when there is no such command.",
	.options = exec_options,
	.values_size = sizeof(struct exec_values),
	.max_words = SIZE_MAX,
	.program = true,
	.takes = {WORD_GRANT, WORD_GRANT},
	.run = exec_run,
};
