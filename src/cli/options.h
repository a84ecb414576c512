/*
 * Command-line options, declared in tables. One table serves the parser, `--help`, completion
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

/* What a word is, an option's value or one that stands by itself: what may be proposed for it. */
enum word_kind {
	WORD_OTHER,     /* nobody can know */
	WORD_FILE,      /* a path */
	WORD_READS,     /* a format that is read, or a path */
	WORD_WRITES,    /* a format that is written, or a path */
	WORD_ENTRY,     /* the name of an entry */
	WORD_TRASHED,   /* the name of an entry in the trash */
	WORD_TAG,       /* a tag that an entry has */
	WORD_REALM,     /* the name of a realm */
	WORD_INCIDENT,  /* the number of an incident */
	WORD_FIELD,     /* what `get -f` takes of the entry that is the command's first word */
	WORD_CLEARABLE, /* what `edit --clear` takes of it */
	WORD_CONSUMER,  /* who uses the password of that entry */
	WORD_CHARSET,   /* see generate_parse_charset */
	WORD_CHOICE,    /* one of the words that the option's help is: "this, that, those" */
	WORD_GRANT,     /* VARIABLE=NAME[:FIELD], see grant.h */
	WORD_COMMAND,   /* the name of a command, or its second word */
	WORD_OPTION,    /* an option; in no table */
	WORD_PROGRAM,   /* a program and its arguments; in no table */
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
	enum word_kind takes; /* what its value is */
};

#define OPTION_MEMBER(type, member, ctype) \
	(offsetof(type, member) + 0 * sizeof((ctype *)0 == &((type *)0)->member))

#define OPTION_ROW(kind, ctype, takes, type, member, letter, name, argument, minimum, maximum, \
                   help) \
	{ \
		kind, letter, name, argument, help, OPTION_MEMBER(type, member, ctype), minimum, \
			maximum, takes \
	}
#define OPTION_FLAG(type, member, letter, name, help) \
	OPTION_ROW(OPTION_KIND_FLAG, bool, WORD_OTHER, type, member, letter, name, NULL, 0, 0, help)
#define OPTION_TEXT(type, member, letter, name, argument, help) \
	OPTION_TEXT_OF(WORD_OTHER, type, member, letter, name, argument, help)
#define OPTION_TEXTS(type, member, letter, name, argument, help) \
	OPTION_TEXTS_OF(WORD_OTHER, type, member, letter, name, argument, help)
/* The same, and says what the value is: an enum word_kind. */
#define OPTION_TEXT_OF(takes, type, member, letter, name, argument, help) \
	OPTION_ROW(OPTION_KIND_TEXT, const char *, takes, type, member, letter, name, argument, 0, \
	           0, help)
#define OPTION_TEXTS_OF(takes, type, member, letter, name, argument, help) \
	OPTION_ROW(OPTION_KIND_TEXTS, struct texts, takes, type, member, letter, name, argument, \
	           0, 0, help)
#define OPTION_NUMBER(type, member, letter, name, argument, minimum, maximum, help) \
	OPTION_ROW(OPTION_KIND_NUMBER, int, WORD_OTHER, type, member, letter, name, argument, \
	           minimum, maximum, help)
#define OPTION_SIZE(type, member, letter, name, argument, minimum, maximum, help) \
	OPTION_ROW(OPTION_KIND_SIZE, int, WORD_OTHER, type, member, letter, name, argument, \
	           minimum, maximum, help)
#define OPTION_DURATION(type, member, letter, name, argument, minimum, maximum, help) \
	OPTION_ROW(OPTION_KIND_DURATION, int, WORD_OTHER, type, member, letter, name, argument, \
	           minimum, maximum, help)
#define OPTIONS_END \
	{ \
		OPTION_KIND_FLAG, 0, NULL, NULL, NULL, 0, 0, 0, WORD_OTHER \
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

/* Finds the option of that letter, or where it is 0 of the `length` bytes at `name`, in the first
 * scope or else in the second; NULL when it is in neither. */
const struct option_spec *options_find(const struct option_scope scopes[2], char letter,
                                       const char *name, size_t length,
                                       const struct option_scope **ret_scope);

/* Reads argv[*at] and on; *at is where it stopped. Each option is looked up in the first scope,
 * then in the second. Words are appended to `words`, which has room for all of argv and a NULL,
 * unless it stops in front of them. VAULT_USAGE failure for an unknown option or a bad value. */
int options_parse(const struct option_scope scopes[2], int argc, char *const *argv, int *at,
                  enum options_stop stop, char **words, struct error *err);

#endif
