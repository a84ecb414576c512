#include "format/otp_out.h"

#include <string.h>

#define COUNTER "otpauth://hotp/"

/* No label can hold one of these: `?`, `&` and `=` are escaped in it. */
static const char *find(struct span uri, const char *what)
{
	return uri.length > 0 ? memmem(uri.bytes, uri.length, what, strlen(what)) : NULL;
}

static bool is_counted(struct span uri)
{
	return uri.length >= strlen(COUNTER) && memcmp(uri.bytes, COUNTER, strlen(COUNTER)) == 0;
}

static bool is_steam(struct span uri)
{
	return find(uri, "&encoder=steam") != NULL;
}

static bool is_usual(struct span uri)
{
	return !is_counted(uri) && !is_steam(uri) && !find(uri, "&algorithm=") &&
	       !find(uri, "&digits=") && !find(uri, "&period=");
}

struct span otp_seed(struct span uri)
{
	static const char name[] = "?secret=";
	const char *start = find(uri, name), *end;

	if (!start)
		return (struct span){NULL, 0};
	start += strlen(name);
	end = memchr(start, '&', (size_t)((const char *)uri.bytes + uri.length - start));
	if (!end)
		end = (const char *)uri.bytes + uri.length;
	return (struct span){start, (size_t)(end - start)};
}

struct otp_out otp_out(enum otp_takes takes, struct span uri)
{
	struct span seed = otp_seed(uri);

	if (takes == OTP_TAKES_SCHEME && is_steam(uri) && seed.bytes)
		return (struct otp_out){"steam://", seed};
	if (takes == OTP_TAKES_SEED && is_usual(uri) && seed.bytes)
		return (struct otp_out){"", seed};
	return (struct otp_out){"", uri};
}

bool otp_is_misread(enum otp_takes takes, struct span uri)
{
	if (takes == OTP_TAKES_SEED)
		return !is_usual(uri);
	return is_counted(uri) || (takes == OTP_TAKES_CLOCK && is_steam(uri));
}
