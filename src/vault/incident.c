/*
 * Incidents. One is a row of `entry` with a state of its own: name (the service), user, created
 * (opened), modified (the date of the leak), trashed (closed). Its passwords are the burned ones:
 * fingerprint and forms, no value, `until` the date of the leak. Its fields are the entries that
 * were dismissed, by uuid, and why; its tags are further users. How one begins is in leak.c.
 */
#include <vault/incident.h>

#include <stdlib.h>
#include <string.h>

#include <vault/text.h>

#include "vault/internal.h"

void incident_free(struct incident *incident)
{
	if (!incident)
		return;
	for (size_t i = 0; i < incident->n_items; i++) {
		free(incident->items[i].name);
		free(incident->items[i].reason);
	}
	free(incident->items);
	free(incident->service);
	free(incident);
}

void incident_freep(struct incident **incident)
{
	incident_free(*incident);
}

const char *dismissed_key(const unsigned char uuid[16], char key[DISMISSED_KEY_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 16; i++) {
		key[2 * i] = digits[uuid[i] >> 4];
		key[2 * i + 1] = digits[uuid[i] & 15];
	}
	key[32] = '\0';
	return key;
}

/* ---- reading ------------------------------------------------------------------------ */

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

int incident_load(struct vault *vault, int64_t id, struct record *ret_record, struct error *err)
{
	int r = record_load(vault, id, WANT_HISTORY, ret_record, err);

	if (r == VAULT_NOT_FOUND)
		return error_set(err, VAULT_DAMAGED, "an incident is missing: see 'vault check'");
	return r;
}

static int new_incident(const struct record *record, unsigned number,
                        struct incident **ret_incident, struct error *err)
{
	const struct entry *entry = record->entry;
	INCIDENT_AUTO *incident = calloc(1, sizeof(*incident));

	if (!incident)
		return no_memory(err);
	incident->id = record->id;
	incident->number = number;
	incident->opened = entry->created;
	incident->leaked = entry->modified;
	incident->closed = entry->trashed;
	incident->service = strdup(entry->name);
	if (!incident->service)
		return no_memory(err);
	*ret_incident = incident;
	incident = NULL;
	return 0;
}

int incident_ids(struct vault *vault, enum sql which, int64_t **ret_ids, size_t *ret_count,
                 struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, which, &stmt, err);

	return r < 0 ? r : stmt_numbers(stmt, ret_ids, ret_count, err);
}

int incident_read(struct vault *vault, int64_t id, unsigned number, bool told,
                  struct incident **ret_incident, struct error *err)
{
	RECORD_AUTO record = {0};
	INCIDENT_AUTO *incident = NULL;
	int r = incident_load(vault, id, &record, err);

	if (r == 0)
		r = new_incident(&record, number, &incident, err);
	if (r == 0)
		r = radius_find(vault, &record, told, incident, err);
	if (r < 0)
		return r;
	*ret_incident = incident;
	incident = NULL;
	return 0;
}

int vault_incidents(struct vault *vault, int (*each)(void *context, const struct incident *),
                    void *context, struct error *err)
{
	FREE_AUTO int64_t *all = NULL;
	size_t count = 0;
	int r = read_begin(vault, err);

	if (r < 0)
		return r;
	r = incident_ids(vault, SQL_INCIDENTS, &all, &count, err);
	for (size_t i = 0; i < count && r == 0; i++) {
		RECORD_AUTO record = {0};
		INCIDENT_AUTO *incident = NULL;

		r = incident_load(vault, all[i], &record, err);
		if (r == 0)
			r = new_incident(&record, (unsigned)i + 1, &incident, err);
		if (r == 0)
			r = each(context, incident);
	}
	read_end(vault);
	return r;
}

int vault_incidents_open(struct vault *vault, size_t *ret_count, struct error *err)
{
	FREE_AUTO int64_t *open = NULL;
	int r = read_begin(vault, err);

	if (r < 0)
		return r;
	r = incident_ids(vault, SQL_INCIDENTS_OPEN, &open, ret_count, err);
	read_end(vault);
	return r;
}

static int find_number(struct vault *vault, unsigned number, int64_t *ret_id, struct error *err)
{
	FREE_AUTO int64_t *all = NULL;
	size_t count = 0;
	int r = incident_ids(vault, SQL_INCIDENTS, &all, &count, err);

	if (r < 0)
		return r;
	if (number < 1 || number > count) {
		error_set(err, VAULT_NOT_FOUND,
		          "there is no incident %u; 'vault incident list' names them", number);
		return VAULT_NOT_FOUND;
	}
	*ret_id = all[number - 1];
	return 0;
}

int vault_incident(struct vault *vault, unsigned number, struct incident **ret_incident,
                   struct error *err)
{
	int64_t id = 0;
	int r = read_begin(vault, err);

	if (r < 0)
		return r;
	r = find_number(vault, number, &id, err);
	if (r == 0)
		r = incident_read(vault, id, number, true, ret_incident, err);
	read_end(vault);
	return r;
}

/* ---- going on ----------------------------------------------------------------------- */

static int store(struct vault *vault, struct record *record, bool fields, struct error *err)
{
	int r = record_write(vault, record, fields, err);

	return r == 0 ? record_seal(vault, record->id, err) : r;
}

