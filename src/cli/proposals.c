#include <stdlib.h>
#include <string.h>

#include <vault/format.h>

#include "cleanup.h"
#include "output.h"
#include "proposals.h"

#define SUMMARY_SIZE 128

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

/* Would it be taken for an option where it stands? */
static bool misleads(const struct completion *completion, const char *text)
{
	return text[0] == '-' && completion->head == 0 && !completion->words_only &&
	       !completion->option && completion->kind != WORD_OPTION;
}

/* The part of the word that bash replaces, quoted as it begins on the line. */
static void print_quoted(const struct shell_line *bash, const struct completion *completion,
                         const char *text)
{
	size_t length = completion->head + strlen(text);
	FREE_AUTO char *word = malloc(length + 1);
	FREE_AUTO char *quoted = malloc(SHELL_QUOTED * length + 1);

	if (!word || !quoted)
		return;
	memcpy(word, completion->word, completion->head);
	memcpy(word + completion->head, text, length - completion->head + 1);
	shell_quote(word + bash->kept, bash->quote, quoted);
	output_string(quoted);
}

void propose(struct proposals *proposals, const char *what, const char *text, const char *about)
{
	const struct completion *completion = proposals->completion;
	const char *typed = completion->word + completion->head;

	if (strncmp(text, typed, strlen(typed)) != 0 || has_control(text) ||
	    misleads(completion, text))
		return;
	if (!proposals->told) {
		output_string(what);
		output_string("\n");
	}
	proposals->told = true;
	if (proposals->bash) {
		print_quoted(proposals->bash, completion, text);
	} else {
		output_bytes(completion->word, completion->head);
		output_string(text);
		output_string(about ? "\t" : "");
		output_string(about ? about : "");
	}
	output_string("\n");
}

/* "list, restore, empty" */
static const char *seconds_of(const char *first, char text[SUMMARY_SIZE])
{
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; commands[i]; i++) {
		const char *second = complete_second(commands[i], first);
		size_t more = second ? strlen(second) + 2 : 0;
		if (!second || length + more >= SUMMARY_SIZE)
			continue;
		memcpy(text + length, length ? ", " : "", length ? 2 : 0);
		memcpy(text + length + (length ? 2 : 0), second, strlen(second) + 1);
		length += strlen(text + length);
	}
	return text;
}

static void propose_first(struct proposals *proposals, const struct command *command,
                          const struct command *before)
{
	size_t length = strcspn(command->name, " ");
	FREE_AUTO char *first = strndup(command->name, length);
	char summary[SUMMARY_SIZE];

	if (!first || (before && complete_second(before, first)))
		return;
	propose(proposals, "command", first,
	        command->name[length] ? seconds_of(first, summary) : command->summary);
}

static void propose_commands(struct proposals *proposals)
{
	const char *group = proposals->completion->group;

	for (size_t i = 0; commands[i]; i++) {
		const char *second = group ? complete_second(commands[i], group) : NULL;
		if (!group)
			propose_first(proposals, commands[i], i > 0 ? commands[i - 1] : NULL);
		else if (second)
			propose(proposals, "command", second, commands[i]->summary);
	}
}

/* A letter is proposed to who typed one dash and nothing more. */
static void propose_options(struct proposals *proposals, const struct option_spec *spec)
{
	bool letters = proposals->completion->word[1] == '\0';

	for (; spec && spec->name; spec++) {
		FREE_AUTO char *name = malloc(strlen(spec->name) + 3);
		char letter[3] = {'-', spec->letter, '\0'};

		if (!name)
			return;
		memcpy(name, "--", 2);
		memcpy(name + 2, spec->name, strlen(spec->name) + 1);
		if (letters && spec->letter)
			propose(proposals, "option", letter, spec->help);
		propose(proposals, "option", name, spec->help);
	}
}

static void propose_classes(struct proposals *proposals)
{
	static const char *const classes[][2] = {
		{"lower", "a-z"},
		{"upper", "A-Z"},
		{"digit", "0-9"},
		{"symbol", "punctuation and the like"},
		{"alnum", "letters and digits"},
		{"all", "all of these"},
		{"unambiguous", "none that look alike"},
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		propose(proposals, "class", classes[i][0], classes[i][1]);
}

/* The words that the help lists, commas between. */
static void propose_choices(struct proposals *proposals, const char *help)
{
	while (*help) {
		size_t length = strcspn(help, ", ");
		FREE_AUTO char *choice = strndup(help, length);

		if (choice)
			propose(proposals, "choice", choice, NULL);
		help += length + strspn(help + length, ", ");
	}
}

/* Where none is meant, a path is. */
static void propose_formats(struct proposals *proposals, unsigned flag)
{
	for (size_t i = 0; formats[i]; i++)
		if (formats[i]->flags & flag)
			propose(proposals, "format", formats[i]->name, formats[i]->title);
	if (!proposals->told)
		output_string("file\n");
}

bool propose_known(struct proposals *proposals)
{
	const struct completion *completion = proposals->completion;

	switch (completion->kind) {
	case WORD_OTHER:
		return true;
	case WORD_FILE:
		output_string("file\n");
		return true;
	case WORD_READS:
		propose_formats(proposals, FORMAT_READS);
		return true;
	case WORD_WRITES:
		propose_formats(proposals, FORMAT_WRITES);
		return true;
	case WORD_PROGRAM:
		output_string("program\n");
		return true;
	case WORD_COMMAND:
		propose_commands(proposals);
		return true;
	case WORD_OPTION:
		if (completion->command)
			propose_options(proposals, completion->command->options);
		propose_options(proposals, globals_options);
		return true;
	case WORD_CHOICE:
		if (completion->option)
			propose_choices(proposals, completion->option->help);
		return true;
	case WORD_CHARSET:
		propose_classes(proposals);
		return true;
	default:
		return false;
	}
}
