/* The blast radius: whom an incident affects, and how far each of them is. */
#include <vault/consumer.h>

#include "vault/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/incident.h>
#include <vault/rotate.h>

#include "base/buf.h"
#include "base/uuid.h"
#include "vault/variant.h"

struct radius {
	struct vault *vault;
	const struct record *record; /* of the incident */
	struct incident *incident;
	size_t room;
};

static int add(struct radius *radius, const struct affected *affected, const char *name,
               struct error *err)
{
	struct incident *incident = radius->incident;
	struct affected *items =
		list_room(incident->items, incident->n_items, &radius->room, sizeof(*items));
	char *copy = name ? strdup(name) : NULL;

	if (items)
		incident->items = items;
	if (!items || !copy) {
		free(copy);
		return error_set(err, VAULT_FAILED, "out of memory");
	}
	items[incident->n_items] = *affected;
	items[incident->n_items++].name = copy;
	return 0;
}

/* Those that have, or had, a password: one that leaked (`how` 0), or a variant of one. */
static int add_partners(struct radius *radius, const unsigned char fingerprint[FINGERPRINT_BYTES],
                        unsigned how, struct error *err)
{
	const enum affected_kind now = how == 0 ? AFFECTED_SAME_NOW : AFFECTED_VARIANT_NOW;
	const enum affected_kind then = how == 0 ? AFFECTED_SAME_THEN : AFFECTED_VARIANT_THEN;
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(radius->vault->db, SQL_PASSWORD_PARTNERS, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_blob(stmt, 1, fingerprint, FINGERPRINT_BYTES);
	stmt_bind_int(stmt, 2, radius->record->id);
	while ((r = stmt_step(stmt, err)) == 1) {
		struct affected affected = {
			.id = stmt_int(stmt, 0),
			.state = (enum entry_state)stmt_int(stmt, 2),
			.kind = stmt_is_null(stmt, 4) ? now : then,
			.how = how,
			.since = stmt_int(stmt, 3),
			.until = stmt_is_null(stmt, 4) ? 0 : stmt_int(stmt, 4),
		};

		if (affected.state > ENTRY_PURGED)
			continue;
		r = add(radius, &affected, stmt_text(stmt, 1), err);
		if (r < 0)
			return r;
	}
	return r;
}

/* The variants of a burned password whose value is still somewhere in the vault; where it is not,
 * what its forms alone tell. */
static int find_variants(struct radius *radius, const struct past *burned, int64_t position,
                         struct conflicts *ret_conflicts, struct error *err)
{
	struct vault *vault = radius->vault;
	STMT_AUTO *stmt = NULL;
	ENTRY_AUTO *names = NULL;
	SECRET_AUTO *password = NULL;
	struct variant_forms forms;
	struct span value;
	const char *name;
	int r = db_stmt(vault->db, SQL_PASSWORD_KNOWN, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_blob(stmt, 1, burned->fingerprint, FINGERPRINT_BYTES);
	r = stmt_step(stmt, err);
	if (r < 0)
		return r;
	if (r == 0) {
		r = forms_read(vault, radius->record->id, position, &forms, err);
		return r == 0 ? relatives_by_forms(vault, &forms, radius->record->id, ret_conflicts,
		                                   err)
		              : r;
	}
	value = stmt_span(stmt, 3);
	name = stmt_text(stmt, 1);
	r = entry_names(vault, stmt_int(stmt, 0), name ? name : "", stmt_text(stmt, 2), &names,
	                err);
	if (r == 0)
		r = secret_copy(&password, value.bytes, value.length, err);
	stmt_done(stmt);
	stmt = NULL;
	return r == 0 ? relatives_find(vault, password, names, radius->record->id, false,
	                               ret_conflicts, err)
	              : r;
}

static int add_variants(struct radius *radius, const struct past *burned, int64_t position,
                        struct error *err)
{
	CONFLICTS_AUTO conflicts = {0};
	int r = find_variants(radius, burned, position, &conflicts, err);

	for (size_t i = 0; i < conflicts.count && r == 0; i++) {
		const struct conflict *conflict = &conflicts.items[i];
		const struct affected affected = {
			.id = conflict->id,
			.state = conflict->state,
			.kind = conflict->kind == CONFLICT_VARIANT_NOW ? AFFECTED_VARIANT_NOW
		                                                       : AFFECTED_VARIANT_THEN,
			.how = conflict->how,
			.since = conflict->since,
			.until = conflict->until,
		};

		r = add(radius, &affected, conflict->name, err);
	}
	return r;
}

/* ---- variants of a password that was typed ------------------------------------------ */

/* Which they are is found out while it is known (leak.c), and kept: a field whose key is a word and
 * the variant's fingerprint in hexadecimal, and whose value is what differs. */
#define VARIANT_WORD "variant "
#define HALF (DISMISSED_KEY_SIZE - 1)

static int keep_variant(struct vault *vault, struct entry *incident, const struct conflict *found,
                        struct error *err)
{
	RECORD_AUTO record = {0};
	char key[sizeof(VARIANT_WORD) + 2 * HALF] = VARIANT_WORD, how[16];
	int r = record_read(vault, found->id, WANT_HISTORY, &record, err);

	for (size_t i = 0; r == 0 && i < record.n_past; i++) {
		const struct past *past = &record.past[i];

		if (past->since != found->since || past->until != found->until)
			continue;
		dismissed_key(past->fingerprint, key + strlen(VARIANT_WORD));
		dismissed_key(past->fingerprint + FINGERPRINT_BYTES / 2,
		              key + strlen(VARIANT_WORD) + HALF);
		snprintf(how, sizeof(how), "%u", found->how);
		r = entry_set_text(incident, FIELD_TEXT, key, how, err);
	}
	return r;
}

int radius_keep_variants(struct vault *vault, const struct secret *typed, struct record *record,
                         struct error *err)
{
	CONFLICTS_AUTO conflicts = {0};
	int r = relatives_find(vault, typed, record->entry, record->id, false, &conflicts, err);

	for (size_t i = 0; i < conflicts.count && r == 0; i++)
		r = keep_variant(vault, record->entry, &conflicts.items[i], err);
	return r;
}

static int add_kept_variants(struct radius *radius, struct error *err)
{
	const struct entry *entry = radius->record->entry;
	int r = 0;

	for (size_t i = 0; i < entry->n_fields && r == 0; i++) {
		const struct field *field = &entry->fields[i];
		unsigned char fingerprint[FINGERPRINT_BYTES];
		const char *hex;

		if (!field->key || strncmp(field->key, VARIANT_WORD, strlen(VARIANT_WORD)) != 0)
			continue;
		hex = field->key + strlen(VARIANT_WORD);
		if (strlen(hex) == 2 * HALF && uuid_read(hex, HALF, fingerprint) &&
		    uuid_read(hex + HALF, HALF, fingerprint + FINGERPRINT_BYTES / 2))
			r = add_partners(radius, fingerprint,
			                 (unsigned)strtoul(field->text, NULL, 10), err);
	}
	return r;
}

/* ---- passwords to be ----------------------------------------------------------------- */

/* They are fields, which no index finds by their value: whose is burned is found out when the
 * incident begins, since the guard refuses a burned one later, and kept as a field of the incident,
 * whose key is a word and the entry's uuid in hexadecimal. */
#define PENDING_WORD "pending "

/* Reads the entry, and tells whether the password it is to have is one that leaked. */
static int is_pending(struct vault *vault, const struct record *incident, int64_t id,
                      struct record *ret_record, bool *ret_burned, struct error *err)
{
	unsigned char fingerprint[FINGERPRINT_BYTES];
	const struct secret *pending;
	int r = record_read(vault, id, WANT_SECRETS, ret_record, err);

	*ret_burned = false;
	if (r != 0)
		return r < 0 ? r : 0;
	pending = ret_record->state == ENTRY_LIVE ? rotate_pending(ret_record->entry) : NULL;
	if (!pending)
		return 0;
	fingerprint_password(fingerprint, pending, vault->keys->fingerprint);
	for (size_t i = 0; i < incident->n_past; i++)
		*ret_burned |=
			hash_equal(fingerprint, incident->past[i].fingerprint, FINGERPRINT_BYTES);
	return 0;
}

int radius_keep_pending(struct vault *vault, struct record *record, struct error *err)
{
	FREE_AUTO int64_t *ids = NULL;
	size_t count = 0;
	int r = incident_ids(vault, SQL_PENDING_IDS, &ids, &count, err);

	for (size_t i = 0; i < count && r == 0; i++) {
		char key[sizeof(PENDING_WORD) + DISMISSED_KEY_SIZE] = PENDING_WORD;
		RECORD_AUTO entry = {0};
		bool burned;

		r = is_pending(vault, record, ids[i], &entry, &burned, err);
		if (r < 0 || !burned)
			continue;
		dismissed_key(entry.uuid, key + strlen(PENDING_WORD));
		r = entry_set_text(record->entry, FIELD_TEXT, key, "burned", err);
	}
	return r;
}

static int add_pending(struct radius *radius, const unsigned char uuid[UUID_BYTES],
                       struct error *err)
{
	struct affected affected = {.kind = AFFECTED_PENDING};
	STMT_AUTO *stmt = NULL;
	RECORD_AUTO entry = {0};
	bool burned = false;
	int r = db_stmt(radius->vault->db, SQL_ENTRY_BY_UUID, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_blob(stmt, 1, uuid, UUID_BYTES);
	r = stmt_step(stmt, err);
	if (r <= 0)
		return r;
	affected.id = stmt_int(stmt, 0);
	r = is_pending(radius->vault, radius->record, affected.id, &entry, &burned, err);
	return r == 0 && burned ? add(radius, &affected, entry.entry->name, err) : r;
}

static int add_kept_pending(struct radius *radius, struct error *err)
{
	const struct entry *entry = radius->record->entry;
	int r = 0;

	for (size_t i = 0; i < entry->n_fields && r == 0; i++) {
		const char *key = entry->fields[i].key;
		unsigned char uuid[UUID_BYTES];

		if (!key || strncmp(key, PENDING_WORD, strlen(PENDING_WORD)) != 0)
			continue;
		key += strlen(PENDING_WORD);
		if (uuid_read(key, strlen(key), uuid))
			r = add_pending(radius, uuid, err);
	}
	return r;
}

static int add_user(struct radius *radius, const char *user, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(radius->vault->db, SQL_ENTRY_BY_USER, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_text(stmt, 1, user);
	while ((r = stmt_step(stmt, err)) == 1) {
		const struct affected affected = {.id = stmt_int(stmt, 0), .kind = AFFECTED_USER};

		r = add(radius, &affected, stmt_text(stmt, 1), err);
		if (r < 0)
			return r;
	}
	return r;
}

/* Of the user that the incident began with, and of those that were added (leak.c). */
static int add_same_user(struct radius *radius, struct error *err)
{
	const struct entry *entry = radius->record->entry;
	int r = entry->user ? add_user(radius, entry->user, err) : 0;

	for (size_t i = 0; i < entry->n_fields && r == 0; i++)
		if (entry->fields[i].kind == FIELD_TAG)
			r = add_user(radius, entry->fields[i].text, err);
	return r;
}

/* ---- one line for each entry -------------------------------------------------------- */

static bool in_use(const struct affected *affected)
{
	return affected->state == ENTRY_LIVE && affected->until == 0 &&
	       affected->kind != AFFECTED_USER;
}

static int compare_by_id(const void *left, const void *right)
{
	const struct affected *a = left, *b = right;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	if (in_use(a) != in_use(b))
		return in_use(a) ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->since != b->since)
		return a->since > b->since ? -1 : 1;
	return (a->how > b->how) - (a->how < b->how); /* VARIANT_UNKNOWN last */
}

static int compare_by_kind(const void *left, const void *right)
{
	const struct affected *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->state != b->state)
		return a->state < b->state ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* An entry stays once, for the worst that is to be said of it. */
static void keep_worst(struct incident *incident)
{
	size_t kept = 0;

	if (incident->n_items > 0)
		qsort(incident->items, incident->n_items, sizeof(*incident->items), compare_by_id);
	for (size_t i = 0; i < incident->n_items; i++) {
		if (kept > 0 && incident->items[kept - 1].id == incident->items[i].id)
			free(incident->items[i].name);
		else
			incident->items[kept++] = incident->items[i];
	}
	incident->n_items = kept;
	if (kept > 0)
		qsort(incident->items, kept, sizeof(*incident->items), compare_by_kind);
}

/* ---- progress ----------------------------------------------------------------------- */

static int set_progress(struct radius *radius, struct affected *affected, struct error *err)
{
	RECORD_AUTO record = {0};
	const struct field *dismissed;
	char key[DISMISSED_KEY_SIZE];
	bool changed = affected->until >= radius->incident->opened && affected->state == ENTRY_LIVE;
	int r;

	if (!changed && !in_use(affected)) {
		affected->progress = AFFECTED_TOLD;
		return 0;
	}
	r = record_read(radius->vault, affected->id, WANT_HISTORY, &record, err);
	if (r != 0)
		return r < 0 ? r
		             : error_set(err, VAULT_DAMAGED,
		                         "an entry is missing: see 'vault "
		                         "check'");
	affected->changed = changed ? affected->until : 0;
	affected->behind = changed ? consumers_behind(record.entry) : 0;
	if (changed && affected->behind == 0) {
		affected->progress = AFFECTED_DONE;
		return 0;
	}
	dismissed = entry_field(radius->record->entry, dismissed_key(record.uuid, key));
	affected->progress = dismissed ? AFFECTED_DISMISSED : AFFECTED_OPEN;
	radius->incident->n_open += !dismissed;
	if (!dismissed)
		return 0;
	affected->reason = strdup(dismissed->text);
	return affected->reason ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

int radius_find(struct vault *vault, const struct record *record, bool told,
                struct incident *incident, struct error *err)
{
	struct radius radius = {.vault = vault, .record = record, .incident = incident};
	int r = 0;

	for (size_t i = 0; i < record->n_past && r == 0; i++) {
		r = add_partners(&radius, record->past[i].fingerprint, 0, err);
		if (r == 0)
			r = add_variants(&radius, &record->past[i], (int64_t)i, err);
	}
	if (r == 0)
		r = add_kept_variants(&radius, err);
	if (r == 0)
		r = add_kept_pending(&radius, err);
	if (r == 0 && told)
		r = add_same_user(&radius, err);
	if (r < 0)
		return r;
	keep_worst(incident);
	for (size_t i = 0; i < incident->n_items && r == 0; i++)
		r = set_progress(&radius, &incident->items[i], err);
	return r;
}
