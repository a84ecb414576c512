#include "format/format.h"

#include <string.h>

const struct format *const formats[] = {
	&format_kdbx,
	&format_json,
	&format_bitwarden_json,
	&format_bitwarden_sealed,
	&format_bitwarden_zip,
	&format_bitwarden_csv,
	&format_bitwarden_org_csv,
	&format_chrome,
	&format_firefox,
	&format_apple,
	&format_keepass_xml,
	&format_keepassxc_csv,
	&format_1pux,
	&format_1password_csv,
	&format_lastpass,
	&format_protonpass,
	&format_protonpass_csv,
	&format_dashlane,
	&format_pass,
	&format_dashlane_zip,
	&format_enpass,
	&format_cxf,
	&format_csv,
	NULL,
};

const struct format *format_find(const char *name)
{
	for (size_t i = 0; formats[i]; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}
