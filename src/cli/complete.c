#include <string.h>

#include "complete.h"
#include "session.h"

/* A line as it is read: how far the command's words have come. */
struct line {
	struct completion *completion;
	size_t n_words; /* of the command, its name not counted */
};

const char *complete_second(const struct command *command, const char *first)
{
	size_t length = strlen(first);

	return strncmp(command->name, first, length) == 0 && command->name[length] == ' '
	               ? command->name + length + 1
	               : NULL;
}

static bool has_second(const char *first)
{
	for (size_t i = 0; commands[i]; i++)
		if (complete_second(commands[i], first))
			return true;
	return false;
}

/* A second word of the command's name is to come. */
static bool expects_second(const struct completion *completion)
{
	return completion->first && !completion->command && has_second(completion->first);
}

static const struct option_spec *find_option(const struct completion *completion, char letter,
                                             const char *name, size_t length)
{
	const struct option_scope scopes[2] = {
		{globals_options, NULL},
		{completion->command ? completion->command->options : NULL, NULL},
	};
	const struct option_scope *scope;

	return options_find(scopes, letter, name, length, &scope);
}

/* Finds the option at the end of a word that begins with a dash, and where its value begins in the
 * word; 0: the value is the next word. NULL: the word has no option that takes a value. */
static const struct option_spec *option_of(const struct completion *completion, const char *word,
                                           size_t *ret_value)
{
	const struct option_spec *spec;

	*ret_value = 0;
	if (word[1] == '-') {
		size_t length = strcspn(word + 2, "=");
		spec = find_option(completion, 0, word + 2, length);
		if (word[2 + length] == '=')
			*ret_value = 2 + length + 1;
		return spec && spec->argument ? spec : NULL;
	}
	for (const char *p = word + 1; *p; p++) {
		spec = find_option(completion, *p, NULL, 0);
		if (!spec)
			return NULL;
		if (spec->argument) {
			*ret_value = p[1] ? (size_t)(p + 1 - word) : 0;
			return spec;
		}
	}
	return NULL;
}

static void take_value(struct completion *completion, const struct option_spec *spec,
                       const char *value)
{
	if (strcmp(spec->name, "vault") == 0)
		completion->vault = value;
}

static void take_word(struct line *line, const char *word)
{
	struct completion *completion = line->completion;

	if (!completion->first) {
		completion->first = word;
		completion->command = command_by_name(word, NULL);
	} else if (expects_second(completion)) {
		completion->command = command_by_name(completion->first, word);
		if (!completion->command)
			completion->first = ""; /* a name that there is not */
	} else if (line->n_words++ == 0) {
		completion->entry = word;
	}
}

/* Reads one word that is complete. Gives the option whose value the next word is, or NULL. */
static const struct option_spec *read_word(struct line *line, const char *word)
{
	struct completion *completion = line->completion;
	const struct option_spec *spec;
	size_t value;

	if (completion->words_only || word[0] != '-' || word[1] == '\0') {
		take_word(line, word);
		return NULL;
	}
	if (strcmp(word, "--") == 0) {
		completion->words_only = true;
		return NULL;
	}
	spec = option_of(completion, word, &value);
	if (!spec || value == 0)
		return spec;
	take_value(completion, spec, word + value);
	return NULL;
}

/* The kind of the word being typed where it is no option. */
static enum word_kind kind_of_word(const struct line *line)
{
	struct completion *completion = line->completion;
	const struct command *command = completion->command;

	if (!completion->first || expects_second(completion)) {
		completion->group = completion->first;
		return WORD_COMMAND;
	}
	if (!command)
		return WORD_OTHER;
	if (command->program && completion->words_only)
		return WORD_PROGRAM;
	if (line->n_words >= command->max_words)
		return WORD_OTHER;
	completion->group = completion->entry; /* as in "help trash" */
	return command->takes[line->n_words == 0 ? 0 : 1];
}

/* The place behind what stands in front of the part of a value that is being typed. */
static const char *part_of_value(struct completion *completion)
{
	const char *value = completion->word + completion->head, *found;

	if (completion->kind == WORD_CHARSET) {
		found = strrchr(value, ',');
		return found ? found + 1 : value;
	}
	if (completion->kind != WORD_GRANT)
		return value;
	/* "VARIABLE=NAME", "VARIABLE=@NAME", "VARIABLE=NAME:FIELD" */
	found = strchr(value, '=');
	if (!found)
		return value;
	value = found + 1 + (found[1] == '@');
	completion->source = (size_t)(value - completion->word);
	for (found = value; *found; found++) {
		if (*found == ':')
			return found + 1;
		if (*found == '\\' && found[1])
			found++;
	}
	return value;
}

static void read_last(const struct line *line, const struct option_spec *waiting)
{
	struct completion *completion = line->completion;
	const char *word = completion->word;
	const struct option_spec *spec = waiting;

	if (!waiting && !completion->words_only && word[0] == '-')
		spec = option_of(completion, word, &completion->head);
	if (waiting || completion->head > 0)
		completion->option = spec;
	if (completion->option)
		completion->kind = completion->option->takes;
	else if (!completion->words_only && word[0] == '-')
		completion->kind = WORD_OPTION;
	else
		completion->kind = kind_of_word(line);
	completion->head = (size_t)(part_of_value(completion) - word);
}

void complete_read(char *const *words, size_t count, struct completion *ret_completion)
{
	struct line line = {.completion = ret_completion};
	const struct option_spec *waiting = NULL;

	*ret_completion = (struct completion){.word = words[count - 1]};
	for (size_t i = 0; i + 1 < count; i++) {
		if (waiting) {
			take_value(ret_completion, waiting, words[i]);
			waiting = NULL;
		} else {
			waiting = read_word(&line, words[i]);
		}
	}
	read_last(&line, waiting);
}
