#include "format/keepass_entry.h"

#include <string.h>
#include <strings.h>

#include <vault/text.h>

#include "base/base64.h"

#define CODE_LENGTH (sizeof(KEEPASS_CODE) - 1)

static bool begins(struct span span, const char *text)
{
	return span.bytes && span.length >= strlen(text) &&
	       memcmp(span.bytes, text, strlen(text)) == 0;
}

/* What XML 1.0 has no room for, and what it discourages: KeePassXC takes most of it out. */
static bool is_bad(int32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c <= 0x9f) ||
	       (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe || c >= TEXT_INVALID;
}

static bool all_xml(struct span value)
{
	const char *p = value.bytes;

	for (size_t left = value.length; left > 0;) {
		int32_t c = *p;
		size_t count = 1;

		if (c < ' ' || c > '~') /* else it is nothing but text, as most of it */
			count = text_next(p, left, &c);
		if (is_bad(c))
			return false;
		p += count;
		left -= count;
	}
	return true;
}

bool keepass_needs_code(struct span value)
{
	return !all_xml(value) ||
	       (memchr(value.bytes, '{', value.length) &&
	        (begins(value, KEEPASS_CODE) || memmem(value.bytes, value.length, "{REF:", 5)));
}

bool keepass_decode(char *text, size_t *length)
{
	struct span bytes, whole = {text, *length};

	if (*length <= CODE_LENGTH || !begins(whole, KEEPASS_CODE) || text[*length - 1] != '}')
		return false;
	/* One that is not good is a value like any other, so nothing may be spoilt by trying. */
	for (const char *p = text + CODE_LENGTH; p < text + *length - 1; p++)
		if (!memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", *p,
		            65))
			return false;
	if ((*length - 1 - CODE_LENGTH) % 4 != 0 ||
	    !base64_decode(text + CODE_LENGTH, *length - 1 - CODE_LENGTH, &bytes))
		return false;
	memmove(text, bytes.bytes, bytes.length);
	*length = bytes.length;
	return true;
}

bool keepass_key_means(struct span key)
{
	static const char *const words[] = {"Title", "UserName", "Password", "URL", "Notes"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(key, words[i]))
			return true;
	return begins(key, KEEPASS_OWN) || begins(key, "KP2A_URL") || keepass_otp_key(key) ||
	       begins(key, "KPEX_PASSKEY_");
}
