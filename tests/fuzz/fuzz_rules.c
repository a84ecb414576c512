/* Password rules: whatever is read makes a password that its own limits allow, or none at all. */
#include <string.h>

#include <vault/generate.h>
#include <vault/rules.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char *text = fuzz_string(bytes, length);
	SECRET_AUTO *password = NULL;
	struct rules rules;
	int r = rules_parse(text, &rules, NULL);

	FUZZ_REQUIRE(r == 0 || r == -VAULT_USAGE);
	free(text);
	if (r < 0)
		return 0;
	if (rules_generate(&rules, 0, &password, NULL, NULL) < 0)
		return 0;
	FUZZ_REQUIRE(password->length >= rules.min_length && password->length > 0);
	FUZZ_REQUIRE(rules.max_length == 0 || password->length <= rules.max_length);
	for (size_t i = 0; i < password->length; i++)
		FUZZ_REQUIRE(password->bytes[i] >= ' ' && password->bytes[i] <= '~' &&
		             rules.drawn[password->bytes[i] - ' ']);
	return 0;
}
