#include <vault/agent.h>
#include <vault/clipboard.h>

#include "commands.h"
#include "json.h"
#include "report.h"

struct lock_values {
	bool all;
};

static const struct option_spec lock_options[] = {
	OPTION_FLAG(struct lock_values, all, 'a', "all", "lock every vault that is unlocked"),
	OPTIONS_END,
};

/* An agent is asked whatever the configuration says: it may have been started before. */
static int lock(const unsigned char *uuid, unsigned *ret_count, struct error *err)
{
	AGENT_AUTO *agent = NULL;
	int r = agent_connect(&agent, err);

	*ret_count = 0;
	if (r == VAULT_NOT_FOUND)
		return 0;
	return r == 0 ? agent_lock(agent, uuid, ret_count, err) : r;
}

static void tell(struct session *session, bool all, unsigned count, bool cleared)
{
	struct json json = {0};

	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "action", "locked");
		json_put_number(&json, "keys", count);
		json_put_bool(&json, "clipboard_cleared", cleared);
		json_close(&json);
	}
	if (count == 0)
		report_note("Nothing was unlocked.");
	else if (all)
		report_note("Locked: %u %s.", count, count == 1 ? "vault" : "vaults");
	else
		report_note("Locked.");
	if (cleared)
		report_note("The clipboard is cleared.");
}

static int lock_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct lock_values *options = values;
	struct vault_status_info info;
	struct error of_clipboard = {0};
	unsigned count = 0;
	/* Whichever vault it came from; and whatever becomes of the lock. */
	int cleared = clipboard_clear(&of_clipboard);
	int r = options->all ? 0 : session_open(session, VAULT_READ_ONLY, err);

	(void)words;
	if (r == 0 && !options->all)
		r = vault_info(session->vault, &info, err);
	session_close(session);
	if (r == 0)
		r = lock(options->all ? NULL : info.uuid, &count, err);
	if (r != 0)
		return r;
	tell(session, options->all, count, cleared == 0);
	return cleared < 0 ? error_set(err, of_clipboard.status, "%s", of_clipboard.message) : 0;
}

const struct command command_lock = {
	.name = "lock",
	.group = "vault",
	.arguments = "",
	.summary = "lock the vault: the agent forgets its key, the clipboard is cleared",
	.options = lock_options,
	.values_size = sizeof(struct lock_values),
	.run = lock_run,
};
