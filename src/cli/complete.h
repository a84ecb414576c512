/*
 * What a command line that is being typed is about: which command, which options came already, and
 * what the word under the cursor is. Nothing is opened or printed here, and a line that makes no
 * sense is no error: whoever types has not finished yet.
 */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "commands.h"
#include "options.h"

/* Everything is borrowed from the words. */
struct completion {
	const char *first;             /* of the command's name; NULL: it is to come */
	const struct command *command; /* NULL: not named yet, or there is none */
	const char *entry;             /* the command's first word; NULL: it did not come yet */
	const char *vault;             /* of --vault; or NULL */
	bool words_only;               /* "--" came */

	enum word_kind kind; /* of the word being typed */
	const char *group;   /* WORD_COMMAND: the first word of the name; NULL: that is typed */
	const struct option_spec *option; /* whose value it is, or NULL */
	const char *word;                 /* all of it */
	size_t source;                    /* WORD_GRANT: bytes in front of NAME; 0: it is to come */
	size_t head; /* bytes of it in front of what is completed: "--field=", "-f", "lower," */
};

/* `words` are those behind the program's name, without quotes; the last is the one being typed, and
 * may be empty. `count` is at least 1. */
void complete_read(char *const *words, size_t count, struct completion *ret_completion);

/* The second word of `command`'s name where `first` is the first of two; or NULL. */
const char *complete_second(const struct command *command, const char *first);

#endif
