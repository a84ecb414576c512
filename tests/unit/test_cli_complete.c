/* What a command line that is being typed is about, and the lines of bash. */
#include "unit.h"

#include <stdio.h>

#include "cli/complete.h"
#include "cli/shell_line.h"

/* The strings of a completion are borrowed from the words. */
#define READ(...) read_line_of((const char *[]){__VA_ARGS__, NULL})

static struct completion read_line_of(const char *const *words)
{
	struct completion completion;
	size_t count = 0;

	while (words[count])
		count++;
	complete_read((char *const *)(uintptr_t)words, count, &completion);
	return completion;
}

static void knows_commands(void **state)
{
	struct completion c = READ("");

	(void)state;
	assert_int_equal(c.kind, WORD_COMMAND);
	assert_null(c.group);
	c = READ("--vault", "x", "-q", "ge");
	assert_int_equal(c.kind, WORD_COMMAND);
	assert_string_equal(c.vault, "x");
	c = READ("trash", "");
	assert_int_equal(c.kind, WORD_COMMAND);
	assert_string_equal(c.group, "trash");
	c = READ("trash", "-q", "restore", "");
	assert_int_equal(c.kind, WORD_TRASHED);
	c = READ("trash", "nonsense", "");
	assert_int_equal(c.kind, WORD_OTHER);
	c = READ("nonsense", "");
	assert_int_equal(c.kind, WORD_OTHER);
	c = READ("help", "key", "");
	assert_int_equal(c.kind, WORD_COMMAND);
	assert_string_equal(c.group, "key");
}

static void knows_words(void **state)
{
	struct completion c = READ("get", "na");

	(void)state;
	assert_int_equal(c.kind, WORD_ENTRY);
	assert_null(c.entry);
	c = READ("get", "name", "");
	assert_int_equal(c.kind, WORD_OTHER);
	assert_string_equal(c.entry, "name");
	c = READ("get", "--", "-n");
	assert_int_equal(c.kind, WORD_ENTRY);
	assert_true(c.words_only);
	c = READ("rename", "name", "");
	assert_int_equal(c.kind, WORD_OTHER);
	c = READ("backup", "x");
	assert_int_equal(c.kind, WORD_FILE);
	c = READ("exec", "A=na");
	assert_int_equal(c.kind, WORD_GRANT);
	assert_int_equal(c.head, 2);
	assert_int_equal(c.source, 2);
	c = READ("exec", "A=@a\\:b:p");
	assert_int_equal(c.source, 3);
	assert_int_equal(c.head, 8);
	c = READ("exec", "A");
	assert_int_equal(c.source, 0);
	c = READ("exec", "A=x", "--", "ls", "--all");
	assert_int_equal(c.kind, WORD_PROGRAM);
}

static void knows_options(void **state)
{
	struct completion c = READ("get", "-");

	(void)state;
	assert_int_equal(c.kind, WORD_OPTION);
	assert_int_equal(c.head, 0);
	c = READ("get", "name", "-f", "");
	assert_int_equal(c.kind, WORD_FIELD);
	assert_string_equal(c.option->name, "field");
	assert_string_equal(c.entry, "name");
	c = READ("get", "name", "--field=pi");
	assert_int_equal(c.kind, WORD_FIELD);
	assert_int_equal(c.head, 8);
	c = READ("get", "name", "-qfpi");
	assert_int_equal(c.kind, WORD_FIELD);
	assert_int_equal(c.head, 3);
	c = READ("get", "-f", "-x", "na");
	assert_int_equal(c.kind, WORD_ENTRY);
	c = READ("get", "-fx", "na");
	assert_int_equal(c.kind, WORD_ENTRY);
	c = READ("generate", "--charset", "lower,[,]");
	assert_int_equal(c.kind, WORD_CHARSET);
	c = READ("generate", "--length", "");
	assert_int_equal(c.kind, WORD_OTHER);
	c = READ("get", "--vault=/x", "na");
	assert_string_equal(c.vault, "/x");
}

