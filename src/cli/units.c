#include <limits.h>
#include <string.h>

#include "units.h"

/* Reads digits; returns what follows them, or NULL when there are none or too many. */
static const char *digits(const char *text, long long *ret_number)
{
	const char *p = text;
	long long number = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		number = number * 10 + (*p - '0');
		if (number > INT_MAX)
			return NULL;
	}
	*ret_number = number;
	return p == text ? NULL : p;
}

static bool store(long long number, int *ret_number)
{
	if (number > INT_MAX)
		return false;
	*ret_number = (int)number;
	return true;
}

bool units_number(const char *text, int *ret_number)
{
	long long number;
	const char *rest = digits(text, &number);

	return rest && *rest == '\0' && store(number, ret_number);
}

bool units_size(const char *text, int *ret_kib)
{
	static const struct {
		const char *name;
		long long kib;
	} units[] = {{"", 1024},    {"K", 1},           {"KiB", 1},          {"M", 1024},
	             {"MiB", 1024}, {"G", 1024 * 1024}, {"GiB", 1024 * 1024}};
	long long number;
	const char *rest = digits(text, &number);

	for (size_t i = 0; rest && i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(rest, units[i].name) == 0)
			return store(number * units[i].kib, ret_kib);
	return false;
}

bool units_duration(const char *text, int *ret_milliseconds)
{
	long long seconds, thousandths = 0;
	const char *rest = digits(text, &seconds);

	if (!rest)
		return false;
	if (strcmp(rest, "ms") == 0)
		return store(seconds, ret_milliseconds);
	if (strcmp(rest, "m") == 0)
		return store(seconds * 60 * 1000, ret_milliseconds);
	if (strcmp(rest, "h") == 0)
		return store(seconds * 60 * 60 * 1000, ret_milliseconds);
	if (*rest == '.') {
		long long weight = 100;
		if (rest[1] < '0' || rest[1] > '9')
			return false;
		for (rest++; *rest >= '0' && *rest <= '9'; rest++, weight /= 10)
			thousandths += (*rest - '0') * weight;
	}
	if (*rest != '\0' && strcmp(rest, "s") != 0)
		return false;
	return store(seconds * 1000 + thousandths, ret_milliseconds);
}
