/* The parser of command lines. */
#include "unit.h"

#include "cli/options.h"

struct values {
	bool flag, other;
	const char *text;
	struct texts texts;
	int number, size, duration;
};

struct global {
	bool quiet;
	const char *file;
};

static const struct option_spec table[] = {
	OPTION_FLAG(struct values, flag, 'f', "flag", ""),
	OPTION_FLAG(struct values, other, 'o', "other", ""),
	OPTION_TEXT(struct values, text, 't', "text", "TEXT", ""),
	OPTION_TEXTS(struct values, texts, 'm', "many", "TEXT", ""),
	OPTION_NUMBER(struct values, number, 'n', "number", "N", 1, 100, ""),
	OPTION_SIZE(struct values, size, 0, "size", "SIZE", 1024, 4 * 1024 * 1024, ""),
	OPTION_DURATION(struct values, duration, 0, "time", "SECONDS", 1, 60000, ""),
	OPTIONS_END,
};

static const struct option_spec global_table[] = {
	OPTION_FLAG(struct global, quiet, 'q', "quiet", ""),
	OPTION_TEXT(struct global, file, 0, "file", "FILE", ""),
	OPTIONS_END,
};

/* What one command line came to. */
struct parsed {
	struct values values;
	struct global global;
	char *words[16];
	int at;
};

static int parse(struct parsed *parsed, enum options_stop stop, struct error *err, char **argv)
{
	struct option_scope scopes[2] = {{global_table, &parsed->global}, {table, &parsed->values}};
	int argc = 0;

	*parsed = (struct parsed){0};
	while (argv[argc])
		argc++;
	options_start(&scopes[1]);
	return options_parse(scopes, argc, argv, &parsed->at, stop,
	                     stop < OPTIONS_LEADING ? parsed->words : NULL, err);
}

/* argv's strings are not const, but nobody writes to them. */
#define LINE(...) ((char **)(uintptr_t)(const char *[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static void done(struct parsed *parsed)
{
	options_done(&(struct option_scope){table, &parsed->values});
	assert_null(parsed->values.texts.items);
}

static void knows_what_was_not_given(void **state)
{
	struct parsed parsed;

	(void)state;
	assert_done(parse(&parsed, OPTIONS_ALL, err, LINE()));
	assert_false(parsed.values.flag);
	assert_null(parsed.values.text);
	assert_null(parsed.values.texts.items);
	assert_int_equal(parsed.values.number, -1);
	assert_int_equal(parsed.values.size, -1);
	assert_int_equal(parsed.values.duration, -1);
	assert_null(parsed.words[0]);
	done(&parsed);
}

static void reads_every_spelling(void **state)
{
	struct parsed parsed;

	(void)state;
	assert_done(parse(&parsed, OPTIONS_ALL, err,
	                  LINE("a", "-fo", "--text=x=y", "-n7", "--many", "1", "b", "-m", "2", "-q",
	                       "--file", "--flag")));
	assert_true(parsed.values.flag && parsed.values.other && parsed.global.quiet);
	assert_string_equal(parsed.values.text, "x=y");
	assert_int_equal(parsed.values.number, 7);
	assert_int_equal(parsed.values.texts.count, 2);
	assert_string_equal(parsed.values.texts.items[0], "1");
	assert_string_equal(parsed.values.texts.items[1], "2");
	assert_null(parsed.values.texts.items[2]);
	assert_string_equal(parsed.global.file, "--flag");
	assert_string_equal(parsed.words[0], "a");
	assert_string_equal(parsed.words[1], "b");
	assert_null(parsed.words[2]);
	done(&parsed);

	assert_done(parse(&parsed, OPTIONS_ALL, err, LINE("-ftx", "-", "--", "-o", "--")));
	assert_true(parsed.values.flag);
	assert_false(parsed.values.other);
	assert_string_equal(parsed.values.text, "x");
	assert_string_equal(parsed.words[0], "-");
	assert_string_equal(parsed.words[1], "-o");
	assert_string_equal(parsed.words[2], "--");
	done(&parsed);

	assert_done(parse(&parsed, OPTIONS_PROGRAM, err, LINE("a", "-f", "--", "-o", "--")));
	assert_true(parsed.values.flag);
	assert_false(parsed.values.other);
	assert_string_equal(parsed.words[0], "a");
	assert_string_equal(parsed.words[1], "--");
	assert_string_equal(parsed.words[2], "-o");
	assert_string_equal(parsed.words[3], "--");
	done(&parsed);

	assert_done(parse(&parsed, OPTIONS_ALL, err, LINE("--text=", "-t", "later")));
	assert_string_equal(parsed.values.text, "later");
	done(&parsed);
}

static void reads_amounts(void **state)
{
	struct parsed parsed;

	(void)state;
	assert_done(parse(&parsed, OPTIONS_ALL, err, LINE("--size=256", "--time=1.5")));
	assert_int_equal(parsed.values.size, 256 * 1024);
	assert_int_equal(parsed.values.duration, 1500);
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("--size=5G")), VAULT_USAGE, "--size");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("--size=100K")), VAULT_USAGE, "--size");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("--time=0")), VAULT_USAGE, "--time");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("--time=61")), VAULT_USAGE, "--time");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("-n0")), VAULT_USAGE, "1 to 100");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("-n101")), VAULT_USAGE, "1 to 100");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("-n-1")), VAULT_USAGE, "1 to 100");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("-n 7")), VAULT_USAGE, "1 to 100");
}

static void refuses_what_it_does_not_know(void **state)
{
	struct parsed parsed;

	(void)state;
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("--fla")), VAULT_USAGE, "'--fla'");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("--flags")), VAULT_USAGE, "'--flags'");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("--=x")), VAULT_USAGE, "'--=x'");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("-x")), VAULT_USAGE, "'-x'");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("-fx")), VAULT_USAGE, "'-x' in '-fx'");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("--flag=1")), VAULT_USAGE, "no value");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("--text")), VAULT_USAGE,
	             "needs a value");
	assert_fails(parse(&parsed, OPTIONS_ALL, err, LINE("-ft")), VAULT_USAGE, "needs a value");
}

static void stops_where_it_is_told(void **state)
{
	struct parsed parsed;

	(void)state;
	assert_done(parse(&parsed, OPTIONS_LEADING, err, LINE("-q", "--file", "x", "word", "-f")));
	assert_int_equal(parsed.at, 3);
	assert_false(parsed.values.flag);
	assert_fails(parse(&parsed, OPTIONS_LEADING, err, LINE("-q", "-x")), VAULT_USAGE, "'-x'");
	assert_done(parse(&parsed, OPTIONS_TENTATIVE, err, LINE("-q", "-x", "word")));
	assert_int_equal(parsed.at, 1);
	assert_done(parse(&parsed, OPTIONS_TENTATIVE, err, LINE("-q", "--", "word")));
	assert_int_equal(parsed.at, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_what_was_not_given),
		cmocka_unit_test(reads_every_spelling),
		cmocka_unit_test(reads_amounts),
		cmocka_unit_test(refuses_what_it_does_not_know),
		cmocka_unit_test(stops_where_it_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
