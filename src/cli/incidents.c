#include "incidents.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "dates.h"
#include "output.h"
#include "report.h"
#include "results.h"

#define NAME_COLUMNS 32

static const struct {
	const char *name, *heading;
} kinds[] = {
	[AFFECTED_SAME_NOW] = {"same-now", "The leaked password is in use"},
	[AFFECTED_PENDING] = {"pending", "The leaked password is to be the next one"},
	[AFFECTED_SAME_THEN] = {"same-then", "The leaked password was in use"},
	[AFFECTED_VARIANT_NOW] = {"variant-now", "A variant of it is in use"},
	[AFFECTED_VARIANT_THEN] = {"variant-then", "A variant of it was in use"},
	[AFFECTED_USER] = {"user", "The same user name"},
};

static const char *const progress[] = {
	[AFFECTED_OPEN] = "open",
	[AFFECTED_DONE] = "done",
	[AFFECTED_DISMISSED] = "dismissed",
	[AFFECTED_TOLD] = "told",
};

const char *incident_title(const struct incident *incident, char text[INCIDENT_TITLE_SIZE])
{
	char day[DATE_DAY_SIZE];

	snprintf(text, INCIDENT_TITLE_SIZE, "%s, leaked on %s", incident->service,
	         date_day(incident->leaked, day));
	return text;
}

const char *incident_kind(enum affected_kind kind)
{
	return kinds[kind].heading;
}

char *incident_sentence(const struct affected *item)
{
	char span[DATE_SPAN_SIZE], day[DATE_DAY_SIZE], words[VARIANT_WORDS_SIZE];
	const char *where = item->state == ENTRY_TRASHED  ? "; in the trash"
	                    : item->state == ENTRY_PURGED ? "; deleted"
	                                                  : "";
	bool dismissed = item->progress == AFFECTED_DISMISSED;
	bool done = item->changed != 0;
	char *text = NULL;

	if (item->kind == AFFECTED_USER)
		text = strdup("");
	else if (item->kind == AFFECTED_PENDING)
		text = strdup(dismissed ? item->reason : "must not be taken");
	else if (asprintf(&text, "%s%s%s%s%s%s%s%s",
	                  item->how ? variant_words(item->how, words) : "", item->how ? "; " : "",
	                  date_span(item->since, item->until, span), where,
	                  done ? "; changed on " : "", done ? date_day(item->changed, day) : "",
	                  dismissed ? "; dismissed: " : "", dismissed ? item->reason : "") < 0)
		text = NULL;
	if (!text)
		output_fail(ENOMEM);
	return text;
}

static void print_item(const struct affected *item)
{
	FREE_AUTO char *text = incident_sentence(item);
	char name[RESULT_NAME_SIZE];

	output_string("  ");
	if (text && *text) {
		output_padded(item->name, NAME_COLUMNS);
		output_sentence(text, NAME_COLUMNS + 2);
	} else {
		output_text(item->name);
	}
	output_string("\n");
	if (item->progress == AFFECTED_OPEN && item->behind > 0)
		output_format("    → vault where %.900s (%zu to be given the new password)\n",
		              result_shell_name(item->name, name), item->behind);
	else if (item->progress == AFFECTED_OPEN)
		output_format("    → vault rotate %s%.900s\n",
		              item->kind == AFFECTED_PENDING ? "--abort " : "",
		              result_shell_name(item->name, name));
}

/* ---- what falls with them ----------------------------------------------------------- */

struct falls {
	const struct incident *incident;
	const struct affected *hub;
	incident_fall *each;
	void *context;
};

/* Whoever is told of for a reason of its own is not told of again. */
static bool is_told(const struct incident *incident, const char *name)
{
	for (size_t i = 0; i < incident->n_items; i++)
		if (incident->items[i].kind != AFFECTED_USER &&
		    strcmp(incident->items[i].name, name) == 0)
			return true;
	return false;
}

static int tell_fall(void *context, const struct chain_link *link)
{
	struct falls *falls = context;

	return is_told(falls->incident, link->entry->name)
	               ? 0
	               : falls->each(falls->context, link, falls->hub);
}

void incident_falls(const struct incident *incident, struct chain *chain, incident_fall *each,
                    void *context)
{
	for (size_t i = 0; i < incident->n_items; i++) {
		const struct affected *item = &incident->items[i];
		const struct chain_entry *hub = NULL;
		struct falls falls = {incident, item, each, context};

		if (item->progress == AFFECTED_OPEN && item->behind == 0)
			hub = chain_find(chain, item->name);
		if (hub && chain_falls(chain, hub, tell_fall, &falls, NULL) != 0)
			output_fail(ENOMEM);
	}
}

static int print_fall(void *context, const struct chain_link *link, const struct affected *hub)
{
	const struct affected **last = context;

	if (*last != hub) {
		output_string("\nCan be reset through ");
		output_text(hub->name);
		output_string("\n");
	}
	*last = hub;
	output_string("  ");
	output_text(link->entry->name);
	output_string("\n");
	return 0;
}

static int json_fall(void *context, const struct chain_link *link, const struct affected *hub)
{
	struct json *json = context;

	json_put_object(json, NULL);
	json_put_string(json, "name", link->entry->name);
	json_put_string(json, "via", link->via->name);
	json_put_string(json, "hub", hub->name);
	json_close(json);
	return 0;
}

