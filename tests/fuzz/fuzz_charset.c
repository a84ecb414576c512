/* What --charset is given. What is not understood changes nothing. */
#include <string.h>

#include <vault/generate.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct generate_rule rule = {.length = 20, .classes = CHARSET_DIGIT}, before = rule;
	char *text = fuzz_string(bytes, length);
	int r = generate_parse_charset(text, &rule, NULL);

	FUZZ_REQUIRE(r <= 0);
	if (r < 0)
		FUZZ_REQUIRE(rule.classes == before.classes && rule.extra == before.extra &&
		             rule.unambiguous == before.unambiguous);
	else
		FUZZ_REQUIRE((rule.classes & ~(unsigned)CHARSET_ALL) == 0 &&
		             (rule.classes != 0 || rule.extra));
	FUZZ_REQUIRE(rule.length == before.length && rule.words == before.words);
	free(text);
	return 0;
}
