/* Proton Pass's JSON, and its zip. */
#include "foreign_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	try_format(&format_protonpass, bytes, length);
	return 0;
}