const char *incident_left(const struct incident *incident, char text[INCIDENT_LEFT_SIZE])
{
	char behind[INCIDENT_LEFT_SIZE / 2] = "";
	size_t n_behind = 0, n_open;

	for (size_t i = 0; i < incident->n_items; i++)
		n_behind += incident->items[i].progress == AFFECTED_OPEN &&
		            incident->items[i].behind > 0;
	n_open = incident->n_open - n_behind;
	if (n_behind > 0)
		snprintf(behind, sizeof(behind), "%zu %s changed but not everywhere", n_behind,
		         n_behind == 1 ? "is" : "are");
	if (n_open == 0 && n_behind > 0)
		snprintf(text, INCIDENT_LEFT_SIZE, "%s", behind);
	else
		snprintf(text, INCIDENT_LEFT_SIZE, "%zu %s another password%s%s", n_open,
		         n_open == 1 ? "entry needs" : "entries need", n_behind > 0 ? ", " : "",
		         behind);
	return text;
}

/* ---- the report --------------------------------------------------------------------- */

void incident_report_text(const struct incident *incident, struct chain *chain)
{
	char title[INCIDENT_TITLE_SIZE], day[DATE_DAY_SIZE], left[INCIDENT_LEFT_SIZE];
	const struct affected *last = NULL;

	output_format("Incident %u: ", incident->number);
	output_text(incident_title(incident, title));
	if (incident->closed)
		output_format("; closed on %s\n", date_day(incident->closed, day));
	else
		output_format("; %s\n", incident_left(incident, left));
	for (size_t i = 0; i < incident->n_items; i++) {
		const struct affected *item = &incident->items[i];

		if (i == 0 || item->kind != incident->items[i - 1].kind)
			output_format("\n%s\n", kinds[item->kind].heading);
		print_item(item);
	}
	incident_falls(incident, chain, print_fall, &last);
}

static void json_item(struct json *json, const struct affected *item)
{
	char words[VARIANT_WORDS_SIZE];

	json_put_object(json, NULL);
	json_put_string(json, "name", item->name);
	json_put_string(json, "state", entry_state_name(item->state));
	json_put_string(json, "kind", kinds[item->kind].name);
	if (item->how)
		json_put_string(json, "differs", variant_words(item->how, words));
	json_put_time(json, "since", item->since);
	json_put_time(json, "until", item->until);
	json_put_string(json, "progress", progress[item->progress]);
	if (item->changed)
		json_put_time(json, "changed", item->changed);
	if (item->behind)
		json_put_number(json, "behind", (int64_t)item->behind);
	if (item->progress == AFFECTED_DISMISSED)
		json_put_string(json, "reason", item->reason);
	json_close(json);
}

void incident_report_json(struct json *json, const char *key, const struct incident *incident,
                          struct chain *chain)
{
	json_put_object(json, key);
	json_put_number(json, "incident", incident->number);
	json_put_string(json, "service", incident->service);
	json_put_time(json, "leaked", incident->leaked);
	json_put_time(json, "opened", incident->opened);
	json_put_time(json, "closed", incident->closed);
	json_put_number(json, "open", (int64_t)incident->n_open);
	json_put_time(json, "known_since", incident->known_since);
	json_put_array(json, "affected");
	for (size_t i = 0; i < incident->n_items; i++)
		json_item(json, &incident->items[i]);
	json_close(json);
	json_put_array(json, "falls");
	incident_falls(incident, chain, json_fall, json);
	json_close(json);
	json_close(json);
}

static int keep_open(void *context, const struct incident *incident)
{
	struct incidents *open = context;

	if (!incident->closed && open->count < sizeof(open->numbers) / sizeof(open->numbers[0]))
		open->numbers[open->count++] = incident->number;
	return 0;
}

int incidents_open(struct session *session, struct incidents *ret_open, struct error *err)
{
	ret_open->count = 0;
	return vault_incidents(session->vault, keep_open, ret_open, err);
}

/* The first entry of an incident that is open; NULL: none is. */
static const struct affected *first_open(const struct incident *incident, bool behind_too)
{
	for (size_t i = 0; i < incident->n_items; i++)
		if (incident->items[i].progress == AFFECTED_OPEN &&
		    (behind_too || incident->items[i].behind == 0))
			return &incident->items[i];
	return NULL;
}

int incident_next(struct session *session, unsigned *ret_number, char **ret_name,
                  size_t *ret_behind, struct error *err)
{
	struct incidents open = {0};
	int r = incidents_open(session, &open, err);

	for (size_t i = 0; i < open.count && r == 0; i++) {
		INCIDENT_AUTO *incident = NULL;
		const struct affected *first;

		r = vault_incident(session->vault, open.numbers[i], &incident, err);
		first = r == 0 ? first_open(incident, ret_behind != NULL) : NULL;
		if (!first)
			continue;
		*ret_number = incident->number;
		*ret_name = strdup(first->name);
		if (ret_behind)
			*ret_behind = first->behind;
		return *ret_name ? 0 : error_set(err, VAULT_FAILED, "out of memory");
	}
	return r == 0 ? VAULT_NOT_FOUND : r;
}

void incident_remind(const struct session *session)
{
	size_t open = 0;

	if (session->global.json || !isatty(STDERR_FILENO) ||
	    vault_incidents_open(session->vault, &open, NULL) != 0 || open == 0)
		return;
	report_note(open == 1
	                    ? "An incident is open: 'vault incident show' tells what to change."
	                    : "%zu incidents are open: 'vault incident show' tells what to change.",
	            open);
}
