#include <string.h>

#include "fuzz.h"

char *fuzz_string(const uint8_t *bytes, size_t length)
{
	char *text = malloc(length + 1);

	FUZZ_REQUIRE(text);
	if (length > 0)
		memcpy(text, bytes, length);
	text[length] = '\0';
	return text;
}
