/* The audit for programs: all of it, one object. */
#include "audit_report.h"
#include "chain_report.h"
#include "cleanup.h"
#include "output.h"
#include "results.h"

static const struct {
	enum finding what;
	const char *word;
} findings[] = {
	{FINDING_BURNED, "burned"}, {FINDING_MASTER, "master"}, {FINDING_BREACHED, "breached"},
	{FINDING_SHARED, "shared"}, {FINDING_FAMILY, "family"}, {FINDING_WEAK, "weak"},
	{FINDING_OLD, "old"},
};

static void put_findings(struct json *json, const char *key, unsigned which)
{
	json_put_array(json, key);
	for (size_t i = 0; i < sizeof(findings) / sizeof(findings[0]); i++)
		if (which & findings[i].what)
			json_put_string(json, NULL, findings[i].word);
	json_close(json);
}

static void put_action(struct json *json, const struct plan_action *action)
{
	FREE_AUTO char *reasons = audit_reasons(action);

	json_put_object(json, NULL);
	json_put_string(json, "name", action->name);
	json_put_string(json, "role", role_word(action->role));
	json_put_number(json, "falls", (int64_t)action->falls);
	json_put_number(json, "damage", action->damage);
	put_findings(json, "findings", action->findings);
	put_findings(json, "new", action->fresh);
	json_put_string(json, "reason", reasons);
	json_put_time(json, "since", action->since);
	json_put_array(json, "command");
	json_put_string(json, NULL, "vault");
	json_put_string(json, NULL, "rotate");
	json_put_string(json, NULL, action->name);
	json_close(json);
	json_close(json);
}

static void put_uses(struct json *json, const struct audit_use *uses, size_t count)
{
	json_put_array(json, "uses");
	for (size_t i = 0; i < count; i++) {
		json_put_object(json, NULL);
		json_put_string(json, "name", uses[i].name);
		json_put_string(json, "state", entry_state_name(uses[i].state));
		json_put_time(json, "since", uses[i].since);
		json_put_time(json, "until", uses[i].until);
		json_put_string(json, "reason", uses[i].reason);
		json_close(json);
	}
	json_close(json);
}

static void put_group(struct json *json, const struct audit_group *group)
{
	json_put_object(json, NULL);
	json_put_bool(json, "master", group->master);
	json_put_bool(json, "now", group->now);
	json_put_string(json, "realm", group->realm);
	put_uses(json, group->uses, group->n_uses);
	json_close(json);
}

static void put_family(struct json *json, const struct audit_family *family)
{
	char words[VARIANT_WORDS_SIZE];

	json_put_object(json, NULL);
	json_put_bool(json, "now", family->now);
	json_put_string(json, "realm", family->realm);
	put_uses(json, family->uses, family->n_uses);
	json_put_array(json, "links");
	for (size_t i = 0; i < family->n_links; i++) {
		const struct audit_link *link = &family->links[i];

		json_put_object(json, NULL);
		json_put_string(json, "name", family->uses[link->from].name);
		json_put_string(json, "like", family->uses[link->to].name);
		json_put_string(json, "differs", audit_differs(link->how, words));
		json_close(json);
	}
	json_close(json);
	json_close(json);
}

static void put_strength(struct json *json, const struct strength *strength)
{
	json_put_string(json, "strength", strength_word(strength->score));
	json_put_real(json, "bits", strength->bits);
	json_put_string(json, "advice", strength->advice);
}

/* null: not looked at. */
static void put_weak(struct json *json, const struct plan *plan)
{
	if (plan->not_weighed) {
		json_put_null(json, "weak");
		return;
	}
	json_put_array(json, "weak");
	for (size_t i = 0; i < plan->n_weak; i++) {
		const struct audit_strength_of *weak = &plan->weak[i];

		json_put_object(json, NULL);
		json_put_string(json, "name", weak->name);
		put_strength(json, &weak->strength);
		json_close(json);
	}
	json_close(json);
}

/* null: what opened the vault was no password. */
static void put_master(struct json *json, const struct audit_report *report)
{
	if (!report->master_weighed) {
		json_put_null(json, "master");
		return;
	}
	json_put_object(json, "master");
	put_strength(json, &report->master);
	json_close(json);
}

int audit_json(const struct audit_report *report, struct error *err)
{
	const struct plan *plan = report->plan;
	struct json json = {0};
	int r;

	json_put_object(&json, NULL);
	json_put_time(&json, "last", plan->last);
	put_master(&json, report);
	json_put_array(&json, "plan");
	for (size_t i = 0; i < plan->n_actions; i++)
		put_action(&json, &plan->actions[i]);
	json_close(&json);
	json_put_array(&json, "shared");
	for (size_t i = 0; i < plan->n_groups; i++)
		put_group(&json, &plan->groups[i]);
	json_close(&json);
	json_put_array(&json, "families");
	for (size_t i = 0; i < plan->n_families; i++)
		put_family(&json, &plan->families[i]);
	json_close(&json);
	r = chain_report_json(plan->chain, &json, err);
	put_weak(&json, plan);
	breach_report_json(report, &json);
	json_close(&json);
	return r;
}
