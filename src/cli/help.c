#include <stdio.h>
#include <string.h>

#include "help.h"
#include "output.h"
#include "report.h"

#ifndef VAULT_VERSION
#define VAULT_VERSION "unknown"
#endif

#define COMMAND_COLUMNS 30
#define LETTER_COLUMNS 6
#define OPTION_COLUMNS 22

int help_version(void)
{
	output_string("vault " VAULT_VERSION "\n");
	return 0;
}

int help_short(void)
{
	report_note("Usage: vault [OPTION]... COMMAND ...");
	report_note("'vault add NAME' keeps a password, 'vault get NAME' prints it, 'vault help' "
	            "tells the rest.");
	return VAULT_USAGE;
}

/* Text that never needs making safe, and blanks up to the next column; what is longer has a line of
 * its own. */
static void column(size_t indent, const char *text, size_t columns)
{
	size_t length = strlen(text);

	if (length < columns)
		output_format("%s%*s", text, (int)(columns - length), "");
	else
		output_format("%s\n%*s", text, (int)(indent + columns), "");
}

static void print_option(const struct option_spec *spec)
{
	char letter[] = "  -x, ", spelled[64];

	if (spec->letter)
		letter[3] = spec->letter;
	output_string(spec->letter ? letter : "      ");
	snprintf(spelled, sizeof(spelled), "--%s%s%s", spec->name, spec->argument ? " " : "",
	         spec->argument ? spec->argument : "");
	column(LETTER_COLUMNS, spelled, OPTION_COLUMNS);
	output_format("%s%s\n", spec->help, spec->kind == OPTION_KIND_TEXTS ? ", repeatable" : "");
}

static void print_options(const char *title, const struct option_spec *spec)
{
	if (!spec || !spec->name)
		return;
	output_format("\n%s\n", title);
	for (; spec->name; spec++)
		print_option(spec);
}

int help_overview(void)
{
	const char *group = "";
	char spelled[64];

	output_string("vault keeps passwords in one encrypted file, and guards against using one "
	              "twice.\n\n"
	              "Usage: vault [OPTION]... COMMAND ...\n");
	for (size_t i = 0; commands[i]; i++) {
		const struct command *command = commands[i];
		if (strcmp(group, command->group) != 0)
			output_format("\n%s\n", command->group);
		group = command->group;
		snprintf(spelled, sizeof(spelled), "%s %s", command->name, command->arguments);
		output_string("  ");
		column(2, spelled, COMMAND_COLUMNS - 2);
		output_format("%s\n", command->summary);
	}
	print_options("Options, before or behind the command", globals_options);
	output_string("\n'vault help COMMAND' explains a command, vault(1) everything.\n");
	return 0;
}

/* The other commands with the same first word. */
static void print_related(const struct command *command)
{
	size_t length = strcspn(command->name, " ");
	bool first = true;

	for (size_t i = 0; command->name[length] && commands[i]; i++) {
		const char *name = commands[i]->name;
		if (commands[i] == command || strncmp(name, command->name, length + 1) != 0)
			continue;
		output_format("%s%s", first ? "\nSee also: vault help " : ", vault help ", name);
		first = false;
	}
	if (!first)
		output_string("\n");
}

int help_command(const struct command *command)
{
	output_format("Usage: vault %s%s%s%s\n\n", command->name,
	              command->options ? " [OPTION]..." : "", command->arguments[0] ? " " : "",
	              command->arguments);
	output_format("%c%s.\n", command->summary[0] - 'a' + 'A', command->summary + 1);
	if (command->more)
		output_format("\n%s\n", command->more);
	print_options("Options", command->options);
	print_related(command);
	output_string("\nOptions that every command takes: vault --help\n");
	return 0;
}

static void table_options(const char *name, const struct option_spec *spec)
{
	for (; spec && spec->name; spec++) {
		char letter[2] = {spec->letter ? spec->letter : '-', '\0'};
		output_format("option\t%s\t%s\t%s\t%s\t%s\t%s\n", name, letter, spec->name,
		              spec->argument ? spec->argument : "-",
		              spec->kind == OPTION_KIND_TEXTS ? "repeated" : "-", spec->help);
	}
}

int help_table(void)
{
	table_options("*", globals_options);
	for (size_t i = 0; commands[i]; i++) {
		const struct command *command = commands[i];
		output_format("command\t%s\t%s\t%s\t%s\n", command->name, command->group,
		              command->arguments[0] ? command->arguments : "-", command->summary);
		table_options(command->name, command->options);
	}
	for (const struct config_key *key = config_keys; key->name; key++) {
		char takes[CONFIG_TAKES_SIZE];
		output_format("key\t%s\t%s\t%s\t%s\n", key->name, config_takes(key, takes),
		              key->initial ? key->initial : "-", key->help);
	}
	return 0;
}
