#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <vault/text.h>

#include "escape.h"

/* Bytes of the UTF-8 sequence at `p` (Unicode Standard, table 3-7), or 0 when there is no valid
 * one. */
static size_t decode(const unsigned char *p, size_t length, uint32_t *ret_code)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = p[0] < 0x80       ? 1
	           : p[0] >> 5 == 6  ? 2
	           : p[0] >> 4 == 14 ? 3
	           : p[0] >> 3 == 30 ? 4
	                             : 0;

	if (n == 0 || n > length)
		return 0;
	uint32_t code = n == 1 ? p[0] : p[0] & (0xffU >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		code = code << 6 | (p[i] & 0x3fU);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return n;
}

/* Could showing it do more than put a sign on the screen? */
static bool steers(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* One step: `unit` gets the output, *ret_size its size. Returns the bytes read. */
static size_t escape_one(const unsigned char *p, size_t length, char unit[ESCAPE_UNIT_MAX],
                         size_t *ret_size)
{
	static const char hex[] = "0123456789abcdef";
	static const char *const named[] = {['\t'] = "\\t", ['\n'] = "\\n", ['\r'] = "\\r"};
	uint32_t code = 0;
	size_t n = decode(p, length, &code);

	if (n > 0 && !steers(code)) {
		memcpy(unit, p, n);
		*ret_size = n;
	} else if (n == 1 && code < sizeof(named) / sizeof(named[0]) && named[code]) {
		memcpy(unit, named[code], 2);
		*ret_size = 2;
	} else if (n <= 1) {
		const char escaped[4] = {'\\', 'x', hex[p[0] >> 4], hex[p[0] & 15]};
		memcpy(unit, escaped, 4);
		*ret_size = 4;
		return 1;
	} else {
		const char escaped[6] = {'\\',
		                         'u',
		                         hex[code >> 12 & 15],
		                         hex[code >> 8 & 15],
		                         hex[code >> 4 & 15],
		                         hex[code & 15]};
		memcpy(unit, escaped, 6);
		*ret_size = 6;
	}
	return n;
}

size_t escape_text(const unsigned char *bytes, size_t length, size_t *ret_used, char *out,
                   size_t size)
{
	size_t used = 0, written = 0;

	while (used < length && size - written >= ESCAPE_UNIT_MAX) {
		size_t unit = 0;
		used += escape_one(bytes + used, length - used, out + written, &unit);
		written += unit;
	}
	*ret_used = used;
	return written;
}

const char *escape_string(const char *text, char *out, size_t size)
{
	size_t used = 0;
	size_t written =
		escape_text((const unsigned char *)text, strlen(text), &used, out, size - 1);

	out[written] = '\0';
	return out;
}

size_t escape_columns(const char *text)
{
	size_t length = strlen(text), columns = 0;

	for (size_t i = 0, unit = 0; i < length;) {
		char out[ESCAPE_UNIT_MAX];
		i += escape_one((const unsigned char *)text + i, length - i, out, &unit);
		columns += text_columns(out, unit);
	}
	return columns;
}
