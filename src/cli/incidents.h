/*
 * Incidents for people and for programs, and which of them are open. Nothing secret is in any.
 */
#ifndef CLI_INCIDENTS_H
#define CLI_INCIDENTS_H

#include <stddef.h>

#include <vault/chain.h>
#include <vault/incident.h>

#include "json.h"
#include "session.h"

/* The numbers of those that are open; of more than fit the first ones. The vault is unlocked. */
struct incidents {
	unsigned numbers[1024];
	size_t count;
};

int incidents_open(struct session *session, struct incidents *ret_open, struct error *err);

/* The entry that has to be seen to first, and the incident's number. Gives the name, free(3).
 * *ret_behind: how many who type its password have not got the new one; 0: it has none yet. NULL:
 * such entries do not count. VAULT_NOT_FOUND (> 0, no message): there is none. The vault is
 * unlocked. */
int incident_next(struct session *session, unsigned *ret_number, char **ret_name,
                  size_t *ret_behind, struct error *err);

/* Everything that is known of it: who is affected, worst first, what is to be done, and by `chain`
 * (which is changed, but as before afterwards) what falls with those that are still open; where
 * nobody is, it may be NULL, here and below. */
void incident_report_text(const struct incident *incident, struct chain *chain);
void incident_report_json(struct json *json, const char *key, const struct incident *incident,
                          struct chain *chain);

/* The same as a part of a page: html_page before, html_end after it. */
void incident_html(const struct incident *incident, struct chain *chain);

/* Why an entry is affected; what differs, since when, and what became of it. free(3). */
const char *incident_kind(enum affected_kind kind);
char *incident_sentence(const struct affected *item);

/* What can be reset through the entries that are still open, without those that are affected for a
 * reason of their own. */
typedef int incident_fall(void *context, const struct chain_link *link, const struct affected *hub);
void incident_falls(const struct incident *incident, struct chain *chain, incident_fall *each,
                    void *context);

/* "shop, leaked on 2026-11-20" */
#define INCIDENT_TITLE_SIZE 512
const char *incident_title(const struct incident *incident, char text[INCIDENT_TITLE_SIZE]);

/* "2 entries need another password, 1 is changed but not everywhere"; of one that is open. */
#define INCIDENT_LEFT_SIZE 128
const char *incident_left(const struct incident *incident, char text[INCIDENT_LEFT_SIZE]);

/* One line while an incident is open, for somebody at a terminal: on standard error. The vault is
 * unlocked. A failure to find out is not one of the command. */
void incident_remind(const struct session *session);

#endif
