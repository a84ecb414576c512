/* Dashlane's zip: a CSV for each kind of item. The app for macOS writes a folder of them, which
 * its user makes a zip of, and spells one of the names in another way. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "format/csv_read.h"
#include "format/zip_take.h"

#define LOGINS "credentials.csv"
#define FOLDER "Dashlane CSV/"

#define END \
	{ \
		NULL, 0, false, NULL \
	}

static const struct csv_column notes[] = {
	{"title", COLUMN_NAME, true, NULL},
	{"note", COLUMN_NOTE, true, NULL},
	{"category", COLUMN_FOLDER, false, NULL},
	END,
};

/* The network's name names the entry that has no other. */
static const struct csv_column networks[] = {
	{"ssid", COLUMN_USER, true, NULL},
	{"passphrase", COLUMN_PASSWORD, true, NULL},
	{"name", COLUMN_NAME, false, NULL},
	{"note", COLUMN_NOTE, false, NULL},
	{"hidden", COLUMN_TEXT, false, NULL},
	{"encription_type", COLUMN_TEXT, false, NULL}, /* so it is spelt */
	END,
};

/* Further columns become secret fields. */
static const struct csv_column payments[] = {
	{"account_name", COLUMN_NAME, true, NULL},
	{"note", COLUMN_NOTE, false, NULL},
	{"type", COLUMN_TAG, false, NULL},
	{"account_holder", COLUMN_TEXT, false, NULL},
	{"expiration_month", COLUMN_TEXT, false, NULL},
	{"expiration_year", COLUMN_TEXT, false, NULL},
	{"country", COLUMN_TEXT, false, NULL},
	{"issuing_bank", COLUMN_TEXT, false, NULL},
	{"name", COLUMN_TEXT, false, NULL},
	END,
};

static const struct csv_column documents[] = {
	{"name", COLUMN_NAME, true, NULL},
	{"type", COLUMN_TAG, false, NULL},
	{"issue_date", COLUMN_TEXT, false, NULL},
	{"expiration_date", COLUMN_TEXT, false, NULL},
	{"place_of_issue", COLUMN_TEXT, false, NULL},
	{"state", COLUMN_TEXT, false, NULL},
	END,
};

static const struct csv_column personal[] = {
	{"item_name", COLUMN_NAME, true, NULL},     {"type", COLUMN_TAG, false, NULL},
	{"login", COLUMN_USER, false, NULL},        {"url", COLUMN_URL, false, NULL},
	{"title", COLUMN_TEXT, false, NULL},        {"first_name", COLUMN_TEXT, false, NULL},
	{"middle_name", COLUMN_TEXT, false, NULL},  {"last_name", COLUMN_TEXT, false, NULL},
	{"email", COLUMN_TEXT, false, NULL},        {"email_type", COLUMN_TEXT, false, NULL},
	{"phone_number", COLUMN_TEXT, false, NULL}, {"address", COLUMN_TEXT, false, NULL},
	{"country", COLUMN_TEXT, false, NULL},      {"state", COLUMN_TEXT, false, NULL},
	{"city", COLUMN_TEXT, false, NULL},         {"zip", COLUMN_TEXT, false, NULL},
	{"job_title", COLUMN_TEXT, false, NULL},    END,
};

static const struct part {
	const char *name;
	struct csv_kind kind;
} parts[] = {
	{"securenotes.csv", {.columns = notes, .no_password = true}},
	{"payments.csv", {.columns = payments, .no_password = true}},
	{"ids.csv", {.columns = documents, .no_password = true}},
	{"personalInfo.csv", {.columns = personal, .no_password = true}},
	{"wifi.csv", {.columns = networks}},
};

static void look(const struct format *format, const struct source *source, struct look *ret_look)
{
	(void)format;
	if (zip_has(source, LOGINS) || zip_has(source, FOLDER LOGINS))
		ret_look->score = 95;
}

/* By its name in whatever folder; NULL: there is none. */
static struct zip_member *find(const struct zip *zip, const char *name)
{
	for (size_t i = 0; i < zip->count; i++) {
		const char *slash = strrchr(zip->members[i].name, '/');

		if (strcasecmp(slash ? slash + 1 : zip->members[i].name, name) == 0)
			return &zip->members[i];
	}
	return NULL;
}

/* Reads one of the files, which need not be there. */
static int read_part(struct zip *zip, const char *name, const struct format *as, struct emit *emit,
                     struct error *err)
{
	struct zip_member *member = find(zip, name);
	struct source source = {0};
	struct span bytes = {0};
	int r;

	if (!member || member->length == 0)
		return 0;
	r = zip_read(zip, member, &bytes, err);
	source.bytes = bytes.bytes;
	source.length = bytes.length;
	if (r == 0)
		r = csv_read(as, &source, emit, err);
	if (r < 0)
		error_context(err, "%s", name);
	free((void *)(uintptr_t)bytes.bytes);
	return r;
}

static int read_zip(const struct format *format, const struct source *source, struct emit *emit,
                    struct error *err)
{
	ZIP_AUTO zip = {0};
	int r = zip_open(&zip, source, err);

	(void)format;
	if (r == 0 && !find(&zip, LOGINS))
		r = error_set(err, VAULT_USAGE, "the zip file has no '%s'", LOGINS);
	if (r == 0)
		r = read_part(&zip, LOGINS, &format_dashlane, emit, err);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && r == 0; i++) {
		const struct format_code part_code = {.data = &parts[i].kind};
		const struct format part = {.code = &part_code};

		r = read_part(&zip, parts[i].name, &part, emit, err);
	}
	if (r == 0)
		zip_tell_rest(&zip, NULL, emit);
	return r;
}

static const struct format_code code = {.look = look, .read = read_zip};

const struct format format_dashlane_zip = {
	.name = "dashlane-zip",
	.title = "Dashlane zip",
	.flags = FORMAT_READS,
	.code = &code,
};
