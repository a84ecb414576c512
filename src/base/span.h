/*
 * Borrowed bytes, compared. Not in constant time: where that matters there are secret_equal and
 * hash_equal.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <string.h>

#include <vault/item.h>

/* What is not there equals what is empty. */
static inline bool span_equal(struct span a, struct span b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

/* Is it there, and this text? */
static inline bool span_is(struct span span, const char *text)
{
	return span.bytes && span.length == strlen(text) &&
	       memcmp(span.bytes, text, span.length) == 0;
}

#endif
