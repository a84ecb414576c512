/* What `import` tells in the end: what became of everything, and what shares what. */
#ifndef CLI_IMPORT_REPORT_H
#define CLI_IMPORT_REPORT_H

#include <vault/format.h>
#include <vault/vault.h>

#include "json.h"
#include "reuse_map.h"
#include "session.h"

struct import_report {
	const struct format *format;
	bool dry, update;
	size_t items, added, updated, same, differing, trashed, burned;
	struct account account;
	bool listing;     /* entries are told one by one */
	struct json json; /* open since the first one, with --json */
	bool json_wanted;

	struct reuse_map reuse;
};

/* Begins the answer. */
void import_report_start(struct import_report *report, const struct session *session);
/* One more item. */
void import_report_item(struct import_report *report, const struct item *item,
                        const struct import_result *result);
/* What an entry is reset through is not there: see vault_import_end. */
void import_report_lost(void *context, const char *name, bool there, bool added);
/* Ends the answer; with what the parser could not hand on as it was. */
void import_report_end(struct import_report *report, const struct account *parser);
void import_report_done(struct import_report *report);

/* The rows of an account that are of that fate, one a line; in JSON an array. */
void account_print(const struct account *account, enum fate fate, const char *heading);
void account_json(struct json *json, const struct account *account);
void account_warn(const struct account *account); /* a warning for each row */

#endif
