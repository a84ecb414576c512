#include <vault/realm.h>

#include "commands.h"
#include "json.h"
#include "report.h"

#define MEMBERS_MAX 1000 /* named in one command */

/* ---- add ---------------------------------------------------------------------------- */

struct add_values {
	const char *reason;
};

static const struct option_spec add_options[] = {
	OPTION_TEXT(struct add_values, reason, 0, "reason", "TEXT", "why they share one password"),
	OPTIONS_END,
};

static void tell_change(const struct session *session, const char *action, const char *realm,
                        size_t changed)
{
	struct json json = {0};

	if (!session->global.json)
		return;
	json_put_object(&json, NULL);
	json_put_string(&json, "action", action);
	json_put_string(&json, "realm", realm);
	json_put_number(&json, "changed", (int64_t)changed);
	json_close(&json);
}

struct state {
	size_t members;
	bool one_password;
};

static int see_state(void *context, const struct realm_info *info)
{
	*(struct state *)context = (struct state){info->n_members, info->one_password};
	return 0;
}

static int add_run(struct session *session, const void *values, char *const *words,
                   struct error *err)
{
	const struct add_values *add = values;
	struct state state = {0, true};
	size_t changed = 0;
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = realm_add(session->vault, words[0], (const char *const *)&words[1], add->reason,
		              &changed, err);
	if (r == 0)
		r = realm_list(session->vault, words[0], see_state, &state, err);
	session_close(session);
	if (r != 0)
		return r;
	tell_change(session, "realm-added", words[0], changed);
	report_note("The realm '%s' has %zu member%s.", words[0], state.members,
	            state.members == 1 ? "" : "s");
	if (!state.one_password)
		report_note("They do not have one password now: 'vault edit --password --realm-too'"
		            " gives them one.");
	return 0;
}

const struct command command_realm_add = {
	.name = "realm add",
	.group = "protect",
	.arguments = "REALM ENTRY...",
	.summary = "let entries share one password on purpose",
	.more = "A new realm needs a reason. Inside a realm no password is refused for being\n"
		"shared, and 'vault audit' is silent about it.",
	.options = add_options,
	.values_size = sizeof(struct add_values),
	.min_words = 2,
	.max_words = MEMBERS_MAX,
	.takes = {WORD_REALM, WORD_ENTRY},
	.run = add_run,
};

/* ---- remove ------------------------------------------------------------------------- */

static int remove_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	const char *const *names = words[1] ? (const char *const *)&words[1] : NULL;
	size_t changed = 0;
	int r = session_unlock(session, 0, err);

	(void)values;
	if (r == 0)
		r = realm_remove(session->vault, words[0], names, &changed, err);
	session_close(session);
	if (r != 0)
		return r;
	tell_change(session, "realm-removed", words[0], changed);
	report_note("%zu entr%s left the realm '%s'; passwords stay as they are.", changed,
	            changed == 1 ? "y" : "ies", words[0]);
	return 0;
}

const struct command command_realm_remove = {
	.name = "realm remove",
	.group = "protect",
	.arguments = "REALM [ENTRY...]",
	.summary = "take entries out of a realm, or all of them",
	.min_words = 1,
	.max_words = MEMBERS_MAX,
	.takes = {WORD_REALM, WORD_ENTRY},
	.run = remove_run,
};
