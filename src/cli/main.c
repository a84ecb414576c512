/*
 * vault: the program. Makes the process safe to hold secrets, reads the command line, runs one
 * command, tells what went wrong.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/harden.h>

#include "cleanup.h"
#include "commands.h"
#include "help.h"
#include "interrupt.h"
#include "output.h"
#include "prompt.h"
#include "report.h"
#include "session.h"

#define USAGE_SIZE 128

/* Finds the command that argv[*at] and what follows name. Global options may stand between two
 * words of a name. */
static int find_command(const struct option_scope globals[2], int argc, char **argv, int *at,
                        const struct command **ret_command, struct error *err)
{
	const char *first = argv[(*at)++];
	int after = *at, r;

	r = options_parse(globals, argc, argv, &after, OPTIONS_TENTATIVE, NULL, err);
	if (r < 0)
		return r;
	*ret_command = after < argc ? command_by_name(first, argv[after]) : NULL;
	if (*ret_command) {
		*at = after + 1;
		return 0;
	}
	*ret_command = command_by_name(first, NULL);
	if (*ret_command)
		return 0;
	*ret_command = command_by_name(first, "list");
	if (*ret_command && (after >= argc || argv[after][0] == '-'))
		return 0;
	return command_unknown(first, after < argc && argv[after][0] != '-' ? argv[after] : NULL,
	                       err);
}

/* "vault rename NAME NEW-NAME", as the help has it. */
static const char *usage(const struct command *command, char text[USAGE_SIZE])
{
	snprintf(text, USAGE_SIZE, "usage: vault %s%s%s%s", command->name,
	         command->options ? " [OPTION]..." : "", command->arguments[0] ? " " : "",
	         command->arguments);
	return text;
}

/* The next of those that have to be there: "[FORMAT] FILE" lacks FILE. */
static const char *next_needed(const char *arguments)
{
	while (*arguments == '[' && strchr(arguments, ' '))
		arguments = strchr(arguments, ' ') + 1;
	return arguments;
}

static int check_words(const struct command *command, char *const *words, struct error *err)
{
	const char *missing = next_needed(command->arguments);
	char text[USAGE_SIZE];
	size_t count = 0;

	for (; words[count]; count++) {
		missing += strcspn(missing, " ");
		missing = next_needed(missing + (*missing == ' '));
	}
	if (count < command->min_words)
		return error_set(err, VAULT_USAGE, "%.*s is missing; %s",
		                 (int)strcspn(missing, " "), missing, usage(command, text));
	if (count > command->max_words)
		return error_set(err, VAULT_USAGE, "'%s' is too much; %s",
		                 words[command->max_words], usage(command, text));
	return 0;
}

static int run_command(struct session *session, const struct command *command, const void *values,
                       char *const *words, struct error *err)
{
	int r;

	report_quiet(session->global.quiet);
	if (session->global.help)
		return help_command(command);
	r = check_words(command, words, err);
	if (r == 0 && !command->bare)
		r = session_start(session, err);
	return r == 0 ? command->run(session, values, words, err) : r;
}

static int run(struct session *session, int argc, char **argv, struct error *err)
{
	struct option_scope scopes[2] = {{globals_options, &session->global}, {0}};
	const struct command *command = NULL;
	int at = 1, r;

	options_start(&scopes[0]);
	r = options_parse(scopes, argc, argv, &at, OPTIONS_LEADING, NULL, err);
	if (r < 0)
		return r;
	if (session->global.version)
		return help_version();
	if (at >= argc)
		return session->global.help ? help_overview() : help_short();
	r = find_command(scopes, argc, argv, &at, &command, err);
	if (r < 0)
		return r;
	FREE_AUTO char **words = calloc((size_t)argc + 1, sizeof(*words));
	FREE_AUTO void *values = calloc(1, command->values_size + 1);
	if (!words || !values)
		return error_set(err, VAULT_FAILED, "out of memory");
	if (!command->program && !command->starts)
		harden_privileges();
	scopes[1] = (struct option_scope){command->options, values};
	options_start(&scopes[1]);
	r = options_parse(scopes, argc, argv, &at, command->program ? OPTIONS_PROGRAM : OPTIONS_ALL,
	                  words, err);
	if (r < 0)
		error_context(err, "%s", command->name);
	else
		r = run_command(session, command, values, words, err);
	options_done(&scopes[1]);
	return r;
}

/* Under the name by which git finds its helpers, the program is the command that serves git. */
static int run_as_called(struct session *session, int argc, char **argv, struct error *err)
{
	static char git_helper[] = "git-credential-vault", command[] = "git-credential";
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;

	if (argc < 1 || strcmp(slash ? slash + 1 : argv[0], git_helper) != 0)
		return run(session, argc, argv, err);
	FREE_AUTO char **longer = calloc((size_t)argc + 2, sizeof(*longer));
	if (!longer)
		return error_set(err, VAULT_FAILED, "out of memory");
	longer[0] = argv[0];
	longer[1] = command;
	for (int i = 1; i < argc; i++)
		longer[i + 1] = argv[i];
	return run(session, argc + 1, longer, err);
}

/* Ctrl-C has an exit status of its own. */
static void die_of(int number)
{
	if (number == SIGINT)
		return;
	signal(number, SIG_DFL);
	raise(number);
}

int main(int argc, char **argv)
{
	struct session session = {0};
	struct error err = {0}, output_err = {0};
	int status;

	harden_process();
	status = abs(run_as_called(&session, argc, argv, &err));
	session_done(&session);
	prompt_quiet(false);
	if (status != 0)
		report_error(&err);
	if (output_finish(&output_err) < 0) {
		report_error(&output_err);
		status = status ? status : VAULT_FAILED;
	}
	if (session.rolled_back && (status == VAULT_OK || status == VAULT_FINDINGS))
		status = VAULT_DAMAGED;
	if (prompt_signal() != 0)
		die_of(prompt_signal());
	if (interrupt_signal() != 0)
		die_of(interrupt_signal());
	return status;
}
