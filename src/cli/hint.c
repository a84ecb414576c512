#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <vault/text.h>

#include "hint.h"

#define BEGINNING_MIN 3 /* characters of a word that stand for it */

/* A word that was cut short is meant rather than another that was mistyped. */
static unsigned distance(const char *wanted, const char *word)
{
	unsigned limit = 1 + (unsigned)strlen(wanted) / 4;
	unsigned typing;

	if (strlen(wanted) >= BEGINNING_MIN && strncmp(word, wanted, strlen(wanted)) == 0)
		return 0;
	typing = text_distance(wanted, word, limit);
	return typing <= limit ? typing : UINT_MAX;
}

void hint_try(struct hint *hint, const char *word, size_t length)
{
	char copy[HINT_SIZE];
	unsigned away;

	if (length >= sizeof(copy) || strlen(hint->wanted) >= sizeof(copy))
		return;
	memcpy(copy, word, length);
	copy[length] = '\0';
	away = distance(hint->wanted, copy);
	if (away == UINT_MAX || (hint->nearest[0] && away >= hint->distance))
		return;
	memcpy(hint->nearest, copy, length + 1);
	hint->distance = away;
}

const char *hint_text(struct hint *hint)
{
	if (hint->nearest[0])
		snprintf(hint->text, sizeof(hint->text), "; did you mean '%s'?", hint->nearest);
	return hint->text;
}
