/* The CSV of browsers and password managers: read as what it looks like, and as one of the others,
 * whose columns they are not. Its length chooses that, so that no input is read ten times. */
#include "foreign_target.h"

static const struct format *const tables[] = {
	&format_chrome,        &format_firefox,       &format_apple,
	&format_keepassxc_csv, &format_bitwarden_csv, &format_bitwarden_org_csv,
	&format_1password_csv, &format_lastpass,      &format_protonpass_csv,
	&format_csv,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct format *seen = try_looking(bytes, length);

	if (seen)
		try_reading(seen, bytes, length);
	try_reading(tables[length % (sizeof(tables) / sizeof(tables[0]))], bytes, length);
	return 0;
}
