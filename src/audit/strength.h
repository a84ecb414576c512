/*
 * What asks zxcvbn, and may only run in a child process: it leaves copies of the password behind.
 */
#ifndef AUDIT_STRENGTH_H
#define AUDIT_STRENGTH_H

#include <stddef.h>

#include <vault/audit.h>

enum pattern {
	PATTERN_NONE,
	PATTERN_WORD,
	PATTERN_LEET,
	PATTERN_KNOWN,
	PATTERN_REPEAT,
	PATTERN_SEQUENCE,
	PATTERN_KEYBOARD,
	PATTERN_DATE,
	PATTERN_COUNT,
};

struct strength_answer {
	double bits;
	enum pattern pattern; /* what most of the password is */
};

/* In a child process. -1: no memory. */
int strength_examine(const unsigned char *password, size_t length, const char *const *words,
                     struct strength_answer *ret_answer);

/* What that means. */
void strength_tell(const struct strength_answer *answer, struct strength *ret_strength);

#endif
