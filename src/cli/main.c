/*
 * vault: the program. Makes the process safe to hold secrets, reads the command line, runs one
 * command, tells what went wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "commands.h"
#include "help.h"
#include "output.h"
#include "prompt.h"
#include "report.h"
#include "session.h"

#define USAGE_SIZE 128

/* Descriptors 0 to 2 must be taken, or the vault itself could be opened as standard output. */
static void open_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		_exit(VAULT_FAILED);
	close(fd);
}

/* Removes what could steer the libraries below: configuration and modules to load, places for
 * temporary files. */
static void scrub_environment(void)
{
	static const char *const prefixes[] = {"OPENSSL_", "SSL_",        "SQLITE_",  "SQLCIPHER_",
	                                       "TMPDIR=",  "GCONV_PATH=", "LOCPATH=", "NLSPATH="};
	char **kept = environ;

	for (char **variable = environ; variable && *variable; variable++) {
		bool steers = false;
		for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
			steers |= strncmp(*variable, prefixes[i], strlen(prefixes[i])) == 0;
		if (!steers)
			*kept++ = *variable;
	}
	if (kept)
		*kept = NULL;
}

static void harden_process(void)
{
	open_standard_descriptors();
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	/* No core dumps, and no other process of this user may look into this one's memory. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	umask(077);
	scrub_environment();
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error to report */
}

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
	*ret_command = after < argc ? command_find(first, argv[after]) : NULL;
	if (*ret_command) {
		*at = after + 1;
		return 0;
	}
	*ret_command = command_find(first, NULL);
	if (*ret_command)
		return 0;
	*ret_command = command_find(first, "list");
	if (*ret_command && (after >= argc || argv[after][0] == '-'))
		return 0;
	return error_set(err, VAULT_USAGE, "there is no command '%s%s%s'; 'vault help' lists them",
	                 first, *ret_command ? " " : "", *ret_command ? argv[after] : "");
}

/* "vault rename NAME NEW-NAME", as the help has it. */
static const char *usage(const struct command *command, char text[USAGE_SIZE])
{
	snprintf(text, USAGE_SIZE, "usage: vault %s%s%s%s", command->name,
	         command->options ? " [OPTION]..." : "", command->arguments[0] ? " " : "",
	         command->arguments);
	return text;
}

static int check_words(const struct command *command, char *const *words, struct error *err)
{
	const char *missing = command->arguments;
	char text[USAGE_SIZE];
	size_t count = 0;

	for (; words[count]; count++)
		missing += strcspn(missing, " ") + (missing[strcspn(missing, " ")] == ' ');
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
	if (r == 0)
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
	scopes[1] = (struct option_scope){command->options, values};
	options_start(&scopes[1]);
	r = options_parse(scopes, argc, argv, &at, OPTIONS_ALL, words, err);
	if (r < 0)
		error_context(err, "%s", command->name);
	else
		r = run_command(session, command, values, words, err);
	options_done(&scopes[1]);
	return r;
}

int main(int argc, char **argv)
{
	struct session session = {0};
	struct error err = {0}, output_err = {0};
	int status;

	harden_process();
	status = abs(run(&session, argc, argv, &err));
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
	if (prompt_signal() != 0 && prompt_signal() != SIGINT) {
		signal(prompt_signal(), SIG_DFL);
		raise(prompt_signal());
	}
	return status;
}
