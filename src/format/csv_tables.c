#include "format/csv_tables.h"

#include <stddef.h>

#define END \
	{ \
		NULL, 0, false, NULL \
	}

/* Also Edge, Brave, Opera, Vivaldi. */
const struct csv_column csv_chrome[] = {
	{"name", COLUMN_NAME, true, NULL},     {"url", COLUMN_URL, true, NULL},
	{"username", COLUMN_USER, true, NULL}, {"password", COLUMN_PASSWORD, true, NULL},
	{"note", COLUMN_NOTE, false, NULL},    END,
};

const struct csv_column csv_firefox[] = {
	{"url", COLUMN_URL, true, NULL},
	{"username", COLUMN_USER, true, NULL},
	{"password", COLUMN_PASSWORD, true, NULL},
	{"httpRealm", COLUMN_TEXT, false, NULL},
	{"formActionOrigin", COLUMN_TEXT, true, NULL},
	{"guid", COLUMN_UUID, true, NULL},
	{"timeCreated", COLUMN_CREATED, true, NULL},
	{"timeLastUsed", COLUMN_LEFT, false, NULL},
	{"timePasswordChanged", COLUMN_MODIFIED, false, NULL},
	END,
};

const struct csv_column csv_apple[] = {
	{"Title", COLUMN_NAME, true, NULL},
	{"URL", COLUMN_URL, true, NULL},
	{"Username", COLUMN_USER, true, NULL},
	{"Password", COLUMN_PASSWORD, true, NULL},
	{"Notes", COLUMN_NOTE, false, NULL},
	{"OTPAuth", COLUMN_OTP, true, NULL},
	END,
};

const struct csv_column csv_keepassxc[] = {
	{"Group", COLUMN_FOLDER, true, NULL},
	{"Title", COLUMN_NAME, true, NULL},
	{"Username", COLUMN_USER, true, NULL},
	{"Password", COLUMN_PASSWORD, true, NULL},
	{"URL", COLUMN_URL, true, NULL},
	{"Notes", COLUMN_NOTE, true, NULL},
	{"TOTP", COLUMN_OTP, false, NULL},
	{"Icon", COLUMN_LEFT, false, "0"},
	{"Last Modified", COLUMN_MODIFIED, false, NULL},
	{"Created", COLUMN_CREATED, false, NULL},
	END,
};

const struct csv_column csv_bitwarden[] = {
	{"folder", COLUMN_FOLDER, true, NULL},
	{"favorite", COLUMN_SAID, true, NULL},
	{"type", COLUMN_KIND, true, "login"},
	{"name", COLUMN_NAME, true, NULL},
	{"notes", COLUMN_NOTE, true, NULL},
	{"fields", COLUMN_PAIRS, true, NULL},
	{"reprompt", COLUMN_SAID, false, "0"},
	{"archivedDate", COLUMN_ARCHIVED, false, NULL}, /* since 2025 */
	{"login_uri", COLUMN_URLS, true, NULL},
	{"login_username", COLUMN_USER, true, NULL},
	{"login_password", COLUMN_PASSWORD, true, NULL},
	{"login_totp", COLUMN_OTP, true, NULL},
	END,
};

const struct csv_column csv_bitwarden_organisation[] = {
	{"collections", COLUMN_FOLDER, true, NULL},
	{"type", COLUMN_KIND, true, "login"},
	{"name", COLUMN_NAME, true, NULL},
	{"notes", COLUMN_NOTE, true, NULL},
	{"fields", COLUMN_PAIRS, true, NULL},
	{"reprompt", COLUMN_SAID, false, "0"},
	{"archivedDate", COLUMN_ARCHIVED, false, NULL}, /* since 2025 */
	{"login_uri", COLUMN_URLS, true, NULL},
	{"login_username", COLUMN_USER, true, NULL},
	{"login_password", COLUMN_PASSWORD, true, NULL},
	{"login_totp", COLUMN_OTP, true, NULL},
	END,
};

/* 1Password 8. */
const struct csv_column csv_1password[] = {
	{"Title", COLUMN_NAME, true, NULL},       {"Url", COLUMN_URL, true, NULL},
	{"Username", COLUMN_USER, true, NULL},    {"Password", COLUMN_PASSWORD, true, NULL},
	{"OTPAuth", COLUMN_OTP, false, NULL},     {"Favorite", COLUMN_SAID, true, "false"},
	{"Archived", COLUMN_SAID, true, "false"}, {"Tags", COLUMN_TAGS, true, NULL},
	{"Notes", COLUMN_NOTE, true, NULL},       END,
};

const struct csv_column csv_lastpass[] = {
	{"url", COLUMN_URL, true, NULL},
	{"username", COLUMN_USER, true, NULL},
	{"password", COLUMN_PASSWORD, true, NULL},
	{"totp", COLUMN_OTP, false, NULL},
	{"extra", COLUMN_NOTE, true, NULL},
	{"name", COLUMN_NAME, true, NULL},
	{"grouping", COLUMN_FOLDER, true, NULL},
	{"fav", COLUMN_SAID, true, "0"},
	END,
};

const struct csv_column csv_protonpass[] = {
	{"type", COLUMN_KIND, true, "login"},
	{"name", COLUMN_NAME, true, NULL},
	{"url", COLUMN_URLS, true, NULL},
	{"autofillUrls", COLUMN_PROTON_URLS, false, NULL},
	{"email", COLUMN_USER_TOO, false, NULL},
	{"username", COLUMN_USER, true, NULL},
	{"password", COLUMN_PASSWORD, true, NULL},
	{"note", COLUMN_NOTE, true, NULL},
	{"totp", COLUMN_OTP, true, NULL},
	{"createTime", COLUMN_CREATED, true, NULL},
	{"modifyTime", COLUMN_MODIFIED, true, NULL},
	{"vault", COLUMN_FOLDER, false, NULL},
	END,
};

const struct csv_column csv_dashlane[] = {
	{"username", COLUMN_USER, true, NULL},     {"username2", COLUMN_USER_TOO, true, NULL},
	{"username3", COLUMN_TEXT, false, NULL},   {"title", COLUMN_NAME, true, NULL},
	{"password", COLUMN_PASSWORD, true, NULL}, {"note", COLUMN_NOTE, true, NULL},
	{"url", COLUMN_URL, true, NULL},           {"category", COLUMN_FOLDER, true, NULL},
	{"otpUrl", COLUMN_OTP, false, NULL},       {"otpSecret", COLUMN_OTP, false, NULL},
	{"otp", COLUMN_OTP, false, "null"},        END,
};

enum column csv_column_of(struct span word)
{
	static const struct {
		const char *word;
		enum column what;
	} words[] = {
		{"name", COLUMN_NAME},         {"user", COLUMN_USER},
		{"password", COLUMN_PASSWORD}, {"url", COLUMN_URL},
		{"note", COLUMN_NOTE},         {"otp", COLUMN_OTP},
		{"tag", COLUMN_TAGS},          {"folder", COLUMN_FOLDER},
		{"created", COLUMN_CREATED},   {"modified", COLUMN_MODIFIED},
		{"expires", COLUMN_EXPIRES},   {"-", COLUMN_LEFT},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(word, words[i].word))
			return words[i].what;
	return COLUMN_TEXT;
}
