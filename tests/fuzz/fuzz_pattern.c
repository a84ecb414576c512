/* A pattern, a NUL, a name. Without wildcards it is a search for a part. */
#include <string.h>

#include <vault/text.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char *pattern = fuzz_string(bytes, length);
	const char *name = pattern + strlen(pattern) + (strlen(pattern) < length);
	bool matches = text_match(pattern, name);

	if (!strpbrk(pattern, "*?["))
		FUZZ_REQUIRE(matches == (strstr(name, pattern) != NULL));
	FUZZ_REQUIRE(text_match("*", name));
	free(pattern);
	return 0;
}
