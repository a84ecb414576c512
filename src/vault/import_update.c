/* Takes what is new in an item whose entry is there. The newer of the two wins; what the other one
 * had is kept beside it. */
#include "base/span.h"
#include "vault/importing.h"
#include "vault/merging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/values.h"

/* ---- passwords ----------------------------------------------------------------------- */

static int compare_passwords(const void *a, const void *b)
{
	const struct item_password *first = a, *second = b;

	if ((first->until == 0) != (second->until == 0))
		return first->until == 0 ? 1 : -1;
	return first->since < second->since ? -1 : first->since > second->since;
}

static bool is_there(const struct record *record, struct span value)
{
	for (size_t i = 0; i < record->n_past; i++) {
		const struct secret *past = record->past[i].value;

		if (past && span_equal(secret_span(past), value))
			return true;
	}
	return false;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* All passwords of both, in order; the one in use is the newer's. One that the entry has had and
 * went back to is there once more. */
static size_t join_passwords(const struct record *record, const struct item *item, unsigned news,
                             struct item_password *joined)
{
	const struct item_password *last =
		item->n_passwords > 0 ? &item->passwords[item->n_passwords - 1] : NULL;
	bool replaces = news & NEWS_PASSWORD && !(news & NEWS_OLDER);
	int64_t now = now_seconds();
	size_t count = 0;

	for (size_t i = 0; i < record->n_past; i++) {
		const struct past *past = &record->past[i];
		struct item_password *to = &joined[count++];

		*to = (struct item_password){{past->value->bytes, past->value->length},
		                             past->since,
		                             past->until,
		                             past->reason};
		if (replaces && to->until == 0)
			to->until = later(last->since ? last->since : now, to->since);
	}
	for (size_t i = 0; i < item->n_passwords; i++) {
		struct item_password *to = &joined[count];

		if (is_there(record, item->passwords[i].value) &&
		    !(replaces && item->passwords[i].until == 0))
			continue;
		*to = item->passwords[i];
		to->since = to->since ? to->since : item->modified ? item->modified : now;
		if (to->until == 0 && !replaces)
			to->until = later(item->modified, to->since);
		count++;
	}
	qsort(joined, count, sizeof(*joined), compare_passwords);
	return count;
}

static int update_passwords(struct vault *vault, const struct record *record,
                            const struct item *item, unsigned news, struct error *err)
{
	FREE_AUTO struct item_password *joined =
		calloc(record->n_past + item->n_passwords + 1, sizeof(*joined));
	struct stmt *stmt = NULL;
	size_t count;
	int r;

	if (!joined)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < record->n_past; i++)
		if (!record->past[i].value)
			return error_set(err, VAULT_FAILED, "'%s' has a password that was erased",
			                 record->entry->name);
	count = join_passwords(record, item, news, joined);
	r = db_stmt(vault->db, SQL_PASSWORD_DELETE, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, record->id);
	r = stmt_run(stmt, err);
	if (r == 0)
		r = import_passwords(vault, record->id, joined, count, now_seconds(), NULL, err);
	for (size_t i = 0; i < count && r == 0; i++) {
		const struct secret borrowed = import_lend(&joined[i]);

		r = forms_write(vault, record->entry, record->id, (int64_t)i, &borrowed, err);
	}
	return r;
}

/* ---- fields -------------------------------------------------------------------------- */

/* The field of the entry that `field` would take the place of. */
static const struct field *rival_of(const struct entry *entry, const struct item_field *field)
{
	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *there = &entry->fields[i];
		bool custom = field_is_custom(there->kind);

		if (field_has_many(field->kind))
			continue;
		if (field->key ? there->key && strcmp(there->key, field->key) == 0 &&
		                         custom == (field->kind != FIELD_ATTACHMENT)
		               : there->kind == field->kind)
			return there;
	}
	return NULL;
}

/* Does the item have that value as "NAME (until DATE)"? */
static bool has_dated(const struct item *item, const char *name, struct span value)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < item->n_fields; i++) {
		const char *key = item->fields[i].key;

		if (key && strncmp(key, name, length) == 0 &&
		    strncmp(key + length, " (until ", 8) == 0 &&
		    span_equal(item->fields[i].value, value))
			return true;
	}
	return false;
}

