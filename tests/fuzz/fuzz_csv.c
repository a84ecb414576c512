/* The CSV of browsers and password managers: read as each of them, which the headers refuse but for
 * one or two; and as any table whose columns are told. */
#include "foreign_target.h"

static const struct format *const tables[] = {
	&format_chrome,        &format_firefox,       &format_apple,
	&format_keepassxc_csv, &format_bitwarden_csv, &format_bitwarden_org_csv,
	&format_1password_csv, &format_lastpass,      &format_protonpass_csv,
	&format_csv,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		try_reading(tables[i], bytes, length);
	return 0;
}
