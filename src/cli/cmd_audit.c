#include <vault/plan.h>

#include "audit_graph.h"
#include "audit_report.h"
#include "commands.h"
#include "report.h"

/* More passwords than that are weighed when it is asked for: 40 µs each. */
#define WEIGHED_UNASKED 10000

struct audit_values {
	const char *breaches;
	bool all, since_last, strength, html, dot;
};

static const struct option_spec audit_options[] = {
	OPTION_FLAG(struct audit_values, all, 'a', "all",
                    "list everything that was found, and what shares what"),
	OPTION_TEXT_OF(WORD_FILE, struct audit_values, breaches, 0, "breaches", "PATH",
                       "look all passwords up in this list of leaked ones"),
	OPTION_FLAG(struct audit_values, since_last, 0, "since-last",
                    "tell only what the last audit on this machine did not"),
	OPTION_FLAG(struct audit_values, html, 0, "html",
                    "print one page to open in a browser, or to put on paper"),
	OPTION_FLAG(struct audit_values, dot, 0, "dot",
                    "print who shares with whom as a graph for Graphviz"),
	OPTION_FLAG(struct audit_values, strength, 0, "strength",
                    "tell weak passwords in a vault of more than 10,000 entries, too"),
	OPTIONS_END,
};

static void audit_report_done(struct audit_report *report)
{
	plan_free(report->plan);
}
#define REPORT_AUTO __attribute__((cleanup(audit_report_done))) struct audit_report

/* A list that cannot be relied on is told at the end: the rest of the audit goes on. */
static int make_report(struct session *session, const struct audit_values *values,
                       struct audit_report *report, struct error *err)
{
	BREACHES_AUTO *breaches = NULL;
	struct plan_wanted wanted = {.strength_most = values->strength ? 0 : WEIGHED_UNASKED};
	int r;

	report->since_last = values->since_last;
	report->list = values->breaches ? values->breaches : session->config.breaches;
	if (report->list && breaches_open(report->list, &breaches, &report->list_error) == 0)
		wanted.breaches = breaches;
	r = plan_make(session->vault, &wanted, &report->plan, err);
	if (r == 0 && report->plan->breaches_failed)
		report->list_error = report->plan->breaches_error;
	if (report->list_error.message[0])
		error_context(&report->list_error,
		              "the passwords could not be checked against leaked ones");
	return r;
}

/* What opened the vault, where it was a password that somebody gave: nothing of it is stored. */
static int weigh_master(struct session *session, struct audit_report *report, struct error *err)
{
	enum key_type type = session->presented.credential.type;
	int r = 0;

	if (session->presented.password &&
	    (type == KEY_PASSWORD || type == KEY_PASSWORD_AND_FILE)) {
		r = audit_strength(session->presented.password, NULL, &report->master, err);
		report->master_weighed = r == 0;
	}
	presented_done(&session->presented);
	return r;
}

/* Every audit is one that the next can be compared with; only who compares has to know when it
 * cannot be. */
static void remember(struct session *session, const struct audit_values *values,
                     const struct audit_report *report)
{
	struct error err = {0};

	if (plan_remember(session->vault, report->plan, values->since_last, &err) < 0 &&
	    values->since_last)
		report_warning("this audit cannot be remembered, the next one will tell the same: "
		               "%s",
		               err.message);
}

static void note_nothing(const struct plan *plan)
{
	size_t meant = 0, families = 0;

	for (size_t i = 0; i < plan->n_groups; i++)
		meant += plan->groups[i].realm != NULL;
	if (plan->n_groups == meant)
		report_note("No password is, or was, in use twice%s.",
		            meant > 0 ? ", but in realms" : "");
	for (size_t i = 0; i < plan->n_families; i++)
		families += plan->families[i].realm == NULL;
	if (families == 0)
		report_note("No password in use is a variant of another one.");
	if (plan->not_weighed)
		report_note("How strong the passwords are was not looked at: --strength.");
}

static int audit_status(const struct audit_report *report, struct error *err)
{
	size_t found = report->plan->n_actions;

	if (report->list_error.message[0]) {
		*err = report->list_error;
		return -(int)err->status;
	}
	if (!report->since_last)
		found += report->plan->n_breached + audit_master_weak(report);
	return found > 0 ? VAULT_FINDINGS : 0;
}

static int print(const struct session *session, const struct audit_values *values,
                 const struct audit_report *report, struct error *err)
{
	if (session->global.json)
		return audit_json(report, err);
	if (values->html)
		return audit_html(report, err);
	return values->dot ? audit_dot(report->plan, err) : audit_text(report, values->all, err);
}

static int audit_run(struct session *session, const void *values, char *const *words,
                     struct error *err)
{
	const struct audit_values *audit = values;
	REPORT_AUTO report = {0};
	int r;

	(void)words;
	if (session->global.json + audit->html + audit->dot > 1)
		return error_set(err, VAULT_USAGE, "--json, --html and --dot: only one of them");
	session->keep_presented = true;
	r = session_unlock(session, 0, err);
	if (r == 0)
		r = weigh_master(session, &report, err);
	if (r == 0)
		r = make_report(session, audit, &report, err);
	if (r != 0)
		return r;
	remember(session, audit, &report);
	session_close(session);
	r = print(session, audit, &report, err);
	if (r < 0)
		return r;
	if (!audit->since_last)
		note_nothing(report.plan);
	return audit_status(&report, err);
}

const struct command command_audit = {
	.name = "audit",
	.group = "protect",
	.arguments = "",
	.summary = "tell which passwords to change next, and why",
	.more = "Names, never passwords. Exit status 7 when something was found, 1 when it\n"
		"could not be looked for.",
	.options = audit_options,
	.values_size = sizeof(struct audit_values),
	.run = audit_run,
};
