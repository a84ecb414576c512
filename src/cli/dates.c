#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dates.h"

const char *date_day(int64_t seconds, char text[DATE_DAY_SIZE])
{
	const time_t when = (time_t)seconds;
	struct tm tm;

	if (!localtime_r(&when, &tm) || strftime(text, DATE_DAY_SIZE, "%Y-%m-%d", &tm) == 0)
		return "?";
	return text;
}

const char *date_rfc3339(int64_t seconds, char text[DATE_RFC3339_SIZE])
{
	const time_t when = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&when, &tm) ||
	    strftime(text, DATE_RFC3339_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return "?";
	return text;
}

const char *date_span(int64_t since, int64_t until, char text[DATE_SPAN_SIZE])
{
	char first[DATE_DAY_SIZE], last[DATE_DAY_SIZE];

	if (until == 0)
		snprintf(text, DATE_SPAN_SIZE, "since %s", date_day(since, first));
	else if (strcmp(date_day(since, first), date_day(until, last)) == 0)
		snprintf(text, DATE_SPAN_SIZE, "on %s", first);
	else
		snprintf(text, DATE_SPAN_SIZE, "from %s to %s", first, last);
	return text;
}

int date_read_day(const char *text, int64_t *ret_from, int64_t *ret_until, struct error *err)
{
	struct tm day = {.tm_isdst = -1}, next;
	char again[DATE_DAY_SIZE];
	const char *end = strptime(text, "%Y-%m-%d", &day);

	next = day;
	next.tm_mday++;
	*ret_from = (int64_t)mktime(&day);
	*ret_until = (int64_t)mktime(&next);
	/* There is no 31st of February, but mktime finds one. */
	if (!end || *end || strcmp(date_day(*ret_from, again), text) != 0)
		return error_set(err, VAULT_USAGE, "'%s' is no day: write it like 2026-11-24",
		                 text);
	return 0;
}
