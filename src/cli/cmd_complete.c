/*
 * `vault complete -- WORD...`, which is in no help: the shells' completion asks it what may follow
 * (see completions/ and proposals.h). The last WORD is the one being typed. For bash it is `vault
 * complete --bash REPLACED -- LINE` instead, see shell_line.h.
 *
 * It asks nobody, says nothing but its answer, waits for nothing, and exits with 0: a vault that is
 * locked, busy, broken or not there has no names. Only --vault counts of the options on the line;
 * no secret that others name is read.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "commands.h"
#include "proposals.h"

#define SECONDS_MAX 2 /* for a file system that does not answer */

struct complete_values {
	const char *bash;
};

static const struct option_spec complete_options[] = {
	OPTION_TEXT(struct complete_values, bash, 0, "bash", "REPLACED",
                    "the word is a line of bash, which replaces this end of it"),
	OPTIONS_END,
};

/* Neither a warning nor a library's complaint may end up in the line somebody is typing. */
static void say_nothing(void)
{
	CLOSE_AUTO int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null >= 0)
		dup2(null, STDERR_FILENO);
}

/* What only an unlocked vault knows. */
static void propose_from_vault(struct proposals *proposals, struct session *session)
{
	const char *typed = proposals->completion->vault;
	FREE_AUTO char *path = NULL;
	struct error unsaid = {0};

	alarm(SECONDS_MAX);
	/* The shell has not expanded the line. */
	if (typed && vault_expand_path(typed, &path, NULL) < 0)
		return;
	if (path)
		session->global.vault = path;
	if (session_start(session, &unsaid) == 0 &&
	    session_unlock_held(session, VAULT_READ_ONLY | VAULT_NO_WAIT, &unsaid) == 0)
		propose_held(proposals, session->vault);
	session->global.vault = NULL;
	session_close(session);
}

static int complete_run(struct session *session, const void *values, char *const *words,
                        struct error *err)
{
	const struct complete_values *complete = values;
	struct proposals proposals = {0};
	struct completion completion;
	SHELL_LINE_AUTO line = {0};
	size_t count = 0;

	(void)err;
	say_nothing();
	if (complete->bash) {
		if (!words[0] || shell_line_read(words[0], complete->bash, &line, NULL) < 0 ||
		    line.count < 2)
			return 0;
		proposals.bash = &line;
		words = line.words + 1; /* without the program's name */
		count = line.count - 1;
	} else {
		while (words[count])
			count++;
	}
	if (count == 0)
		return 0;
	complete_read(words, count, &completion);
	proposals.completion = &completion;
	if (!propose_known(&proposals))
		propose_from_vault(&proposals, session);
	return 0;
}

const struct command command_complete = {
	.name = "complete",
	.group = "vault",
	.arguments = "[WORD]...",
	.summary = "tell a shell what may follow on its command line",
	.options = complete_options,
	.values_size = sizeof(struct complete_values),
	.max_words = SIZE_MAX,
	.bare = true,
	.run = complete_run,
};
