/* A recovery code as somebody typed it. What is taken is 28 digits of the alphabet. */
#include <string.h>

#include <vault/keys.h>

#include "fuzz.h"

#define DATA_DIGITS (RECOVERY_CODE_BITS / 5)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	SECRET_AUTO *typed = NULL;
	SECRET_AUTO *code = NULL;
	int r;

	if (length > PASSWORD_MAX || secret_copy(&typed, bytes, length, NULL) != 0)
		return 0;
	r = recovery_code_read(typed, &code, NULL);
	FUZZ_REQUIRE(r <= 0 && (r == 0) == (code != NULL));
	if (r < 0)
		return 0;
	FUZZ_REQUIRE(code->length == DATA_DIGITS);
	FUZZ_REQUIRE(strspn((const char *)code->bytes, alphabet) == DATA_DIGITS);
	return 0;
}
