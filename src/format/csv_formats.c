/* The CSV formats: one row each. Where their columns are described: docs/FORMATS.md. */
#include "format/csv_read.h"

#define READ .look = csv_look, .read = csv_read
#define WRITE \
	.begin = csv_begin, .item = csv_item, .end = csv_end, .keeps = csv_keeps, \
	.losses = csv_losses

static const struct csv_kind kind_chrome = {.columns = csv_chrome, .sites_alone = true};
static const struct format_code code_chrome = {READ, WRITE, .data = &kind_chrome};
const struct format format_chrome = {
	.name = "chrome",
	.title = "Chrome CSV (Edge, Brave, Opera, Vivaldi)",
	.flags = FORMAT_READS | FORMAT_MAPPED | FORMAT_WRITES | FORMAT_PLAIN,
	.holds = 0,
	.code = &code_chrome,
};

static const struct csv_kind kind_firefox = {.columns = csv_firefox,
                                             .sites_alone = true,
                                             .milliseconds = true};
static const struct format_code code_firefox = {READ, WRITE, .data = &kind_firefox};
const struct format format_firefox = {
	.name = "firefox",
	.title = "Firefox CSV",
	.flags = FORMAT_READS | FORMAT_MAPPED | FORMAT_WRITES | FORMAT_PLAIN,
	.holds = HOLDS_DATES,
	.code = &code_firefox,
};

static const struct csv_kind kind_apple = {.columns = csv_apple};
static const struct format_code code_apple = {READ, WRITE, .data = &kind_apple};
const struct format format_apple = {
	.name = "apple",
	.title = "Apple Passwords CSV (Safari)",
	.flags = FORMAT_READS | FORMAT_MAPPED | FORMAT_WRITES | FORMAT_PLAIN,
	.holds = HOLDS_OTP,
	.code = &code_apple,
};

static const struct csv_kind kind_keepassxc_csv = {.columns = csv_keepassxc,
                                                   .folder_root = "Root",
                                                   .otp = OTP_TAKES_ENCODER};
static const struct format_code code_keepassxc_csv = {READ, WRITE, .data = &kind_keepassxc_csv};
const struct format format_keepassxc_csv = {
	.name = "keepassxc-csv",
	.title = "KeePassXC CSV",
	.flags = FORMAT_READS | FORMAT_MAPPED | FORMAT_WRITES | FORMAT_PLAIN,
	.holds = HOLDS_OTP | HOLDS_DATES,
	.code = &code_keepassxc_csv,
};

static const struct csv_kind kind_bitwarden_csv = {.columns = csv_bitwarden,
                                                   .otp = OTP_TAKES_SCHEME};
static const struct format_code code_bitwarden_csv = {READ, WRITE, .data = &kind_bitwarden_csv};
const struct format format_bitwarden_csv = {
	.name = "bitwarden-csv",
	.title = "Bitwarden CSV",
	.flags = FORMAT_READS | FORMAT_MAPPED | FORMAT_WRITES | FORMAT_PLAIN,
	.holds = HOLDS_OTP | HOLDS_URLS | HOLDS_FIELDS,
	.code = &code_bitwarden_csv,
};

static const struct csv_kind kind_bitwarden_org_csv = {.columns = csv_bitwarden_organisation};
static const struct format_code code_bitwarden_org_csv = {READ, .data = &kind_bitwarden_org_csv};
const struct format format_bitwarden_org_csv = {
	.name = "bitwarden-org-csv",
	.title = "Bitwarden CSV of an organisation",
	.flags = FORMAT_READS | FORMAT_MAPPED,
	.holds = 0,
	.code = &code_bitwarden_org_csv,
};

static const struct csv_kind kind_1password_csv = {.columns = csv_1password};
static const struct format_code code_1password_csv = {READ, WRITE, .data = &kind_1password_csv};
const struct format format_1password_csv = {
	.name = "1password-csv",
	.title = "1Password CSV",
	.flags = FORMAT_READS | FORMAT_MAPPED | FORMAT_WRITES | FORMAT_PLAIN,
	.holds = HOLDS_OTP | HOLDS_TAGS,
	.code = &code_1password_csv,
};

static const struct csv_kind kind_lastpass = {.columns = csv_lastpass,
                                              .folder_separator = '\\',
                                              .no_url = "http://sn",
                                              .otp = OTP_TAKES_SEED};
static const struct format_code code_lastpass = {READ, WRITE, .data = &kind_lastpass};
const struct format format_lastpass = {
	.name = "lastpass",
	.title = "LastPass CSV",
	.flags = FORMAT_READS | FORMAT_MAPPED | FORMAT_WRITES | FORMAT_PLAIN,
	.holds = HOLDS_OTP,
	.code = &code_lastpass,
};

static const struct csv_kind kind_protonpass_csv = {.columns = csv_protonpass};
static const struct format_code code_protonpass_csv = {READ, .data = &kind_protonpass_csv};
const struct format format_protonpass_csv = {
	.name = "protonpass-csv",
	.title = "Proton Pass CSV",
	.flags = FORMAT_READS | FORMAT_MAPPED,
	.holds = 0,
	.code = &code_protonpass_csv,
};

static const struct csv_kind kind_dashlane = {.columns = csv_dashlane};
static const struct format_code code_dashlane = {READ, .data = &kind_dashlane};
const struct format format_dashlane = {
	.name = "dashlane",
	.title = "Dashlane CSV",
	.flags = FORMAT_READS | FORMAT_MAPPED,
	.holds = 0,
	.code = &code_dashlane,
};

/* Any other, by a map of its columns. */
static const struct csv_kind kind_any = {.columns = NULL};
static const struct format_code code_any = {READ, .data = &kind_any};
const struct format format_csv = {
	.name = "csv",
	.title = "any CSV, by a map of its columns",
	.flags = FORMAT_READS | FORMAT_MAPPED,
	.code = &code_any,
};
