/* A leak: which passwords it was, and the incident that it opens. */
#include <vault/incident.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "vault/internal.h"

#define TYPED "(typed)"

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

struct leaking {
	const struct leak *leak;
	struct record entry; /* the entry's, or one with the typed password as its only one */
	size_t *which;       /* of entry.past */
	size_t count;
	int64_t leaked;
	int64_t known_since;       /* as in struct incident */
	struct incident *incident; /* what came of it */
};

static int find_entry(struct vault *vault, const char *name, struct record *ret_record,
                      struct error *err)
{
	int64_t id = 0;
	int r = name_find(vault, name, &id, err);

	if (r == VAULT_NOT_FOUND)
		r = name_newest(vault, SQL_ENTRY_EVER, name, &id, err);
	if (r == VAULT_NOT_FOUND)
		error_set(err, VAULT_NOT_FOUND,
		          "no entry '%s', in the trash or erased neither; of one that was renamed "
		          "only the present name is known",
		          name);
	return r == 0 ? record_load(vault, id, WANT_HISTORY | WANT_PAST | WANT_SECRETS, ret_record,
	                            err)
	              : r;
}

/* A record as an entry's would be whose only password was typed. */
static int typed_entry(struct vault *vault, const struct leaking *leaking,
                       struct record *ret_record, struct error *err)
{
	RECORD_AUTO record = {.n_past = 1, .past = calloc(1, sizeof(*record.past))};
	int r;

	if (!record.past)
		return no_memory(err);
	record.past[0].since = leaking->leaked;
	r = entry_new(&record.entry, TYPED, err);
	if (r == 0)
		r = secret_copy(&record.past[0].value, leaking->leak->password->bytes,
		                leaking->leak->password->length, err);
	if (r < 0)
		return r;
	fingerprint_password(record.past[0].fingerprint, leaking->leak->password,
	                     vault->keys->fingerprint);
	*ret_record = record;
	record = (struct record){0};
	return 0;
}

/* Which of the entry's passwords leaked. */
static int choose(struct leaking *leaking, struct error *err)
{
	const struct leak *leak = leaking->leak;
	const struct record *entry = &leaking->entry;

	leaking->which = calloc(entry->n_past + 1, sizeof(size_t));
	if (!leaking->which)
		return no_memory(err);
	for (size_t i = 0; i < entry->n_past; i++) {
		const struct past *past = &entry->past[i];
		bool then = past->since < leak->until &&
		            (past->until == 0 || past->until >= leak->from);
		bool last = i == entry->n_past - 1;

		if (leak->from || leak->until ? then : last)
			leaking->which[leaking->count++] = i;
	}
	/* An entry that was typed or imported later than the account was made says nothing of the
	 * time before: to take the password for a newer one would leave it in use. */
	if (leaking->count == 0 && entry->n_past > 0 && leak->until <= entry->past[0].since) {
		leaking->known_since = entry->past[0].since;
		leaking->which[leaking->count++] = 0;
	}
	if (leaking->count > 0)
		return 0;
	error_set(err, VAULT_NOT_FOUND, "'%s' had no password then; 'vault history' tells when",
	          entry->entry->name);
	return VAULT_NOT_FOUND;
}

/* That a password leaked again is said by another day; no day says nothing. */
static bool is_of_day(const struct record *incident, const struct leak *leak)
{
	int64_t leaked = incident->entry->modified;

	if (leak->leaked == 0)
		return true;
	return leak->until ? leaked >= leak->from && leaked < leak->until : leaked == leak->leaked;
}

/* Is this incident about exactly these passwords, and that leak of them? */
static bool is_about(const struct record *incident, const struct leaking *leaking)
{
	if (incident->n_past != leaking->count || !is_of_day(incident, leaking->leak))
		return false;
	for (size_t i = 0; i < leaking->count; i++)
		if (!hash_equal(incident->past[i].fingerprint,
		                leaking->entry.past[leaking->which[i]].fingerprint,
		                FINGERPRINT_BYTES))
			return false;
	return true;
}

/* The incident of that leak of these passwords that there is already, perhaps over; 0: none. */
static int find_same(struct vault *vault, const struct leaking *leaking, int64_t *ret_id,
                     struct error *err)
{
	FREE_AUTO int64_t *all = NULL;
	size_t count = 0;
	int r = incident_ids(vault, SQL_INCIDENTS, &all, &count, err);

	for (size_t i = 0; i < count && r == 0; i++) {
		RECORD_AUTO record = {0};

		r = incident_load(vault, all[i], &record, err);
		if (r == 0 && is_about(&record, leaking))
			*ret_id = all[i];
	}
	return r;
}

static int write_incident(struct vault *vault, const struct leaking *leaking, int64_t *ret_id,
                          struct error *err)
{
	const struct record *from = &leaking->entry;
	const char *user = leaking->leak->user ? leaking->leak->user : from->entry->user;
	RECORD_AUTO record = {.revision = 1, .state = ENTRY_INCIDENT};
	int r = entry_new(&record.entry, from->entry->name, err);