/* Once is enough, and the one with a date says more. */
static int keep_earlier(struct entry *entry, const struct item *item, const char *name,
                        struct span value, bool attachment, struct error *err)
{
	if (!attachment && has_dated(item, name, value))
		return 0;
	return entry_keep_earlier(entry, name, value, attachment, err);
}

/* Puts a field in, or what it replaces aside. *news gets what came of it. */
static int update_field(struct entry *entry, const struct item *item,
                        const struct item_field *field, unsigned *news, struct error *err)
{
	const struct field *rival = rival_of(entry, field);
	size_t count = entry->n_fields;
	int r = 0;

	if (rival && span_equal(field_value(rival), field->value))
		return 0;
	/* Which entries share a password on purpose is not a stranger's to say. */
	if (rival && (*news & NEWS_OLDER || field->kind == FIELD_REALM)) {
		*news |= NEWS_KEPT;
		return 0;
	}
	if (rival)
		r = keep_earlier(entry, item,
		                 field->key ? field->key : entry_field_word(field->kind),
		                 field_value(rival), field->kind == FIELD_ATTACHMENT, err);
	if (r == 0 && field_is_secret(field->kind))
		r = entry_set_secret_value(entry, field->kind, field->key, field->value, err);
	else if (r == 0)
		r = entry_set_text(entry, field->kind, field->key, field->value.bytes, err);
	if (rival || entry->n_fields > count)
		*news |= NEWS_FIELDS;
	return r;
}

/* A password that either has had is no longer one to be. */
static bool is_past(const struct record *record, const struct item *item, struct span value)
{
	bool found = is_there(record, value);

	for (size_t i = 0; i < item->n_passwords && !found; i++)
		found = span_equal(item->passwords[i].value, value);
	return found;
}

static int update_fields(struct record *record, const struct item *item, unsigned *news,
                         struct error *err)
{
	const struct field *pending = entry_field(record->entry, "pending");
	int r = 0;

	if (pending && is_past(record, item, field_value(pending))) {
		entry_clear_kind(record->entry, FIELD_PENDING);
		*news |= NEWS_FIELDS;
	}
	for (size_t i = 0; i < item->n_fields && r == 0; i++)
		if (item->fields[i].kind != FIELD_PENDING ||
		    !is_past(record, item, item->fields[i].value))
			r = update_field(record->entry, item, &item->fields[i], news, err);
	return r;
}

static int update_user(struct entry *entry, const struct item *item, unsigned *news,
                       struct error *err)
{
	int r = 0;

	if (entry->user && *news & NEWS_OLDER) {
		*news = (*news & ~(unsigned)NEWS_USER) | NEWS_KEPT;
		return 0;
	}
	if (entry->user)
		r = keep_earlier(entry, item, "user", text_span(entry->user), false, err);
	return r == 0 ? entry_set_user(entry, item->user, err) : r;
}

static int write_update(struct vault *vault, struct record *record, const struct item *item,
                        unsigned news, struct error *err)
{
	int r = 0;

	if (news & (NEWS_PASSWORD | NEWS_HISTORY))
		r = update_passwords(vault, record, item, news, err);
	if (r < 0)
		return r;
	if (!(news & NEWS_OLDER))
		record->entry->modified = item->modified ? item->modified : now_seconds();
	r = record_write(vault, record, true, err);
	return r == 0 ? record_seal(vault, record->id, err) : r;
}

int import_update(struct vault *vault, const struct item *item, int64_t id, bool writes,
                  unsigned *news, struct error *err)
{
	RECORD_AUTO record = {0};
	int r = record_load(vault, id, WANT_SECRETS | WANT_HISTORY | WANT_PAST, &record, err);

	/* What differs is not all new: it is tried which of the fields are. */
	*news &= ~(unsigned)NEWS_FIELDS;
	if (r == 0 && *news & NEWS_USER)
		r = update_user(record.entry, item, news, err);
	if (r == 0)
		r = update_fields(&record, item, news, err);
	if (r < 0 || !writes || !(*news & NEWS_ANY))
		return r;
	return write_update(vault, &record, item, *news, err);
}
