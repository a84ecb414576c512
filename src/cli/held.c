#include "held.h"

#include <inttypes.h>
#include <stdio.h>

#include "output.h"

static bool wanted(const struct session *session)
{
	return session->config.agent && !session->global.no_agent;
}

/* A key that does not open it any more is of a vault that was given another one by `rekey`, here or
 * where the file came from. */
static int try_key(struct session *session, struct agent *agent, const unsigned char uuid[16],
                   struct error *err)
{
	SECRET_AUTO *key = NULL;
	int r;

	if (agent_get(agent, uuid, &key, err) != 0)
		return VAULT_LOCKED;
	r = vault_unlock_volume_key(session->vault, key, err);
	if (r != VAULT_WRONG_KEY)
		return r;
	*err = (struct error){0};
	agent_lock(agent, uuid, NULL, NULL);
	return VAULT_LOCKED;
}

int held_unlock(struct session *session, struct error *err)
{
	struct vault_status_info info;
	AGENT_AUTO *agent = NULL;
	int r;

	if (!wanted(session))
		return VAULT_LOCKED;
	r = vault_info(session->vault, &info, err);
	if (r < 0)
		return r;
	if (agent_connect(&agent, err) != 0)
		return VAULT_LOCKED;
	return try_key(session, agent, info.uuid, err);
}

int held_keep_for(struct session *session, const struct agent_limits *limits, struct error *err)
{
	struct vault_status_info info;
	AGENT_AUTO *agent = NULL;
	SECRET_AUTO *key = NULL;
	int r = vault_info(session->vault, &info, err);

	if (r == 0)
		r = vault_volume_key_bytes(session->vault, &key, err);
	if (r == 0)
		r = agent_start(&agent, err);
	return r == 0 ? agent_put(agent, info.uuid, key, limits, err) : r;
}

void held_keep(struct session *session)
{
	const struct agent_limits limits = {
		.idle = (uint32_t)session->config.agent_idle,
		.cap = (uint32_t)session->config.agent_cap,
	};

	if (wanted(session))
		held_keep_for(session, &limits, NULL);
}

void held_forget(struct session *session)
{
	struct vault_status_info info;
	AGENT_AUTO *agent = NULL;

	if (vault_info(session->vault, &info, NULL) == 0 && agent_connect(&agent, NULL) == 0)
		agent_lock(agent, info.uuid, NULL, NULL);
}

/* ---- status ---- */

static const struct {
	unsigned property;
	const char *name, *text;
} properties[] = {
	{AGENT_MEMORY_HIDDEN, "memory_hidden", "hidden from the kernel"},
	{AGENT_MEMORY_LOCKED, "memory_locked", "never swapped out"},
	{AGENT_SECCOMP, "seccomp", "few system calls (seccomp)"},
	{AGENT_LANDLOCK, "landlock", "no files (Landlock)"},
	{AGENT_LOGIND, "logind", "locks on suspend and with the screen (logind)"},
};

#define PROPERTIES (sizeof(properties) / sizeof(properties[0]))

void held_status(struct session *session, struct held_status *ret_status)
{
	struct vault_status_info info;
	AGENT_AUTO *agent = NULL;
	int r = vault_info(session->vault, &info, NULL);

	*ret_status = (struct held_status){0};
	if (r == 0)
		r = agent_connect(&agent, &ret_status->err);
	if (r == 0)
		r = agent_holding(agent, info.uuid, &ret_status->holding, &ret_status->err);
	if (r == 0)
		r = agent_report(agent, &ret_status->report, &ret_status->err);
	ret_status->running = r == 0;
}

const char *held_time(uint32_t seconds, char text[HELD_TIME_SIZE])
{
	uint32_t number = seconds >= 7200  ? (seconds + 1800) / 3600
	                  : seconds >= 120 ? (seconds + 30) / 60
	                                   : seconds;
	const char *unit = seconds >= 7200  ? "hours"
	                   : seconds >= 120 ? "minutes"
	                   : seconds == 1   ? "second"
	                                    : "seconds";

	snprintf(text, HELD_TIME_SIZE, "%" PRIu32 " %s", number, unit);
	return text;
}

static void protection_text(const struct held_status *status, size_t label_columns)
{
	char text[256] = "";
	size_t length = 0;

	for (size_t i = 0; i < PROPERTIES; i++)
		if (status->report.properties & properties[i].property)
			length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
			                           length ? ", " : "", properties[i].text);
	output_padded("", label_columns);
	output_sentence(length ? text : "nothing protects its memory", label_columns);
	output_string("\n");
}

void held_status_text(const struct held_status *status, size_t label_columns)
{
	char text[2 * HELD_TIME_SIZE + 64], idle[HELD_TIME_SIZE], cap[HELD_TIME_SIZE];

	output_padded("agent", label_columns);
	if (status->err.message[0]) {
		output_sentence(status->err.message, label_columns);
		output_string("\n");
		return;
	}
	if (!status->running) {
		output_string("none is running\n");
		return;
	}
	if (status->holding.held)
		snprintf(text, sizeof(text), "holds the key: %s left unless it is used, %s at most",
		         held_time(status->holding.idle_left, idle),
		         held_time(status->holding.cap_left, cap));
	else
		snprintf(text, sizeof(text), "is running, without the key of this vault");
	output_sentence(text, label_columns);
	output_string("\n");
	protection_text(status, label_columns);
}

void held_status_json(struct json *json, const struct held_status *status)
{
	if (!status->running) {
		json_put_null(json, "agent");
		return;
	}
	json_put_object(json, "agent");
	json_put_bool(json, "held", status->holding.held);
	if (status->holding.held) {
		json_put_number(json, "idle_left", status->holding.idle_left);
		json_put_number(json, "cap_left", status->holding.cap_left);
	}
	json_put_number(json, "keys", status->report.keys);
	for (size_t i = 0; i < PROPERTIES; i++)
		json_put_bool(json, properties[i].name,
		              status->report.properties & properties[i].property);
	json_close(json);
}
