#include <vault/incident.h>

#include "cleanup.h"
#include "commands.h"
#include "incidents.h"
#include "output.h"
#include "report.h"
#include "results.h"

static void tell_next(const struct session *session, unsigned number, const char *next,
                      size_t behind)
{
	char name[RESULT_NAME_SIZE];
	struct json json = {0};

	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_number(&json, "incident", number);
		json_put_string(&json, "name", next);
		json_put_number(&json, "behind", (int64_t)behind);
		json_close(&json);
		return;
	}
	output_text(next);
	output_string("\n");
	report_note(behind ? "Give its new password to who types it: vault where %s"
	                   : "Give it another password: vault rotate %s",
	            result_shell_name(next, name));
}

static int next_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	FREE_AUTO char *next = NULL;
	unsigned number = 0;
	size_t behind = 0;
	int r = session_unlock(session, 0, err);

	(void)values;
	(void)words;
	if (r != 0)
		return r;
	r = incident_next(session, &number, &next, &behind, err);
	session_close(session);
	if (r < 0)
		return r;
	if (next) {
		tell_next(session, number, next, behind);
		return VAULT_FINDINGS;
	}
	report_note("Nothing is left to do: no incident is open.");
	return 0;
}

const struct command command_incident_next = {
	.name = "incident next",
	.group = "protect",
	.arguments = "",
	.summary = "name the entry to be changed next",
	.more = "Ends with 7 when there is one, with 0 when nothing is left.",
	.run = next_run,
};

static int close_run(struct session *session, const void *values, char *const *words,
                     struct error *err)
{
	struct incidents open = {0};
	int r = session_unlock(session, 0, err);

	(void)values;
	(void)words;
	if (r == 0)
		r = incidents_open(session, &open, err);
	session_close(session);
	if (r != 0)
		return r;
	if (open.count > 0) {
		error_set(err, VAULT_REFUSED,
		          "incident %u is not over: 'vault incident show' tells who still has to "
		          "change; 'vault incident dismiss' needs a reason for each",
		          open.numbers[0]);
		return VAULT_REFUSED;
	}
	report_note("No incident is open: each closes with its last entry.");
	return 0;
}

const struct command command_incident_close = {
	.name = "incident close",
	.group = "protect",
	.arguments = "",
	.summary = "tell whether all incidents are over",
	.more = "An incident closes by itself with the last entry that is changed or\n"
		"dismissed. Refused, with 8, while one is open.",
	.run = close_run,
};

static int dismiss_run(struct session *session, const void *values, char *const *words,
                       struct error *err)
{
	int r = session_unlock(session, 0, err);

	(void)values;
	if (r == 0)
		r = vault_incident_dismiss(session->vault, words[0], words[1], err);
	if (r != 0)
		return r;
	session_close(session);
	report_note("'%s' is dismissed.", words[0]);
	return 0;
}

const struct command command_incident_dismiss = {
	.name = "incident dismiss",
	.group = "protect",
	.arguments = "NAME REASON",
	.summary = "leave an entry as it is, for a reason",
	.min_words = 2,
	.max_words = 2,
	.takes = {WORD_ENTRY},
	.run = dismiss_run,
};
