/* The product's own JSON, which a rescue writes, too. */
#include "foreign_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	try_format(&format_json, bytes, length);
	return 0;
}
