/* What was meant by a word that is none: the nearest one of those there are. */
#ifndef CLI_HINT_H
#define CLI_HINT_H

#include <stddef.h>

#define HINT_SIZE 64 /* longer words are not compared */

struct hint {
	const char *wanted;
	char nearest[HINT_SIZE]; /* "": none is near enough */
	unsigned distance;       /* of that one */
	char text[HINT_SIZE + 24];
};

/* Takes the `length` bytes at `word` when they are nearer than what came before. */
void hint_try(struct hint *hint, const char *word, size_t length);

/* "; did you mean 'list'?", or "". Borrowed from the hint. */
const char *hint_text(struct hint *hint);

#endif
