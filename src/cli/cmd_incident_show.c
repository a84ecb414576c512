#include <stdlib.h>

#include <vault/chain.h>
#include <vault/incident.h>

#include "commands.h"
#include "html.h"
#include "incidents.h"
#include "output.h"
#include "report.h"

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

struct show_values {
	bool html;
};

static const struct option_spec show_options[] = {
	OPTION_FLAG(struct show_values, html, 0, "html",
                    "as one page of HTML, to print or to send"),
	OPTIONS_END,
};

struct show {
	struct session *session;
	bool html;
	struct json json;
	struct chain *chain;
};

static void show_begin(struct show *show)
{
	if (show->html)
		html_page("Incidents");
	if (show->html || !show->session->global.json)
		return;
	json_put_object(&show->json, NULL);
	json_put_array(&show->json, "incidents");
}

static void show_end(struct show *show)
{
	if (show->html)
		html_end();
	if (show->html || !show->session->global.json)
		return;
	json_close(&show->json);
	json_close(&show->json);
}

static int show_one(struct show *show, unsigned number, bool first, struct error *err)
{
	INCIDENT_AUTO *incident = NULL;
	int r = vault_incident(show->session->vault, number, &incident, err);

	if (r != 0)
		return r;
	if (show->html) {
		incident_html(incident, show->chain);
	} else if (show->session->global.json) {
		incident_report_json(&show->json, NULL, incident, show->chain);
	} else {
		if (!first)
			output_string("\n");
		incident_report_text(incident, show->chain);
	}
	return 0;
}

static int show_all(struct show *show, const struct incidents *open, struct error *err)
{
	CHAIN_AUTO *chain = NULL;
	int r = open->count > 0 ? chain_make(show->session->vault, &chain, err) : 0;

	if (r < 0)
		return r;
	show->chain = chain;
	show_begin(show);
	for (size_t i = 0; i < open->count && r == 0; i++)
		r = show_one(show, open->numbers[i], i == 0, err);
	if (r == 0)
		show_end(show);
	return r;
}

static int show_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct show_values *given = values;
	struct show show = {.session = session, .html = given->html};
	struct incidents open = {0};
	int r = words[0] ? read_number(words[0], &open.numbers[0], err) : 0;

	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0 && words[0])
		open.count = 1;
	else if (r == 0)
		r = incidents_open(session, &open, err);
	if (r == 0)
		r = show_all(&show, &open, err);
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
	.options = show_options,
	.values_size = sizeof(struct show_values),
	.max_words = 1,
	.takes = {WORD_INCIDENT},
	.run = show_run,
};
