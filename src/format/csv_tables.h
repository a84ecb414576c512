/* What stands in which column, by program; used by csv_formats.c. */
#ifndef FORMAT_CSV_TABLES_H
#define FORMAT_CSV_TABLES_H

#include <stdbool.h>

#include "base/span.h"

enum column {
	COLUMN_NAME = 1,
	COLUMN_USER,
	COLUMN_USER_TOO, /* the user where that column is empty; otherwise a custom field */
	COLUMN_PASSWORD,
	COLUMN_URL,
	COLUMN_URLS,        /* several, with commas in between */
	COLUMN_PROTON_URLS, /* several with rules, in Proton Pass's JSON */
	COLUMN_NOTE,
	COLUMN_OTP,
	COLUMN_TAG,
	COLUMN_TAGS, /* several, with commas or semicolons in between */
	COLUMN_FOLDER,
	COLUMN_CREATED,
	COLUMN_MODIFIED,
	COLUMN_EXPIRES,
	COLUMN_UUID,
	COLUMN_PAIRS,    /* custom fields, "key: value", one a line */
	COLUMN_TEXT,     /* a custom field, named after the column */
	COLUMN_SECRET,   /* a secret one */
	COLUMN_ARCHIVED, /* since when it is put away; the field is named as in Bitwarden's JSON */
	COLUMN_SAID, /* "1" or "true" makes a tag of the column's name; anything else is the rule */
	COLUMN_KIND, /* what is no login is told, and kept as a tag */
	COLUMN_LEFT, /* of use to that program only: not taken, which is told */
};

struct csv_column {
	const char *header; /* NULL ends the table */
	enum column what;
	bool needed;          /* without it the file is not this format */
	const char *constant; /* what is written where there is nothing of ours; NULL: nothing */
};

/* The columns as that program writes them. */
extern const struct csv_column csv_chrome[], csv_firefox[], csv_apple[], csv_keepassxc[],
	csv_bitwarden[], csv_bitwarden_organisation[], csv_1password[], csv_lastpass[],
	csv_protonpass[], csv_dashlane[];

/* What a word in front of "=" in a map means; COLUMN_TEXT for one of no meaning. */
enum column csv_column_of(struct span word);

#endif
