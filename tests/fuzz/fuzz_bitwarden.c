/* Bitwarden's JSON. What is read can be written in the same format, and reads again. */
#include "foreign.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct source source = {.bytes = bytes, .length = length};
	const struct export_how how = {.format = &format_bitwarden_json};
	BUF_AUTO written = BUF_EMPTY;
	BUF_AUTO told = BUF_EMPTY;
	bool sealed;

	foreign_guess(&source, &sealed);
	if (foreign_convert(&format_bitwarden_json, &source, &how, &written, NULL) == 0) {
		const struct source again = {.bytes = written.bytes, .length = written.length};

		FUZZ_REQUIRE(foreign_read(&format_bitwarden_json, &again, &told, NULL) == 0);
	}
	return 0;
}
