/* Negative control: breaks a promise on the last byte of its corpus, and must be caught. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	FUZZ_REQUIRE(length < 4 || bytes[3] != '!');
	return 0;
}
