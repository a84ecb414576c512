/*
 * What is proposed to a shell for the word being typed: one proposal a line, the whole word, and
 * behind a tab what it is. In front of them one line tells the shell what they are, a word such as
 * "entry"; "file" and "program" alone mean that the shell knows better than we what to propose;
 * "format" means that files may follow as well as what is proposed.
 * Without a proposal nothing is printed.
 *
 * What holds a control character is left out: no line can hold it.
 */
#ifndef CLI_PROPOSALS_H
#define CLI_PROPOSALS_H

#include <stdbool.h>

#include "complete.h"
#include "shell_line.h"

struct proposals {
	const struct completion *completion;
	const struct shell_line
		*bash; /* the line as bash has it; NULL: the shell quotes by itself */
	bool told;     /* the first line */
};

/* Proposes `text`, if what is being typed begins it. `about` (may be NULL) says what it is. */
void propose(struct proposals *proposals, const char *what, const char *text, const char *about);

/* Everything that needs no vault. Returns false when the kind of word needs one. */
bool propose_known(struct proposals *proposals);

/* The rest, from an unlocked vault. */
void propose_held(struct proposals *proposals, struct vault *vault);

#endif
