/* Incidents as one page: to print, or to send to whom it concerns. */
#include <errno.h>
#include <stdio.h>

#include "cleanup.h"
#include "dates.h"
#include "html.h"
#include "incidents.h"
#include "output.h"

static void put_item(const struct affected *item)
{
	FREE_AUTO char *text = incident_sentence(item);

	html_row();
	html_cell(item->name);
	html_cell(incident_kind(item->kind));
	html_cell(text ? text : "");
	html_cell(item->progress != AFFECTED_OPEN ? ""
	          : item->behind > 0              ? "who uses it needs the new one"
	                                          : "to be changed");
	html_row_end();
}

static int put_fall(void *context, const struct chain_link *link, const struct affected *hub)
{
	(void)context;
	html_row();
	html_cell(link->entry->name);
	html_cell(hub->name);
	html_row_end();
	return 0;
}

void incident_html(const struct incident *incident, struct chain *chain)
{
	static const char *const affected[] = {"Entry", "Why", "What and when", "Left to do", NULL};
	static const char *const falls[] = {"Entry", "Can be reset through", NULL};
	char title[INCIDENT_TITLE_SIZE], day[DATE_DAY_SIZE], left[INCIDENT_LEFT_SIZE];
	FREE_AUTO char *state = NULL;

	html_heading(incident_title(incident, title));
	if (incident->closed ? asprintf(&state, "Incident %u, closed on %s", incident->number,
	                                date_day(incident->closed, day)) < 0
	                     : asprintf(&state, "Incident %u, open: %s", incident->number,
	                                incident_left(incident, left)) < 0)
		output_fail(ENOMEM);
	output_string("<p>");
	html_text(state ? state : "");
	output_string("</p>\n");
	html_table(affected);
	for (size_t i = 0; i < incident->n_items; i++)
		put_item(&incident->items[i]);
	html_table_end();
	html_table(falls);
	incident_falls(incident, chain, put_fall, NULL);
	html_table_end();
}