static int reopen(struct vault *vault, int64_t id, struct error *err)
{
	RECORD_AUTO record = {0};
	int r = incident_load(vault, id, &record, err);

	if (r < 0 || record.entry->trashed == 0)
		return r;
	record.entry->trashed = 0;
	return store(vault, &record, false, err);
}

/* Opens or closes it, as it is. */
static int review(struct vault *vault, int64_t id, struct error *err)
{
	RECORD_AUTO record = {0};
	INCIDENT_AUTO *incident = NULL;
	int r = incident_load(vault, id, &record, err);

	if (r == 0)
		r = new_incident(&record, 0, &incident, err);
	if (r == 0)
		r = radius_find(vault, &record, false, incident, err);
	if (r < 0 || (incident->n_open > 0) == (incident->closed == 0))
		return r;
	record.entry->trashed = incident->n_open > 0 ? 0 : now_seconds();
	return store(vault, &record, false, err);
}

int incidents_settle(struct vault *vault, const struct conflicts *conflicts, struct error *err)
{
	FREE_AUTO int64_t *open = NULL;
	size_t count = 0;
	int r = 0;

	for (size_t i = 0; conflicts && i < conflicts->count && r == 0; i++)
		if (conflicts->items[i].state == ENTRY_INCIDENT)
			r = reopen(vault, conflicts->items[i].id, err);
	if (r == 0)
		r = incident_ids(vault, SQL_INCIDENTS_OPEN, &open, &count, err);
	for (size_t i = 0; i < count && r == 0; i++)
		r = review(vault, open[i], err);
	return r;
}

/* Where the password was to be in one copy, and leaked in another, neither could know. */
static int find_pending(struct vault *vault, int64_t id, struct error *err)
{
	RECORD_AUTO record = {0};
	size_t n_fields;
	int r = incident_load(vault, id, &record, err);

	if (r < 0)
		return r;
	n_fields = record.entry->n_fields;
	r = radius_keep_pending(vault, &record, err);
	return r == 0 && record.entry->n_fields > n_fields ? store(vault, &record, true, err) : r;
}

int incidents_review(struct vault *vault, struct error *err)
{
	FREE_AUTO int64_t *all = NULL, *pending = NULL;
	size_t count = 0, n_pending = 0;
	int r = incident_ids(vault, SQL_INCIDENTS, &all, &count, err);

	if (r == 0 && count > 0)
		r = ways_write(vault, err);
	if (r == 0 && count > 0)
		r = incident_ids(vault, SQL_PENDING_IDS, &pending, &n_pending, err);
	for (size_t i = 0; i < count && r == 0; i++) {
		r = n_pending > 0 ? find_pending(vault, all[i], err) : 0;
		if (r == 0)
			r = review(vault, all[i], err);
	}
	return r;
}

/* Is the entry still open in the incident? */
static bool is_open(const struct incident *incident, int64_t id)
{
	for (size_t i = 0; i < incident->n_items; i++)
		if (incident->items[i].id == id)
			return incident->items[i].progress == AFFECTED_OPEN;
	return false;
}

static int dismiss_in(struct vault *vault, int64_t id, const struct record *entry,
                      const char *reason, bool *ret_any, struct error *err)
{
	RECORD_AUTO record = {0};
	INCIDENT_AUTO *incident = NULL;
	char key[DISMISSED_KEY_SIZE];
	int r = incident_load(vault, id, &record, err);

	if (r == 0)
		r = new_incident(&record, 0, &incident, err);
	if (r == 0)
		r = radius_find(vault, &record, false, incident, err);
	if (r < 0 || !is_open(incident, entry->id))
		return r;
	*ret_any = true;
	r = entry_set_text(record.entry, FIELD_TEXT, dismissed_key(entry->uuid, key), reason, err);
	return r == 0 ? store(vault, &record, true, err) : r;
}

static int dismiss(struct vault *vault, const char *name, const char *reason, struct error *err)
{
	RECORD_AUTO entry = {0};
	FREE_AUTO int64_t *open = NULL;
	size_t count = 0;
	int64_t id = 0;
	bool any = false;
	int r = name_find(vault, name, &id, err);

	if (r == VAULT_NOT_FOUND)
		error_set(err, VAULT_NOT_FOUND, "no entry '%s'", name);
	if (r == 0)
		r = record_load(vault, id, 0, &entry, err);
	if (r == 0)
		r = incident_ids(vault, SQL_INCIDENTS_OPEN, &open, &count, err);
	for (size_t i = 0; i < count && r == 0; i++)
		r = dismiss_in(vault, open[i], &entry, reason, &any, err);
	if (r == 0 && !any) {
		error_set(err, VAULT_NOT_FOUND, "'%s' is not open in any incident", name);
		return VAULT_NOT_FOUND;
	}
	return r == 0 ? incidents_settle(vault, NULL, err) : r;
}

int vault_incident_dismiss(struct vault *vault, const char *name, const char *reason,
                           struct error *err)
{
	int r;

	if (!*reason || strlen(reason) > FIELD_TEXT_MAX ||
	    !text_is_printable(reason, strlen(reason)))
		return error_set(err, VAULT_USAGE, "a reason must be a line of text");
	r = write_begin(vault, err);
	if (r < 0)
		return r;
	r = dismiss(vault, name, reason, err);
	return r == 0 ? write_commit(vault, err) : write_rollback(vault, r);
}
