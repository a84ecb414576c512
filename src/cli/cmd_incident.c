#include <inttypes.h>
#include <stdlib.h>

#include <vault/incident.h>

#include "commands.h"
#include "dates.h"
#include "incidents.h"
#include "output.h"
#include "report.h"

struct list {
	struct session *session;
	struct json json;
	size_t count;
};

static void list_line(const struct incident *incident)
{
	char title[INCIDENT_TITLE_SIZE], day[DATE_DAY_SIZE];

	output_format("%3u  ", incident->number);
	output_text(incident_title(incident, title));
	if (incident->closed)
		output_format("; closed on %s\n", date_day(incident->closed, day));
	else
		output_format("; open since %s\n", date_day(incident->opened, day));
}

static void list_json(struct json *json, const struct incident *incident)
{
	json_put_object(json, NULL);
	json_put_number(json, "incident", incident->number);
	json_put_string(json, "service", incident->service);
	json_put_time(json, "leaked", incident->leaked);
	json_put_time(json, "opened", incident->opened);
	json_put_time(json, "closed", incident->closed);
	json_close(json);
}

static int list_one(void *context, const struct incident *incident)
{
	struct list *list = context;

	list->count++;
	if (list->session->global.json)
		list_json(&list->json, incident);
	else
		list_line(incident);
	return 0;
}

static int list_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	struct list list = {.session = session};
	int r = session_unlock(session, 0, err);

	(void)values;
	(void)words;
	if (r != 0)
		return r;
	if (session->global.json) {
		json_put_object(&list.json, NULL);
		json_put_array(&list.json, "incidents");
	}
	r = vault_incidents(session->vault, list_one, &list, err);
	session_close(session);
	if (r != 0)
		return r;
	if (session->global.json) {
		json_close(&list.json);
		json_close(&list.json);
	} else if (list.count == 0) {
		report_note("There never was an incident.");
	}
	return 0;
}

const struct command command_incident_list = {
	.name = "incident list",
	.group = "protect",
	.arguments = "",
	.summary = "list the leaks that were worked off, or are",
	.run = list_run,
};

/* ---- show --------------------------------------------------------------------------- */

static int read_number(const char *word, unsigned *ret_number, struct error *err)
{
	char *end;
	unsigned long number = strtoul(word, &end, 10);

	if (*end || end == word || number < 1 || number > 1000000)
		return error_set(err, VAULT_USAGE,
		                 "'%s' is no number of an incident; 'vault incident list' has them",
		                 word);
	*ret_number = (unsigned)number;
	return 0;
}

static int show_one(struct session *session, struct json *json, struct chain *chain,
                    unsigned number, bool first, struct error *err)
{
	INCIDENT_AUTO *incident = NULL;
	int r = vault_incident(session->vault, number, &incident, err);

	if (r != 0)
		return r;
	if (session->global.json) {
		incident_report_json(json, NULL, incident, chain);
		return 0;
	}
	if (!first)
		output_string("\n");
	incident_report_text(incident, chain);
	return 0;
}

static int show_all(struct session *session, const struct incidents *open, struct error *err)
{
	struct json json = {0};
	CHAIN_AUTO *chain = NULL;
	int r = chain_make(session->vault, &chain, err);

	if (r < 0)
		return r;
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_array(&json, "incidents");
	}
	for (size_t i = 0; i < open->count && r == 0; i++)
		r = show_one(session, &json, chain, open->numbers[i], i == 0, err);
	if (r == 0 && session->global.json) {
		json_close(&json);
		json_close(&json);
	}
	return r;
}

static int show_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	struct incidents open = {0};
	int r = words[0] ? read_number(words[0], &open.numbers[0], err) : 0;

	(void)values;
	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0 && words[0])
		open.count = 1;
	else if (r == 0)
		r = incidents_open(session, &open, err);
	if (r == 0)
		r = show_all(session, &open, err);
	session_close(session);
	if (r == 0 && open.count == 0)
		report_note("No incident is open.");
	return r;
}

const struct command command_incident_show = {
	.name = "incident show",
	.group = "protect",
	.arguments = "[NUMBER]",
	.summary = "tell who is affected, and what is left to do",
	.more = "Without a number: every incident that is open. Nothing secret is in it.",
	.max_words = 1,
	.run = show_run,
};
