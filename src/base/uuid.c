#include "base/uuid.h"

#include <string.h>

static const char hex[] = "0123456789abcdef";

void uuid_write(const unsigned char uuid[UUID_BYTES], char ret_text[UUID_SIZE])
{
	char *p = ret_text;

	for (int i = 0; i < UUID_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = hex[uuid[i] >> 4];
		*p++ = hex[uuid[i] & 15];
	}
	*p = '\0';
}

bool uuid_read(const void *text, size_t length, unsigned char ret_uuid[UUID_BYTES])
{
	const char *p = text;
	size_t count = 0;

	for (size_t i = 0; i < length; i++) {
		const char *digit = p[i] ? strchr(hex, p[i] | 0x20) : NULL;

		if (p[i] == '-' || p[i] == '{' || p[i] == '}')
			continue;
		if (!digit || count == 2 * (size_t)UUID_BYTES)
			return false;
		ret_uuid[count / 2] = (unsigned char)(ret_uuid[count / 2] << 4 | (digit - hex));
		count++;
	}
	return count == 2 * (size_t)UUID_BYTES;
}
