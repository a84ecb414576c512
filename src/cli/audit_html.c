/* The audit as one page. */
#include <inttypes.h>
#include <stdio.h>

#include <vault/variant.h>

#include "audit_graph.h"
#include "audit_report.h"
#include "cleanup.h"
#include "dates.h"
#include "html.h"
#include "output.h"
#include "results.h"

static void put_plan(const struct audit_report *report)
{
	const struct plan *plan = report->plan;

	html_heading("Change these, the most damaging first");
	if (audit_master_weak(report)) {
		output_string("<p>The master password is ");
		html_text(strength_word(report->master.score));
		output_string(". ");
		html_text(report->master.advice);
		output_string(" <code>vault passwd</code></p>\n");
	}
	output_string(plan->n_actions == 0 ? "<p>Nothing needs to be changed.</p>\n" : "<ol>\n");
	for (size_t i = 0; i < plan->n_actions; i++) {
		FREE_AUTO char *reasons = audit_reasons(&plan->actions[i]);
		char command[RESULT_NAME_SIZE];

		output_string("<li><code>vault rotate ");
		html_text(result_shell_name(plan->actions[i].name, command));
		output_string("</code><br><bdi>");
		html_text(reasons ? reasons : "");
		output_string("</bdi></li>\n");
	}
	output_string(plan->n_actions == 0 ? "" : "</ol>\n");
}

static void put_use(const struct audit_use *use)
{
	static const char *const states[] =
		{[ENTRY_LIVE] = "", [ENTRY_TRASHED] = "in the trash", [ENTRY_PURGED] = "deleted"};
	char span[DATE_SPAN_SIZE];

	html_row();
	html_cell(use->name);
	html_cell(date_span(use->since, use->until, span));
	html_cell(states[use->state]);
	html_cell(use->reason ? use->reason : "");
	html_row_end();
}

static void put_group(const struct audit_group *group)
{
	static const char *const headings[] = {"Entry", "In use", "", "On purpose", NULL};

	html_heading(group->realm    ? "One password, in a realm"
	             : group->master ? "The master password is also a password of"
	             : group->now    ? "One password is in use more than once"
	                             : "One password was in use more than once");
	html_table(headings);
	for (size_t i = 0; i < group->n_uses; i++)
		put_use(&group->uses[i]);
	html_table_end();
}

static void put_family(const struct audit_family *family)
{
	static const char *const headings[] = {"Entry", "In use", "Like", "What differs", NULL};
	char words[VARIANT_WORDS_SIZE], span[DATE_SPAN_SIZE];

	html_heading(family->now ? "Passwords in use are variants of one another"
	                         : "A password in use is a variant of a former one");
	html_table(headings);
	for (size_t i = 0; i < family->n_links; i++) {
		const struct audit_link *link = &family->links[i];
		const struct audit_use *use = &family->uses[link->from];

		html_row();
		html_cell(use->name);
		html_cell(date_span(use->since, use->until, span));
		html_cell(family->uses[link->to].name);
		html_cell(audit_differs(link->how, words));
		html_row_end();
	}
	html_table_end();
}

static void put_hubs(const struct plan *plan)
{
	static const char *const headings[] = {"Account", "Role", "Others that fall with it", NULL};
	size_t count;
	const struct chain_entry *const *hubs = chain_hubs(plan->chain, &count);

	if (count == 0)
		return;
	html_heading("Accounts that others can be reset through");
	html_table(headings);
	for (size_t i = 0; i < count; i++) {
		char falls[32];

		snprintf(falls, sizeof(falls), "%zu", hubs[i]->falls);
		html_row();
		html_cell(hubs[i]->name);
		html_cell(role_word(hubs[i]->role));
		html_cell(falls);
		html_row_end();
	}
	html_table_end();
}

static void put_weak(const struct plan *plan)
{
	static const char *const headings[] = {"Entry", "Strength", "Advice", NULL};

	if (plan->n_weak == 0)
		return;
	html_heading("Passwords that can be guessed");
	html_table(headings);
	for (size_t i = 0; i < plan->n_weak; i++) {
		html_row();
		html_cell(plan->weak[i].name);
		html_cell(strength_word(plan->weak[i].strength.score));
		html_cell(plan->weak[i].strength.advice);
		html_row_end();
	}
	html_table_end();
}

static void put_breached(const struct audit_report *report)
{
	static const char *const headings[] = {"Entry", "In use", "Seen", NULL};
	const struct plan *plan = report->plan;

	if (report->list_error.message[0]) {
		html_heading("Leaked passwords");
		output_string("<p>");
		html_text(report->list_error.message);
		output_string("</p>\n");
	}
	if (report->list_error.message[0] || plan->n_breached == 0)
		return;
	html_heading("In the list of leaked passwords");
	html_table(headings);
	for (size_t i = 0; i < plan->n_breached; i++) {
		const struct audit_breach *breach = &plan->breached[i];
		char span[DATE_SPAN_SIZE], seen[32] = "";

		if (breach->breach.count > 0)
			snprintf(seen, sizeof(seen), "%" PRIu64 " times", breach->breach.count);
		html_row();
		html_cell(breach->name);
		html_cell(date_span(breach->since, breach->until, span));
		html_cell(seen);
		html_row_end();
	}
	html_table_end();
}

int audit_html(const struct audit_report *report, struct error *err)
{
	const struct plan *plan = report->plan;
	GRAPH_AUTO graph = {0};
	int r = graph_make(plan, &graph, err);

	if (r < 0)
		return r;
	html_page("Audit of a vault");
	put_plan(report);
	audit_svg(&graph);
	for (size_t i = 0; i < plan->n_groups; i++)
		put_group(&plan->groups[i]);
	for (size_t i = 0; i < plan->n_families; i++)
		put_family(&plan->families[i]);
	put_hubs(plan);
	put_weak(plan);
	put_breached(report);
	html_end();
	return 0;
}
