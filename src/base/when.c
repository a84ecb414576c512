#include "base/when.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void when_write(int64_t seconds, char ret_text[WHEN_SIZE])
{
	time_t time = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&time, &tm) || strftime(ret_text, WHEN_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		memcpy(ret_text, "1970-01-01T00:00:00Z", WHEN_SIZE);
}

/* What is left to read. */
struct rest {
	const char *p, *end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly `count` digits. */
static bool digits(struct rest *rest, int count, int *ret_value)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		if (rest->p == rest->end || !is_digit(*rest->p))
			return false;
		value = value * 10 + (*rest->p++ - '0');
	}
	*ret_value = value;
	return true;
}

static bool any_of(struct rest *rest, const char *characters)
{
	if (rest->p == rest->end || !*rest->p || !strchr(characters, *rest->p))
		return false;
	rest->p++;
	return true;
}

static bool read_number(struct rest rest, int64_t *ret_seconds)
{
	int64_t value = 0;

	if (rest.p == rest.end)
		return false;
	for (; rest.p < rest.end; rest.p++) {
		if (!is_digit(*rest.p) || value > INT64_MAX / 10 - 10)
			return false;
		value = value * 10 + (*rest.p - '0');
	}
	for (int i = 0; i < 2 && value > WHEN_MAX; i++)
		value /= 1000;
	*ret_seconds = value;
	return value <= WHEN_MAX;
}

/* "Z", "+01:00", "-0330", or nothing. Seconds to take off. */
static bool read_zone(struct rest *rest, int *ret_seconds)
{
	int hours = 0, minutes = 0, sign;

	*ret_seconds = 0;
	if (rest->p == rest->end || any_of(rest, "Zz"))
		return true;
	sign = *rest->p == '-' ? -1 : 1;
	if (!any_of(rest, "+-") || !digits(rest, 2, &hours))
		return false;
	any_of(rest, ":");
	if (!digits(rest, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool read_clock(struct rest *rest, struct tm *tm, int *ret_zone)
{
	*ret_zone = 0;
	if (rest->p == rest->end)
		return true;
	if (!any_of(rest, "Tt ") || !digits(rest, 2, &tm->tm_hour) || !any_of(rest, ":") ||
	    !digits(rest, 2, &tm->tm_min))
		return false;
	if (any_of(rest, ":") && !digits(rest, 2, &tm->tm_sec))
		return false;
	if (any_of(rest, ".,"))
		while (rest->p < rest->end && is_digit(*rest->p))
			rest->p++;
	if (rest->end - rest->p > 1)
		any_of(rest, " ");
	return tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec <= 60 && read_zone(rest, ret_zone);
}

bool when_read(const void *text, size_t length, int64_t *ret_seconds)
{
	struct rest rest = {text, (const char *)text + length};
	struct tm tm = {0}, given;
	int zone = 0;
	int64_t seconds;

	if (read_number(rest, ret_seconds))
		return true;
	if (!digits(&rest, 4, &tm.tm_year) || !any_of(&rest, "-") ||
	    !digits(&rest, 2, &tm.tm_mon) || !any_of(&rest, "-") ||
	    !digits(&rest, 2, &tm.tm_mday) || !read_clock(&rest, &tm, &zone) || rest.p != rest.end)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	given = tm;
	seconds = (int64_t)timegm(&tm) - zone;
	/* The 31st of February is another day for timegm. A leap second may be, too. */
	if (given.tm_sec < 60 && (tm.tm_mon != given.tm_mon || tm.tm_mday != given.tm_mday))
		return false;
	if (given.tm_mon < 0 || seconds < 0 || seconds > WHEN_MAX)
		return false;
	*ret_seconds = seconds;
	return true;
}
