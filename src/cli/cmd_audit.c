#include <errno.h>
#include <stdio.h>

#include <vault/audit.h>

#include "breach_report.h"
#include "chain_report.h"
#include "cleanup.h"
#include "commands.h"
#include "dates.h"
#include "family_report.h"
#include "json.h"
#include "output.h"
#include "report.h"

#define NAME_COLUMNS 32

struct audit_values {
	const char *breaches;
};

static const struct option_spec audit_options[] = {
	OPTION_TEXT_OF(WORD_FILE, struct audit_values, breaches, 0, "breaches", "PATH",
                       "look all passwords up in this list of leaked ones"),
	OPTIONS_END,
};

struct audit_context {
	bool json_wanted, first;
	size_t meant, meant_families; /* wholly in a realm: listed, and no finding */
	struct chain *chain;
	size_t now; /* groups and families that somebody is in with a password in use */
	struct json json;
};

static void print_use(const struct audit_use *use)
{
	static const char *const states[] = {[ENTRY_LIVE] = "",
	                                     [ENTRY_TRASHED] = ", in the trash",
	                                     [ENTRY_PURGED] = ", deleted"};
	char span[DATE_SPAN_SIZE];
	FREE_AUTO char *text = NULL;

	if (asprintf(&text, "%s%s%s%s", date_span(use->since, use->until, span), states[use->state],
	             use->reason ? ", on purpose: " : "", use->reason ? use->reason : "") < 0) {
		text = NULL;
		output_fail(ENOMEM);
	}
	output_string("  ");
	output_padded(use->name, NAME_COLUMNS);
	output_sentence(text ? text : span, NAME_COLUMNS + 2);
	output_string("\n");
}

static void print_group(struct audit_context *audit, const struct audit_group *group)
{
	if (!audit->first)
		output_string("\n");
	if (group->master)
		output_string("The master password of this vault is also a password of\n");
	else if (group->now)
		output_string("One password is in use more than once\n");
	else
		output_string("One password was in use more than once\n");
	for (size_t i = 0; i < group->n_uses; i++)
		print_use(&group->uses[i]);
}

static void json_group(struct json *json, const struct audit_group *group)
{
	json_put_object(json, NULL);
	json_put_bool(json, "master", group->master);
	json_put_bool(json, "now", group->now);
	json_put_string(json, "realm", group->realm);
	json_put_array(json, "uses");
	for (size_t i = 0; i < group->n_uses; i++)
		use_json(json, &group->uses[i]);
	json_close(json);
	json_close(json);
}

static int audit_group(void *context, const struct audit_group *group)
{
	struct audit_context *audit = context;

	audit->meant += group->realm != NULL;
	audit->now += group->now && !group->realm;
	if (audit->json_wanted)
		json_group(&audit->json, group);
	else if (!group->realm)
		print_group(audit, group);
	audit->first &= group->realm != NULL;
	return 0;
}

static int audit_family(void *context, const struct audit_family *family)
{
	struct audit_context *audit = context;
	const char *realm = family_realm(audit->chain, family);

	audit->now += family->now && !realm;
	audit->meant_families += realm != NULL;
	if (audit->json_wanted)
		family_report_json(&audit->json, family, realm);
	if (audit->json_wanted || realm)
		return 0;
	if (!audit->first)
		output_string("\n");
	family_report_text(family);
	audit->first = false;
	return 0;
}

/* Who shares with whom, and whose password is a variant of whose. */
static int audit_reuse(struct session *session, struct audit_context *audit, size_t *ret_groups,
                       size_t *ret_families, struct error *err)
{
	int r;

	if (audit->json_wanted) {
		json_put_object(&audit->json, NULL);
		json_put_array(&audit->json, "shared");
	}
	r = audit_sharing(session->vault, audit_group, audit, ret_groups, err);
	if (r == 0 && audit->json_wanted) {
		json_close(&audit->json);
		json_put_array(&audit->json, "families");
	}
	if (r == 0)
		r = audit_families(session->vault, audit_family, audit, ret_families, err);
	if (r == 0 && audit->json_wanted)
		json_close(&audit->json);
	return r;
}

static int audit_run(struct session *session, const void *values, char *const *words,
                     struct error *err)
{
	const struct audit_values *audit = values;
	struct audit_context context = {.json_wanted = session->global.json, .first = true};
	BREACH_REPORT_AUTO breaches = {0};
	CHAIN_AUTO *chain = NULL;
	size_t groups = 0, families = 0, hubs = 0;
	int r = session_unlock(session, 0, err);

	(void)words;
	if (r != 0)
		return r;
	r = chain_make(session->vault, &chain, err);
	context.chain = chain;
	if (r == 0)
		r = audit_reuse(session, &context, &groups, &families, err);
	if (r == 0)
		breach_report_make(&breaches, session, audit->breaches);
	session_close(session);
	if (r != 0)
		return r;
	if (context.json_wanted) {
		r = chain_report_json(chain, &context.json, err);
		breach_report_json(&breaches, &context.json);
		json_close(&context.json);
	} else {
		r = chain_report_text(chain, context.first, err);
	}
	if (r < 0)
		return r;
	if (groups == context.meant)
		report_note("No password is, or was, in use twice%s.",
		            groups > 0 ? ", but in realms" : "");
	if (families == context.meant_families)
		report_note("No password in use is a variant of another one.");
	if (!context.json_wanted) {
		chain_hubs(chain, &hubs);
		if ((!context.first || hubs > 0) && breaches.found > 0)
			output_string("\n");
		breach_report_text(&breaches);
	}
	return breach_report_status(&breaches, context.now > 0 ? VAULT_FINDINGS : 0, err);
}

const struct command command_audit = {
	.name = "audit",
	.group = "protect",
	.arguments = "",
	.summary = "tell which entries share a password, or nearly",
	.more = "Names, never passwords. What was shared once, and is not any more, is told,\n"
		"and is no finding. Exit status 7 when something was found, 1 when it could\n"
		"not be looked for.",
	.options = audit_options,
	.values_size = sizeof(struct audit_values),
	.run = audit_run,
};
