/*
 * Points in time as text: the day, in local time, for people; RFC 3339 in UTC for programs.
 */
#ifndef CLI_DATES_H
#define CLI_DATES_H

#include <stdint.h>

#include <vault/error.h>

#define DATE_DAY_SIZE 32     /* "2026-11-24" and room for years no vault will see */
#define DATE_RFC3339_SIZE 48 /* "2026-11-24T17:05:00Z" */

/* A time that no calendar knows is "?". */
const char *date_day(int64_t seconds, char text[DATE_DAY_SIZE]);
const char *date_rfc3339(int64_t seconds, char text[DATE_RFC3339_SIZE]);

/* "since DAY"; when `until` is not 0 "from DAY to DAY", or "on DAY" when both are the same. */
#define DATE_SPAN_SIZE (2 * DATE_DAY_SIZE + 16)
const char *date_span(int64_t since, int64_t until, char text[DATE_SPAN_SIZE]);

/* A day of the local calendar, "2026-11-24": from its first moment to the first of the next.
 * VAULT_USAGE failure when it is none. */
int date_read_day(const char *text, int64_t *ret_from, int64_t *ret_until, struct error *err);

#endif
