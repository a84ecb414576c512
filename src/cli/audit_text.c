/* The audit for people. */
#include <errno.h>
#include <stdio.h>

#include "audit_report.h"
#include "chain_report.h"
#include "cleanup.h"
#include "dates.h"
#include "output.h"
#include "report.h"
#include "results.h"

#define NAME_COLUMNS 32
#define REASON_COLUMNS 6

static const char *const states[] =
	{[ENTRY_LIVE] = "", [ENTRY_TRASHED] = ", in the trash", [ENTRY_PURGED] = ", deleted"};

/* A name, or two, and what there is to say. */
static void print_row(const char *name, const char *sentence)
{
	output_string("  ");
	output_padded(name, NAME_COLUMNS);
	output_sentence(sentence, NAME_COLUMNS + 2);
	output_string("\n");
}

static void print_action(const struct plan_action *action, size_t number)
{
	FREE_AUTO char *reasons = audit_reasons(action);
	char command[RESULT_NAME_SIZE];

	output_format("%3zu.  vault rotate ", number);
	output_text(result_shell_name(action->name, command));
	output_string("\n      ");
	output_sentence(reasons ? reasons : "", REASON_COLUMNS);
	output_string("\n");
}

static void print_master(const struct audit_report *report)
{
	char text[256];

	if (!audit_master_weak(report) || report->since_last)
		return;
	snprintf(text, sizeof(text), "The master password is %s, about 2^%.0f guesses. %s",
	         strength_word(report->master.score), report->master.bits, report->master.advice);
	output_string("  0.  vault passwd\n      ");
	output_sentence(text, REASON_COLUMNS);
	output_string("\n");
}

static void print_heading(const struct audit_report *report)
{
	char day[DATE_DAY_SIZE];

	if (report->since_last && report->plan->last != 0)
		output_format("New since the audit of %s, the most damaging first\n",
		              date_day(report->plan->last, day));
	else
		output_string("Change these, the most damaging first\n");
}

static void print_plan(const struct audit_report *report, bool all)
{
	const struct plan *plan = report->plan;
	size_t count = all || plan->n_actions < ACTIONS_FIRST ? plan->n_actions : ACTIONS_FIRST;

	if (plan->n_actions == 0 && !audit_master_weak(report)) {
		report_note("%s", report->since_last ? "Nothing new was found."
		                                     : "Nothing needs to be changed.");
		return;
	}
	print_heading(report);
	print_master(report);
	for (size_t i = 0; i < count; i++)
		print_action(&plan->actions[i], i + 1);
	if (count < plan->n_actions)
		output_format("\nand %zu more: 'vault audit --all' lists them\n",
		              plan->n_actions - count);
}

static void print_use(const struct audit_use *use)
{
	char span[DATE_SPAN_SIZE];
	FREE_AUTO char *text = NULL;

	if (asprintf(&text, "%s%s%s%s", date_span(use->since, use->until, span), states[use->state],
	             use->reason ? ", on purpose: " : "", use->reason ? use->reason : "") < 0) {
		text = NULL;
		output_fail(ENOMEM);
	}
	print_row(use->name, text ? text : span);
}

static void print_group(const struct audit_group *group)
{
	if (group->realm)
		return; /* it is meant to be */
	if (group->master)
		output_string("\nThe master password of this vault is also a password of\n");
	else if (group->now)
		output_string("\nOne password is in use more than once\n");
	else
		output_string("\nOne password was in use more than once\n");
	for (size_t i = 0; i < group->n_uses; i++)
		print_use(&group->uses[i]);
}

/* Only a former password needs dates: those in use have all been there since they were set. */
static void print_link(const struct audit_family *family, const struct audit_link *link)
{
	const struct audit_use *from = &family->uses[link->from], *to = &family->uses[link->to];
	bool former = from->until != 0;
	FREE_AUTO char *pair = NULL;
	FREE_AUTO char *text = NULL;
	char words[VARIANT_WORDS_SIZE], span[DATE_SPAN_SIZE];

	if (asprintf(&pair, "%s ~ %s:", from->name, to->name) < 0 ||
	    asprintf(&text, "%s%s%s%s%s%s", audit_differs(link->how, words), former ? "; " : "",
	             former ? date_span(from->since, from->until, span) : "", states[from->state],
	             from->reason ? "; on purpose: " : "", from->reason ? from->reason : "") < 0)
		output_fail(ENOMEM);
	else
		print_row(pair, text);
}

static void print_family(const struct audit_family *family)
{
	if (family->realm)
		return;
	output_string(family->now ? "\nPasswords in use are variants of one another\n"
	                          : "\nA password in use is a variant of a former one\n");
	for (size_t i = 0; i < family->n_links; i++)
		print_link(family, &family->links[i]);
}

static void print_weak(const struct plan *plan)
{
	char text[256];

	if (plan->n_weak > 0)
		output_string("\nPasswords that can be guessed\n");
	for (size_t i = 0; i < plan->n_weak; i++) {
		const struct strength *strength = &plan->weak[i].strength;

		snprintf(text, sizeof(text), "%s, about 2^%.0f guesses. %s",
		         strength_word(strength->score), strength->bits, strength->advice);
		print_row(plan->weak[i].name, text);
	}
}

int audit_text(const struct audit_report *report, bool all, struct error *err)
{
	const struct plan *plan = report->plan;
	int r = 0;

	print_plan(report, all);
	for (size_t i = 0; all && i < plan->n_groups; i++)
		print_group(&plan->groups[i]);
	for (size_t i = 0; all && i < plan->n_families; i++)
		print_family(&plan->families[i]);
	if (all)
		r = chain_report_text(plan->chain, err);
	if (all)
		print_weak(plan);
	if (all || report->list_error.message[0] || plan->n_breached == 0)
		breach_report_text(report);
	return r;
}
