#include <time.h>

#include <vault/incident.h>

#include "commands.h"
#include "dates.h"
#include "incidents.h"
#include "prompt.h"
#include "report.h"

struct leak_values {
	const char *on, *user;
	bool password, stdin_wanted;
};

static const struct option_spec leak_options[] = {
	OPTION_TEXT(struct leak_values, on, 0, "on", "DATE",
                    "every password it had on that day; else the one in use"),
	OPTION_TEXT(struct leak_values, user, 'u', "user", "USER",
                    "tell of entries with this user name or address, not with its own"),
	OPTION_TEXT(struct leak_values, user, 0, "email", "ADDRESS", "the same"),
	OPTION_FLAG(struct leak_values, password, 0, "password",
                    "ask for the password that leaked; it is not stored"),
	OPTION_FLAG(struct leak_values, stdin_wanted, 0, "stdin",
                    "with --password: read it from standard input, up to the first newline"),
	OPTIONS_END,
};

static int check_usage(const struct leak_values *values, const char *name, struct error *err)
{
	if (!name == !values->password)
		return error_set(err, VAULT_USAGE,
		                 "say what leaked: the name of an entry, or --password");
	if (values->password && values->on)
		return error_set(err, VAULT_USAGE,
		                 "--on chooses among the passwords of an entry: give its name");
	if (values->stdin_wanted && !values->password)
		return error_set(err, VAULT_USAGE, "--stdin goes with --password");
	return 0;
}

/* Today is the last day of the calendar here, which can be a day off from that of the service. */
static int read_day(const char *text, struct leak *leak, struct error *err)
{
	int r = date_read_day(text, &leak->from, &leak->until, err);

	if (r == 0 && leak->from > time(NULL))
		return error_set(err, VAULT_USAGE,
		                 "'%s' is yet to come: --on says when it leaked, today at the "
		                 "latest",
		                 text);
	leak->leaked = leak->from;
	return r;
}

static int read_password(const struct leak_values *values, struct secret **ret_password,
                         struct error *err)
{
	int r;

	if (!values->password)
		return 0;
	r = values->stdin_wanted
	            ? secret_read_line(0, PASSWORD_MAX, ret_password, err)
	            : prompt_secret("Password that leaked: ", PASSWORD_MAX, ret_password, err);
	if (r < 0)
		return r;
	if (r > 0 || (*ret_password)->length == 0)
		return error_set(err, VAULT_USAGE, "there is no password");
	return 0;
}

static int tell(const struct session *session, const struct incident *incident, struct chain *chain)
{
	struct json json = {0};

	if (session->global.json)
		incident_report_json(&json, NULL, incident, chain);
	else
		incident_report_text(incident, chain);
	if (incident->n_open > 0)
		report_note("'vault incident next' goes through them. What leaked is refused from "
		            "now on.");
	else
		report_note("Nobody has to change it now. What leaked is refused from now on.");
	return incident->n_open > 0 ? VAULT_FINDINGS : 0;
}

static void warn_of_age(const struct incident *incident)
{
	char day[DATE_DAY_SIZE];

	if (incident->known_since)
		report_warning("the vault knows nothing of '%s' before %s: the first password it "
		               "knows is taken for the one that leaked",
		               incident->service, date_day(incident->known_since, day));
}

static int leak_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct leak_values *given = values;
	SECRET_AUTO *password = NULL;
	INCIDENT_AUTO *incident = NULL;
	CHAIN_AUTO *chain = NULL;
	struct leak leak = {.name = words[0], .user = given->user};
	int r = check_usage(given, words[0], err);

	if (r == 0 && given->on)
		r = read_day(given->on, &leak, err);
	if (r == 0)
		r = read_password(given, &password, err);
	leak.password = password;
	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0)
		r = vault_leak(session->vault, &leak, &incident, err);
	if (r == 0 && incident->n_open > 0)
		r = chain_make(session->vault, &chain, err);
	if (r != 0)
		return r;
	session_close(session);
	warn_of_age(incident);
	return tell(session, incident, chain);
}

const struct command command_leak = {
	.name = "leak",
	.group = "protect",
	.arguments = "NAME",
	.summary = "burn a password that leaked, and tell who is hit",
	.more = "Opens an incident, which stays open until every entry that has the password\n"
		"or a variant of it got another one, or was dismissed with a reason. NAME may\n"
		"be an entry that was deleted. Ends with 7 when an entry has to be changed.",
	.options = leak_options,
	.values_size = sizeof(struct leak_values),
	.max_words = 1,
	.takes = {WORD_ENTRY},
	.run = leak_run,
};
