#include "commands.h"
#include "help.h"

struct help_values {
	bool commands;
};

static const struct option_spec help_options[] = {
	OPTION_FLAG(struct help_values, commands, 0, "commands",
                    "print the table of commands, options and keys for programs"),
	OPTIONS_END,
};

static int help_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct help_values *help = values;
	const struct command *command;

	(void)session;
	if (help->commands)
		return help_table();
	if (!words[0])
		return help_overview();
	command = command_by_name(words[0], words[1]);
	if (!command && !words[1])
		command = command_by_name(words[0], "list");
	if (!command)
		return command_unknown(words[0], words[1], err);
	return help_command(command);
}

const struct command command_help = {
	.name = "help",
	.group = "vault",
	.arguments = "[COMMAND]",
	.summary = "explain a command, or list them all",
	.options = help_options,
	.values_size = sizeof(struct help_values),
	.max_words = 2,
	.bare = true,
	.takes = {WORD_COMMAND, WORD_COMMAND},
	.run = help_run,
};
