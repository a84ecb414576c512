#include "breach_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_report.h"
#include "dates.h"
#include "output.h"
#include "report.h"
#include "results.h"

#define NAME_COLUMNS 32
#define SENTENCE_SIZE 256

static bool in_use(const struct audit_breach *breach)
{
	return breach->until == 0 && breach->state == ENTRY_LIVE;
}

static void print_row(const struct audit_breach *breach)
{
	char span[DATE_SPAN_SIZE], text[SENTENCE_SIZE], seen[64] = "";

	if (breach->breach.count > 0)
		snprintf(seen, sizeof(seen), ", seen %" PRIu64 " times", breach->breach.count);
	snprintf(text, sizeof(text), "%s%s%s", date_span(breach->since, breach->until, span),
	         breach->state == ENTRY_TRASHED ? ", in the trash" : "", seen);
	output_string("  ");
	output_padded(breach->name, NAME_COLUMNS);
	output_sentence(text, NAME_COLUMNS + 2);
	output_string("\n");
}

void breach_report_text(const struct audit_report *report)
{
	const struct plan *plan = report->plan;
	bool failed = report->list_error.message[0] != '\0';
	const char *heading = NULL;

	for (size_t i = 0; i < plan->n_breached && !failed; i++) {
		const char *next = in_use(&plan->breached[i])
		                           ? "\nIn use, and in the list of leaked passwords: "
		                             "change these\n"
		                           : "\nNo longer in use, and in the list of leaked "
		                             "passwords\n";

		if (next != heading)
			output_string(next);
		heading = next;
		print_row(&plan->breached[i]);
	}
	if (report->list && plan->n_breached == 0 && !failed)
		report_note("None of the %zu passwords, present and former, is in the list '%s'.",
		            plan->n_looked_up, report->list);
}

static void json_row(struct json *json, const struct audit_breach *breach)
{
	json_put_object(json, NULL);
	json_put_string(json, "name", breach->name);
	json_put_string(json, "state", entry_state_name(breach->state));
	json_put_bool(json, "now", in_use(breach));
	json_put_time(json, "since", breach->since);
	json_put_time(json, "until", breach->until);
	if (breach->breach.count > 0)
		json_put_number(json, "count", (int64_t)breach->breach.count);
	else
		json_put_null(json, "count");
	json_close(json);
}

void breach_report_json(const struct audit_report *report, struct json *json)
{
	const struct plan *plan = report->plan;
	bool failed = report->list_error.message[0] != '\0';

	if (!report->list) {
		json_put_null(json, "breaches");
		return;
	}
	json_put_object(json, "breaches");
	json_put_string(json, "list", report->list);
	json_put_string(json, "error", failed ? report->list_error.message : NULL);
	if (failed) {
		json_put_null(json, "checked");
		json_put_null(json, "found");
	} else {
		json_put_number(json, "checked", (int64_t)plan->n_looked_up);
		json_put_array(json, "found");
		for (size_t i = 0; i < plan->n_breached; i++)
			json_row(json, &plan->breached[i]);
		json_close(json);
	}
	json_close(json);
}

/* ---- the guard ---------------------------------------------------------------------- */

static void refuse(const struct session *session, const struct entry *entry,
                   const struct chosen *chosen, const char *sentence)
{
	const struct write_result result = {.name = entry->name};
	struct error line = {0};

	if (!chosen->typed)
		result_json(session, "refused", &result);
	error_set(&line, VAULT_REFUSED, "refused: %s", sentence);
	report_error(&line);
	if (chosen->typed)
		report_note("Choose another one; Ctrl-D gives up. (To write down one that is in "
		            "use, give a reason: --allow-reuse REASON)");
	else
		report_note("Let a new one be made: --generate. To write down one that is in use, "
		            "give a reason: --allow-reuse REASON");
}

int breach_guard(const struct session *session, const struct entry *entry,
                 const struct chosen *chosen, const char *allow_reuse)
{
	BREACHES_AUTO *breaches = NULL;
	struct breach breach = {0};
	char sentence[SENTENCE_SIZE], seen[64] = "";
	struct error err = {0};
	int r;

	if (!session->config.breaches || !chosen->password || chosen->generated)
		return 0;
	r = breaches_open(session->config.breaches, &breaches, &err);
	if (r == 0)
		r = breaches_find(breaches, chosen->password, &breach, &err);
	if (r < 0) {
		report_warning("the password was not checked against leaked ones: %s", err.message);
		return 0;
	}
	if (!breach.found)
		return 0;
	if (breach.count > 0)
		snprintf(seen, sizeof(seen), ", %" PRIu64 " times", breach.count);
	snprintf(sentence, sizeof(sentence),
	         "this password is in the list of leaked ones%s, which are tried everywhere", seen);
	if (allow_reuse)
		report_warning("%s", sentence);
	else
		refuse(session, entry, chosen, sentence);
	return allow_reuse ? 0 : VAULT_REFUSED;
}
