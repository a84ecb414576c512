/* An item whose entry is there: what is new in it? */
#include "base/span.h"
#include "vault/importing.h"

#include <stdlib.h>
#include <string.h>

#include "vault/values.h"

#define OTHER_NAMES_MAX 100 /* looked at, of those that came of one name */

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* ---- is it this one? ----------------------------------------------------------------- */

static bool has_url(const struct item *item, const struct span *url)
{
	for (size_t i = 0; i < item->n_fields; i++)
		if (item->fields[i].kind == FIELD_URL &&
		    (!url || span_equal(item->fields[i].value, *url)))
			return true;
	return false;
}

static bool url_points(const struct item *item)
{
	for (size_t i = 0; i < item->n_fields; i++)
		if (item->fields[i].kind == FIELD_URL && import_points(item, item->fields[i].value))
			return true;
	return false;
}

static int shares_url(struct vault *vault, const struct item *item, int64_t id, bool *ret_shares,
                      struct error *err)
{
	STMT_AUTO *stmt = NULL;
	bool any = false, same = false;
	int r = db_stmt(vault->db, SQL_FIELD_READ, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	while ((r = stmt_step(stmt, err)) == 1) {
		struct span url = stmt_span(stmt, 2);

		if (stmt_int(stmt, 0) != FIELD_URL)
			continue;
		any = true;
		same |= has_url(item, &url) || url_points(item);
	}
	*ret_shares = same || (!any && !has_url(item, NULL));
	return r;
}

static void fingerprint_of(const struct vault *vault, struct span value,
                           unsigned char fingerprint[FINGERPRINT_BYTES])
{
	hash_bytes(fingerprint, value.bytes, value.length, vault->keys->fingerprint);
}

/* Is the item's password in use the entry's? */
static int shares_password(struct vault *vault, const struct item *item, int64_t id,
                           bool *ret_shares, struct error *err)
{
	const struct item_password *last =
		item->n_passwords > 0 ? &item->passwords[item->n_passwords - 1] : NULL;
	unsigned char wanted[FINGERPRINT_BYTES];
	STMT_AUTO *stmt = NULL;
	int r;

	*ret_shares = false;
	if (!last || last->until > 0)
		return 0;
	fingerprint_of(vault, last->value, wanted);
	r = db_stmt(vault->db, SQL_PASSWORD_READ, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	while ((r = stmt_step(stmt, err)) == 1)
		*ret_shares |= stmt_is_null(stmt, 2) &&
		               span_equal(stmt_span(stmt, 4),
		                          (struct span){(const char *)wanted, sizeof(wanted)});
	return r;
}

/* Has it the item's user? Where that stands in another entry, the password decides, unless it
 * does, too. `user`: the entry's. */
static int shares_user(struct vault *vault, const struct item *item, int64_t id, const char *user,
                       bool *ret_shares, struct error *err)
{
	const struct item_password *last =
		item->n_passwords > 0 ? &item->passwords[item->n_passwords - 1] : NULL;

	*ret_shares = same_text(user, item->user);
	if (*ret_shares || !user || !item->user || !import_points(item, text_span(item->user)))
		return 0;
	*ret_shares = last && import_points(item, last->value);
	return *ret_shares ? 0 : shares_password(vault, item, id, ret_shares, err);
}

/* The entry that an item may be. */
struct candidate {
	int64_t id; /* 0: none */
	unsigned char uuid[ITEM_UUID_BYTES];
	bool certain; /* it has the item's password */
};

/* VAULT_NOT_FOUND: no entry has that name. Otherwise *ret_id says whether it is the item's, and
 * *ret_met whether it was met. */
static int known_as(struct vault *vault, const struct item *item, const char *name, int64_t *ret_id,
                    unsigned char ret_uuid[ITEM_UUID_BYTES], bool *ret_met, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	struct span uuid;
	int64_t id = 0;
	bool same = false;
	int r = name_exact(vault, name, &id, err);

	if (r == 0)
		r = entry_row(vault, id, &stmt, err);
	if (r != 1)
		return r;
	uuid = stmt_span(stmt, 0);
	if (uuid.length != ITEM_UUID_BYTES)
		return 0;
	memcpy(ret_uuid, uuid.bytes, ITEM_UUID_BYTES);
	*ret_met = identity_was_met(vault, ret_uuid);
	if (*ret_met)
		return 0;
	r = shares_user(vault, item, id, stmt_text(stmt, 4), &same, err);
	if (r < 0 || !same)
		return r;
	r = shares_url(vault, item, id, &same, err);
	if (r == 0 && same)
		*ret_id = id;
	return r;
}

/* Looks at one of the names that came of `name`. */
static int known_by(struct vault *vault, const struct item *item, const char *name, uint64_t number,
                    struct candidate *best, bool *ret_met, struct error *err)
{
	unsigned char uuid[ITEM_UUID_BYTES];
	FREE_AUTO char *other = NULL;
	int64_t id = 0;
	int r = import_other_name(name, item->user, number, &other, err);

	*ret_met = false;
	if (r == 0 && other)
		r = known_as(vault, item, other, &id, uuid, ret_met, err);
	if (r == 0 && id)
		r = shares_password(vault, item, id, &best->certain, err);
	if (r == 0 && id && (best->certain || !best->id)) {
		best->id = id;
		memcpy(best->uuid, uuid, ITEM_UUID_BYTES);
	}
	return r;
}

/* Looks at the names that came of `name` because it was taken, but those whose entries were met.
 * The first one stays, unless one of the others has the item's password. */
static int known_otherwise(struct vault *vault, const struct item *item, const char *name,
                           struct candidate *best, struct error *err)
{
	struct import_numbers *numbers;
	bool met = false;
	uint64_t end;
	int r = best->id ? shares_password(vault, item, best->id, &best->certain, err) : 0;

	if (r == 0 && !best->certain)
		r = known_by(vault, item, name, 1, best, &met, err);
	if (r == 0 || r == VAULT_NOT_FOUND)
		r = import_numbers(vault, name, &numbers, err);
	if (r < 0)
		return r;
	end = numbers->met + OTHER_NAMES_MAX;
	for (uint64_t number = numbers->met + 1; number <= end && r == 0 && !best->certain;
	     number++) {
		r = known_by(vault, item, name, number, best, &met, err);
		if (r == 0 && met && number == numbers->met + 1)
			numbers->met = number;
	}
	return r == VAULT_NOT_FOUND ? 0 : r;
}

int import_known(struct vault *vault, const struct item *item, int64_t *ret_id,
                 unsigned char ret_uuid[ITEM_UUID_BYTES], struct error *err)
{
	FREE_AUTO char *name = NULL;
	struct candidate best = {0};
	bool met;
	int r = text_name(item->name, &name, err);

	*ret_id = 0;
	if (r == 0)
		r = known_as(vault, item, name, &best.id, best.uuid, &met, err);
	if (r == 0 && !item->has_uuid)
		r = known_otherwise(vault, item, name, &best, err);
	if (r < 0)
		return r;
	*ret_id = best.id;
	memcpy(ret_uuid, best.uuid, ITEM_UUID_BYTES);
	return 0;
}

/* ---- what is new --------------------------------------------------------------------- */

/* What the passwords of an entry say of those of an item. */
struct meeting {
	unsigned char *wanted; /* a fingerprint of each of the item */
	unsigned char *found;  /* 1: the entry has it */
	int64_t in_use_since;  /* of the entry's own */
	bool is_in_use;        /* the item's is the entry's */
};

static int meet_passwords(struct vault *vault, const struct item *item, int64_t id,
                          struct meeting *meeting, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_PASSWORD_READ, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	while ((r = stmt_step(stmt, err)) == 1) {
		struct span there = stmt_span(stmt, 4);
		bool in_use = stmt_is_null(stmt, 2);

		if (in_use)
			meeting->in_use_since = stmt_int(stmt, 1);
		for (size_t i = 0; i < item->n_passwords; i++) {
			if (there.length != FINGERPRINT_BYTES ||
			    memcmp(meeting->wanted + i * FINGERPRINT_BYTES, there.bytes,
			           FINGERPRINT_BYTES) != 0)
				continue;
			meeting->found[i] = 1;
			meeting->is_in_use |= in_use && item->passwords[i].until == 0;
		}
	}
	return r;
}

/* Was a password that the entry has had made the one in use again, after its own came to be?
 * Without a date nobody can tell, and what was replaced once is not taken back. */
static bool went_back(const struct item *item, const struct meeting *meeting, unsigned news)
{
	const struct item_password *last = &item->passwords[item->n_passwords - 1];
	int64_t since = last->since ? last->since : item->modified;

	return last->until == 0 && !meeting->is_in_use && news & NEWS_NEWER &&
	       since > meeting->in_use_since;
}

static int password_news(struct vault *vault, const struct item *item, int64_t id,
                         unsigned *ret_news, struct error *err)
{
	FREE_AUTO unsigned char *wanted = calloc(item->n_passwords + 1, FINGERPRINT_BYTES + 1);
	struct meeting meeting = {.wanted = wanted};
	int r;

	if (!wanted)
		return error_set(err, VAULT_FAILED, "out of memory");
	meeting.found = wanted + item->n_passwords * FINGERPRINT_BYTES;
	for (size_t i = 0; i < item->n_passwords; i++)
		fingerprint_of(vault, item->passwords[i].value, wanted + i * FINGERPRINT_BYTES);
	r = meet_passwords(vault, item, id, &meeting, err);
	for (size_t i = 0; i < item->n_passwords; i++)
		if (!meeting.found[i])
			*ret_news |= item->passwords[i].until ? NEWS_HISTORY : NEWS_PASSWORD;
	if (item->n_passwords > 0 && went_back(item, &meeting, *ret_news))
		*ret_news |= NEWS_PASSWORD;
	return r;
}

struct item_field import_field_there(struct stmt *stmt)
{
	return (struct item_field){(enum field_kind)stmt_int(stmt, 0), stmt_text(stmt, 1),
	                           stmt_span(stmt, 2)};
}

bool import_same_place(const struct item_field *a, const struct item_field *b)
{
	return (a->kind == b->kind || (field_is_custom(a->kind) && field_is_custom(b->kind))) &&
	       same_text(a->key, b->key);
}

static bool same_field(const struct item_field *a, const struct item_field *b)
{
	return span_equal(a->value, b->value) && import_same_place(a, b);
}

static int field_news(struct vault *vault, const struct item *item, int64_t id, unsigned *ret_news,
                      struct error *err)
{
	bool found[ENTRY_FIELDS_MAX] = {false};
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_FIELD_READ, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	while ((r = stmt_step(stmt, err)) == 1) {
		const struct item_field there = import_field_there(stmt);

		for (size_t i = 0; i < item->n_fields; i++)
			found[i] |= same_field(&item->fields[i], &there);
	}
	for (size_t i = 0; i < item->n_fields; i++)
		if (!found[i])
			*ret_news |= NEWS_FIELDS;
	return r;
}

static int entry_news(struct vault *vault, const struct item *item, int64_t id, unsigned *ret_news,
                      struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = entry_row(vault, id, &stmt, err);

	if (r <= 0)
		return r < 0 ? r : error_set(err, VAULT_FAILED, "an entry is gone");
	if (item->user && !same_text(item->user, stmt_text(stmt, 4)))
		*ret_news |= NEWS_USER;
	if (item->modified && item->modified < stmt_int(stmt, 6))
		*ret_news |= NEWS_OLDER;
	if (item->modified > stmt_int(stmt, 6))
		*ret_news |= NEWS_NEWER;
	return 0;
}

int import_news(struct vault *vault, const struct item *item, int64_t id, unsigned *ret_news,
                struct error *err)
{
	int r;

	*ret_news = 0;
	r = entry_news(vault, item, id, ret_news, err);
	if (r == 0)
		r = password_news(vault, item, id, ret_news, err);
	return r == 0 ? field_news(vault, item, id, ret_news, err) : r;
}
