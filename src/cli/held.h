/*
 * The agent as the commands use it: what it holds is tried before anybody is asked, and what was
 * typed is handed over to it. `vault` works the same without one, and asks more often.
 */
#ifndef CLI_HELD_H
#define CLI_HELD_H

#include <vault/agent.h>

#include "json.h"
#include "session.h"

/* Unlocks the session's open vault by the key that the agent holds, if the agent is to be used and
 * a key of the vault opens it. VAULT_LOCKED (> 0): it is locked still; a message is set where that
 * is worth a warning. Never asks, never starts an agent, waits a second at most. */
int held_unlock(struct session *session, struct error *err);

/* Hands the key of the unlocked vault over to the agent, which is started if need be, when it is to
 * be used; all else is done as well without, so nothing is told when it does not work. */
void held_keep(struct session *session);

/* The same whatever the configuration says, and it has to work. */
int held_keep_for(struct session *session, const struct agent_limits *limits, struct error *err);

/* Lets the agent forget the key of the open vault, if one holds it. */
void held_forget(struct session *session);

/* What `status` tells of the agent. */
struct held_status {
	bool running;
	struct agent_holding holding;
	struct agent_report report;
	struct error err; /* why it cannot be asked; an empty message: it can, or there is none */
};
void held_status(struct session *session, struct held_status *ret_status);
void held_status_text(const struct held_status *status, size_t label_columns);
void held_status_json(struct json *json, const struct held_status *status);

/* "9 minutes", "8 hours", "42 seconds": a time, rounded to the unit that suits it. Returns
 * `text`. */
#define HELD_TIME_SIZE 32
const char *held_time(uint32_t seconds, char text[HELD_TIME_SIZE]);

#endif
