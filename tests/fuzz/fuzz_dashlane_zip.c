/* Dashlane's zip of CSVs. */
#include "foreign_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	try_format(&format_dashlane_zip, bytes, length);
	return 0;
}