	if (r == 0)
		r = entry_set_user(record.entry, user, err);
	if (r < 0)
		return r;
	crypto_random(record.uuid, sizeof(record.uuid));
	record.entry->created = now_seconds();
	record.entry->modified = leaking->leaked;
	r = record_write(vault, &record, true, err);
	for (size_t i = 0; i < leaking->count && r == 0; i++) {
		const struct past *past = &from->past[leaking->which[i]];

		r = record_write_fingerprint(vault, &record, past->fingerprint, past->since,
		                             leaking->leaked, err);
		if (r == 0 && past->value)
			r = forms_write(vault, from->entry, record.id, (int64_t)i, past->value,
			                err);
		else if (r == 0)
			r = forms_copy(vault, from->id, (int64_t)leaking->which[i], record.id,
			               (int64_t)i, err);
	}
	*ret_id = record.id;
	return r == 0 ? record_seal(vault, record.id, err) : r;
}

static bool tells_of(const struct entry *incident, const char *user)
{
	bool told = incident->user && strcasecmp(incident->user, user) == 0;

	for (size_t i = 0; i < incident->n_fields; i++)
		told |= incident->fields[i].kind == FIELD_TAG &&
		        strcasecmp(incident->fields[i].text, user) == 0;
	return told;
}

/* An incident that was there already is to tell of one more user. */
static int add_user(struct vault *vault, int64_t id, const char *user, struct error *err)
{
	RECORD_AUTO record = {0};
	int r = incident_load(vault, id, &record, err);

	if (r < 0 || tells_of(record.entry, user))
		return r;
	r = entry_set_text(record.entry, FIELD_TAG, NULL, user, err);
	if (r == 0)
		r = record_write(vault, &record, true, err);
	return r == 0 ? record_seal(vault, id, err) : r;
}

/* What no index finds later. A password that was typed is gone in a moment: what is like it is
 * compared with it now. */
static int keep_found(struct vault *vault, const struct secret *typed, int64_t id,
                      struct error *err)
{
	RECORD_AUTO record = {0};
	size_t n_fields;
	int r = incident_load(vault, id, &record, err);

	if (r < 0)
		return r;
	n_fields = record.entry->n_fields;
	r = radius_keep_pending(vault, &record, err);
	if (r == 0 && typed)
		r = radius_keep_variants(vault, typed, &record, err);
	if (r == 0 && record.entry->n_fields != n_fields)
		r = record_write(vault, &record, true, err);
	if (r == 0 && record.entry->n_fields != n_fields)
		r = record_seal(vault, id, err);
	return r;
}

static int number_of(struct vault *vault, int64_t id, unsigned *ret_number, struct error *err)
{
	FREE_AUTO int64_t *all = NULL;
	size_t count = 0;
	int r = incident_ids(vault, SQL_INCIDENTS, &all, &count, err);

	for (size_t i = 0; i < count; i++)
		if (all[i] == id)
			*ret_number = (unsigned)i + 1;
	return r;
}

static int leak(struct vault *vault, struct leaking *leaking, struct error *err)
{
	unsigned number = 0;
	int64_t id = 0;
	int r;

	leaking->leaked = leaking->leak->leaked ? leaking->leak->leaked : now_seconds();
	r = leaking->leak->name ? find_entry(vault, leaking->leak->name, &leaking->entry, err)
	                        : typed_entry(vault, leaking, &leaking->entry, err);
	if (r == 0)
		r = choose(leaking, err);
	if (r == 0)
		r = find_same(vault, leaking, &id, err);
	if (r == 0 && id == 0)
		r = write_incident(vault, leaking, &id, err);
	else if (r == 0 && leaking->leak->user && *leaking->leak->user)
		r = add_user(vault, id, leaking->leak->user, err);
	if (r == 0)
		r = keep_found(vault, leaking->leak->password, id, err);
	/* An incident that is over may have to be opened for what was found now. */
	if (r == 0)
		r = incidents_review(vault, err);
	if (r == 0)
		r = number_of(vault, id, &number, err);
	return r == 0 ? incident_read(vault, id, number, true, &leaking->incident, err) : r;
}

int vault_leak(struct vault *vault, const struct leak *what, struct incident **ret_incident,
               struct error *err)
{
	struct leaking leaking = {.leak = what};
	int r = write_begin(vault, err);

	if (r < 0)
		return r;
	r = leak(vault, &leaking, err);
	record_done(&leaking.entry);
	free(leaking.which);
	r = r == 0 ? write_commit(vault, err) : write_rollback(vault, r);
	if (r == 0) {
		leaking.incident->known_since = leaking.known_since;
		*ret_incident = leaking.incident;
	} else {
		incident_free(leaking.incident);
	}
	return r;
}
