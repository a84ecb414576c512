/* The Credential Exchange Format. What is read can be written in it, and reads again. */
#include "foreign_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct source source = {.bytes = bytes, .length = length};
	const struct export_how how = {.format = &format_cxf};
	BUF_AUTO written = BUF_EMPTY;
	BUF_AUTO told = BUF_EMPTY;

	try_format(&format_cxf, bytes, length);
	if (foreign_convert(&format_cxf, &source, &how, &written, NULL) == 0) {
		const struct source again = {.bytes = written.bytes, .length = written.length};

		FUZZ_REQUIRE(foreign_read(&format_cxf, &again, &told, NULL) == 0);
	}
	return 0;
}
