#include "commands.h"
#include "held.h"
#include "json.h"
#include "report.h"

struct unlock_values {
	int idle, cap; /* milliseconds */
};

static const struct option_spec unlock_options[] = {
	OPTION_DURATION(struct unlock_values, idle, 0, "idle", "TIME", 1000, 24 * 3600 * 1000,
                        "lock when the key was not used for so long"),
	OPTION_DURATION(struct unlock_values, cap, 0, "cap", "TIME", 1000, 7 * 24 * 3600 * 1000,
                        "lock after so long, used or not"),
	OPTIONS_END,
};

static struct agent_limits choose_limits(const struct session *session,
                                         const struct unlock_values *unlock)
{
	int idle = unlock->idle >= 0 ? unlock->idle / 1000 : session->config.agent_idle;
	int cap = unlock->cap >= 0 ? unlock->cap / 1000 : session->config.agent_cap;

	return (struct agent_limits){.idle = (uint32_t)(idle < cap ? idle : cap),
	                             .cap = (uint32_t)cap};
}

/* Before somebody types a password in vain. */
static int check(const struct session *session, struct error *err)
{
	AGENT_AUTO *agent = NULL;

	if (session->global.no_agent)
		return error_set(
			err, VAULT_USAGE,
			"it is the agent that keeps a vault unlocked: not with --no-agent");
	if (!session->config.agent)
		return error_set(err, VAULT_USAGE,
		                 "the configuration says agent = off, so nothing can keep the "
		                 "vault unlocked");
	return agent_start(&agent, err);
}

static int unlock_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	const struct agent_limits limits = choose_limits(session, values);
	char idle[HELD_TIME_SIZE], cap[HELD_TIME_SIZE];
	struct json json = {0};
	int r = session_open(session, 0, err);

	(void)words;
	if (r == 0)
		r = check(session, err);
	session->by_hand = true;
	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0)
		r = held_keep_for(session, &limits, err);
	if (r != 0)
		return r;
	session_close(session);
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "action", "unlocked");
		json_put_number(&json, "idle", limits.idle);
		json_put_number(&json, "cap", limits.cap);
		json_close(&json);
	}
	report_note(
		"Unlocked until it is not used for %s, or for %s at most. 'vault lock' ends it.",
		held_time(limits.idle, idle), held_time(limits.cap, cap));
	return 0;
}

const struct command command_unlock = {
	.name = "unlock",
	.group = "vault",
	.arguments = "",
	.summary = "keep the vault unlocked for a while",
	.more = "Asks for the password even where it is unlocked: both times begin anew.\n"
		"The agent, a program of its own, holds the key; see vault-agent(1).",
	.options = unlock_options,
	.values_size = sizeof(struct unlock_values),
	.run = unlock_run,
};