/* A row that says FILE or NAME says what that is: a forgotten one would propose nothing. */
static void no_row_is_forgotten(void **state)
{
	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		const struct command *command = commands[i];
		const struct option_spec *spec = command->options;

		for (; spec && spec->name; spec++)
			if (spec->argument && strcmp(spec->argument, "FILE") == 0 &&
			    spec->takes != WORD_FILE)
				fail_msg("%s --%s: WORD_FILE", command->name, spec->name);
		if (strcmp(command->name, "add") == 0) /* the name of an entry that is to come */
			continue;
		if (strstr(command->arguments, "NAME") && command->takes[0] == WORD_OTHER)
			fail_msg("%s: what is NAME?", command->name);
		if (strstr(command->arguments, "FILE") && command->takes[0] == WORD_OTHER)
			fail_msg("%s: WORD_FILE", command->name);
	}
}

/* The line ends in `replaced`; it has these words, and so much in front of what is replaced. */
static void assert_line(const char *line, const char *replaced, size_t kept, char quote,
                        const char *const *words)
{
	SHELL_LINE_AUTO read = {0};
	size_t i = 0;

	assert_done(shell_line_read(line, replaced, &read, err));
	for (; words[i]; i++) {
		assert_true(i < read.count);
		assert_string_equal(read.words[i], words[i]);
	}
	assert_int_equal(i, read.count);
	assert_int_equal(read.kept, kept);
	assert_int_equal(read.quote, quote);
}
#define WORDS(...) ((const char *[]){__VA_ARGS__, NULL})

static void takes_lines_apart(void **state)
{
	struct shell_line line;

	(void)state;
	assert_line("", "", 0, 0, WORDS(""));
	assert_line("vault ", "", 0, 0, WORDS("vault", ""));
	assert_line(" vault\tget  na", "na", 0, 0, WORDS("vault", "get", "na"));
	assert_line("v a\\ b\\", "a\\ b\\", 0, 0, WORDS("v", "a b"));
	assert_line("v \"a b", "a b", 0, '"', WORDS("v", "a b"));
	assert_line("v 'a \\b", "a \\b", 0, '\'', WORDS("v", "a \\b"));
	assert_line("v \"a\\\"\\x$", "a\\\"\\x$", 0, '"', WORDS("v", "a\"\\x$"));
	assert_line("v 'a'\\''b", "'a'\\''b", 0, 0, WORDS("v", "a'b"));
	assert_line("v 'a b' c", "c", 0, 0, WORDS("v", "a b", "c"));
	assert_line("v a:b", "b", 2, 0, WORDS("v", "a:b"));
	assert_line("v --f=\"my k", "my k", 4, '"', WORDS("v", "--f=my k"));
	assert_line("v $'a' \"\" x", "x", 0, 0, WORDS("v", "a", "", "x"));
	assert_fails(shell_line_read("v a", "b", &line, err), VAULT_USAGE, "does not end");
	assert_fails(shell_line_read("v $'a", "a", &line, err), VAULT_USAGE, "nothing");
}

/* What is quoted is read back as it was. */
static void quotes_as_it_reads(void **state)
{
	static const char *const names[] = {"plain",      "a b",        "it's",  "\"x\"",
	                                    "a$b`c`",     "\\",         "bang!", "*?[x]{a,b}",
	                                    "~#;&|<>()^", "größe 日本", "-dash"};
	static const char quotes[] = {0, '"', '\''};
	char quoted[SHELL_QUOTED * 64 + 1], line[SHELL_QUOTED * 64 + 8];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (size_t q = 0; q < sizeof(quotes); q++) {
			SHELL_LINE_AUTO read = {0};
			char mark[2] = {quotes[q], '\0'};

			shell_quote(names[i], quotes[q], quoted);
			snprintf(line, sizeof(line), "v %s%s%s ", mark, quoted, mark);
			assert_done(shell_line_read(line, "", &read, err));
			assert_int_equal(read.count, 3);
			assert_string_equal(read.words[1], names[i]);
		}
	}
	shell_quote("a!b", '"', quoted);
	assert_string_equal(quoted, "a\"\\!\"b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_commands),    cmocka_unit_test(knows_words),
		cmocka_unit_test(knows_options),     cmocka_unit_test(no_row_is_forgotten),
		cmocka_unit_test(takes_lines_apart), cmocka_unit_test(quotes_as_it_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
