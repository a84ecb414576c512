/*
 * Times as text: RFC 3339 in UTC, and what other programs write instead of it.
 */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WHEN_SIZE 21                   /* "2026-11-24T08:00:00Z" and its NUL */
#define WHEN_MAX INT64_C(253402300799) /* the end of the year 9999 */

/* Writes seconds since 1970, 0 … WHEN_MAX. */
void when_write(int64_t seconds, char ret_text[WHEN_SIZE]);

/* Reads RFC 3339 ("2026-11-24T08:00:00.5+01:00", a blank or "t" for the "T"), the same without a
 * zone (UTC), a date alone, or a whole number: seconds since 1970, milliseconds or microseconds
 * where it is too large for a year below 10000. Fractions are dropped. Nothing may stand around it.
 * False: it is none of these, or not within 1970 … 9999. */
bool when_read(const void *text, size_t length, int64_t *ret_seconds);

#endif
