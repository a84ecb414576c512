/* Bitwarden's zip. */
#include "foreign_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	try_format(&format_bitwarden_zip, bytes, length);
	return 0;
}
