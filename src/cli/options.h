/*
 * Command-line options, declared in tables. One table serves the parser, `--help`, the completions
 * and the check of the manual.
 *
 * A table row names a member of a struct of values by its offset; the macros below make sure that
 * the member has the type that the kind of option stores:
 *
 *     struct get_values { const char *field; };
 *     static const struct option_spec options[] = {
 *             OPTION_TEXT(struct get_values, field, 'f', "field", "FIELD", "which field; …"),
 *             OPTIONS_END,
 *     };
 *
 * On the command line: `--name=value`, `--name value`, `-nvalue`, `-n value`, flags clustered as in
 * `-gq`; options and words may be mixed; after `--` everything is a word. A long name is written in
 * full.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>

enum option_kind {
	OPTION_KIND_FLAG,     /* bool */
	OPTION_KIND_TEXT,     /* const char *, borrowed from argv; NULL when not given. The last one
	                         counts */
	OPTION_KIND_TEXTS,    /* struct texts: may be repeated */
	OPTION_KIND_NUMBER,   /* int, minimum … maximum; -1 when not given */
	OPTION_KIND_SIZE,     /* int, KiB, as units_size reads it; -1 when not given */
	OPTION_KIND_DURATION, /* int, milliseconds, as units_duration reads it; -1 when not given */
};

/* Values of a repeated option, in order; NULL-terminated, or NULL when there are none. */
struct texts {
	const char **items;
	size_t count;
};

struct option_spec {
	enum option_kind kind;
	char letter;          /* or 0 */
	const char *name;     /* NULL ends the table */
	const char *argument; /* what it takes, in capitals for the help; NULL for a flag */
	const char *help;     /* one line, no capital in front, no full stop */
	size_t offset;        /* of the member in the struct of values */
	int minimum, maximum;
};

#define OPTION_MEMBER(type, member, ctype) \
	(offsetof(type, member) + 0 * sizeof((ctype *)0 == &((type *)0)->member))

#define OPTION_FLAG(type, member, letter, name, help) \
	{ \
		OPTION_KIND_FLAG, letter, name, NULL, help, OPTION_MEMBER(type, member, bool), 0, \
			0 \
	}
#define OPTION_TEXT(type, member, letter, name, argument, help) \
	{ \
		OPTION_KIND_TEXT, letter, name, argument, help, \
			OPTION_MEMBER(type, member, const char *), 0, 0 \
	}
#define OPTION_TEXTS(type, member, letter, name, argument, help) \
	{ \
		OPTION_KIND_TEXTS, letter, name, argument, help, \
			OPTION_MEMBER(type, member, struct texts), 0, 0 \
	}
#define OPTION_NUMBER(type, member, letter, name, argument, minimum, maximum, help) \
	{ \
		OPTION_KIND_NUMBER, letter, name, argument, help, \
			OPTION_MEMBER(type, member, int), minimum, maximum \
	}
#define OPTION_SIZE(type, member, letter, name, argument, minimum, maximum, help) \
	{ \
		OPTION_KIND_SIZE, letter, name, argument, help, OPTION_MEMBER(type, member, int), \
			minimum, maximum \
	}
#define OPTION_DURATION(type, member, letter, name, argument, minimum, maximum, help) \
	{ \
		OPTION_KIND_DURATION, letter, name, argument, help, \
			OPTION_MEMBER(type, member, int), minimum, maximum \
	}
#define OPTIONS_END \
	{ \
		OPTION_KIND_FLAG, 0, NULL, NULL, NULL, 0, 0, 0 \
	}

/* A table and the struct its offsets point into. */
struct option_scope {
	const struct option_spec *table; /* NULL: empty */
	void *values;                    /* zeroed by the caller; see options_start */
};

/* Sets the numbers of a zeroed struct of values to -1. */
void options_start(const struct option_scope *scope);
void options_done(const struct option_scope *scope); /* frees the lists of repeated options */

enum options_stop {
	OPTIONS_ALL,       /* read to the end */
	OPTIONS_PROGRAM,   /* the same; the first "--" is itself among the words, with a program and
	                      its arguments behind it */
	OPTIONS_LEADING,   /* stop in front of the first word */
	OPTIONS_TENTATIVE, /* the same, and in front of the first option that is in no table */
};

/* Reads argv[*at] and on; *at is where it stopped. Each option is looked up in the first scope,
 * then in the second. Words are appended to `words`, which has room for all of argv and a NULL,
 * unless it stops in front of them. VAULT_USAGE failure for an unknown option or a bad value. */
int options_parse(const struct option_scope scopes[2], int argc, char *const *argv, int *at,
                  enum options_stop stop, char **words, struct error *err);

#endif
