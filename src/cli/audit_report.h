/*
 * What `audit` tells, in each of its forms. Names and dates, never passwords.
 */
#ifndef CLI_AUDIT_REPORT_H
#define CLI_AUDIT_REPORT_H

#include <vault/plan.h>

#include "json.h"

#define ACTIONS_FIRST 5 /* of the plan, unless all is asked for */

struct audit_report {
	struct plan *plan;
	const char *list;        /* of leaked passwords; NULL: none was named */
	struct error list_error; /* why it could not be relied on; no message: it could */
	bool since_last;         /* what is in the plan is new */
	bool master_weighed;     /* the master password was typed, or read from a file, this time */
	struct strength master;
};

/* Is the master password one that whoever gets the file could guess? */
bool audit_master_weak(const struct audit_report *report);

/* The reasons of an action as one sentence, "shared with shop; 11 years old"; free(3). NULL for
 * want of memory, which the output remembers. */
char *audit_reasons(const struct plan_action *action);

/* What differs, or that nothing does. */
const char *audit_differs(unsigned how, char words[VARIANT_WORDS_SIZE]);

/* For people: the first actions, or with `all` every one and all that was found. */
int audit_text(const struct audit_report *report, bool all, struct error *err);

int audit_json(const struct audit_report *report, struct error *err);

/* The sections about leaked passwords (breach_report.c). */
void breach_report_text(const struct audit_report *report);
void breach_report_json(const struct audit_report *report, struct json *json);

#endif
