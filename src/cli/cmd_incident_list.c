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
