/*
 * Lists of leaked passwords as commands use them: what `audit` says of one, and the guard of new
 * passwords. "Not checked" is always told apart from "not found".
 */
#ifndef CLI_BREACH_REPORT_H
#define CLI_BREACH_REPORT_H

#include <vault/breach.h>

#include "entry_options.h"
#include "json.h"
#include "session.h"

/* What came out of it, kept for when the vault is closed. */
struct breach_report {
	const char *path;               /* NULL: no list was named, nothing is checked */
	size_t checked, found;          /* passwords */
	struct error err;               /* why it could not be checked */
	struct breach_report_row *rows; /* of the `found` */
};
#define BREACH_REPORT_AUTO __attribute__((cleanup(breach_report_done))) struct breach_report
void breach_report_done(struct breach_report *report);

/* Looks every password of the open vault up in the list at `path`, or where that is NULL in the
 * configured one. A failure stays in report->err: the rest of an audit goes on. */
void breach_report_make(struct breach_report *report, struct session *session, const char *path);

/* Writes it: for people, or as the member "breaches" of an open object (null: no list). */
void breach_report_text(const struct breach_report *report);
void breach_report_json(const struct breach_report *report, struct json *json);

/* VAULT_FINDINGS, 0, or the failure: could not check. `status` is what the rest of the audit
 * answers with. */
int breach_report_status(const struct breach_report *report, int status, struct error *err);

/* The guard at entry: is the password, which somebody chose, in the configured list? Then it is
 * refused like one in use elsewhere: VAULT_REFUSED (> 0, printed already), or with a reason to
 * allow it, 0 and a warning. Where the list cannot be read, a warning says so, and 0: a disk that
 * is not there must not keep anybody from writing down what is true. */
int breach_guard(const struct session *session, const struct entry *entry,
                 const struct chosen *chosen, const char *allow_reuse);

#endif
