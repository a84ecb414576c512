/* Bitwarden's encrypted JSON: what stands around what is encrypted, until a password is needed. */
#include "foreign.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct source source = {.bytes = bytes, .length = length};
	BUF_AUTO told = BUF_EMPTY;
	bool sealed;

	foreign_guess(&source, &sealed);
	FUZZ_REQUIRE(foreign_read(&format_bitwarden_sealed, &source, &told, NULL) != 0);
	return 0;
}
