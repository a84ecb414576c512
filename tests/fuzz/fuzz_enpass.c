/* Enpass's JSON. */
#include "foreign_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	try_format(&format_enpass, bytes, length);
	return 0;
}
