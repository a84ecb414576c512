/* Every way entries are read: one, a list, a history. */
#include "vault/internal.h"

#include <stdlib.h>
#include <string.h>

#include <vault/text.h>

static int not_found(const char *name, struct error *err)
{
	error_set(err, VAULT_NOT_FOUND, "no entry '%s'", name);
	return VAULT_NOT_FOUND;
}

/* One entry in a transaction of its own. */
static int load_named(struct vault *vault, const char *name, unsigned want,
                      struct record *ret_record, struct error *err)
{
	int64_t id = 0;
	int r = read_begin(vault, err);

	if (r < 0)
		return r;
	r = name_find(vault, name, &id, err);
	if (r == VAULT_NOT_FOUND)
		r = not_found(name, err);
	if (r == 0)
		r = record_load(vault, id, want, ret_record, err);
	read_end(vault);
	return r;
}

int vault_get(struct vault *vault, const char *name, struct entry **ret_entry, struct error *err)
{
	RECORD_AUTO record = {0};
	int r = load_named(vault, name, WANT_SECRETS, &record, err);

	*ret_entry = record.entry;
	record.entry = NULL;
	return r;
}

int vault_has(struct vault *vault, const char *name, bool *ret_there, struct error *err)
{
	FREE_AUTO char *normal = NULL;
	int r = text_name(name, &normal, err);

	if (r == 0)
		r = read_begin(vault, err);
	if (r < 0)
		return r;
	r = name_taken(vault, normal, ret_there, err);
	read_end(vault);
	return r;
}

int vault_history(struct vault *vault, const char *name, bool reveal,
                  int (*each)(void *context, const struct history_item *item), void *context,
                  struct error *err)
{
	RECORD_AUTO record = {0};
	int r = load_named(vault, name, WANT_HISTORY | (reveal ? WANT_PAST : 0), &record, err);

	for (size_t i = record.n_past; i-- > 0 && r == 0;) {
		const struct past *past = &record.past[i];
		struct history_item item = {
			.since = past->since,
			.until = past->until,
			.password = past->value,
			.reuse_reason = past->reason,
		};

		r = each(context, &item);
	}
	return r;
}

static bool has_tags(const struct list_filter *filter)
{
	return filter->tags && filter->tags[0];
}

static enum sql list_statement(const struct list_filter *filter)
{
	if (has_tags(filter))
		return filter->details ? SQL_ENTRY_DETAILS_TAGGED : SQL_ENTRY_NAMES_TAGGED;
	return filter->details ? SQL_ENTRY_DETAILS : SQL_ENTRY_NAMES;
}

static int matches(const char *pattern, const char *name, bool *ret_matches, struct error *err)
{
	FREE_AUTO char *folded = NULL;
	int r = text_fold(name, &folded, err);

	if (r == 0)
		*ret_matches = text_match(pattern, folded);
	return r;
}

/* The first tag is what the rows were looked up by; has the entry the others, too? */
static int has_other_tags(struct vault *vault, const struct list_filter *filter, int64_t id,
                          bool *ret_matches, struct error *err)
{
	int r;

	for (size_t i = 1; *ret_matches && filter->tags[i]; i++) {
		STMT_AUTO *stmt = NULL;

		r = db_stmt(vault->db, SQL_FIELD_TAGGED, &stmt, err);
		if (r < 0)
			return r;
		stmt_bind_int(stmt, 1, id);
		stmt_bind_blob(stmt, 2, filter->tags[i], strlen(filter->tags[i]));
		r = stmt_step(stmt, err);
		if (r < 0)
			return r;
		*ret_matches = r == 1;
	}
	return 0;
}

static int list_row(struct vault *vault, const struct list_filter *filter, const char *pattern,
                    struct stmt *stmt, int (*each)(void *context, const struct list_item *item),
                    void *context, struct error *err)
{
	struct list_item item = {.name = stmt_text(stmt, 0)};
	bool wanted = true;
	int r = pattern ? matches(pattern, item.name, &wanted, err) : 0;

	if (r == 0 && has_tags(filter))
		r = has_other_tags(vault, filter, stmt_int(stmt, 1), &wanted, err);
	if (r < 0 || !wanted)
		return r;
	if (filter->details) {
		item.user = stmt_text(stmt, 2);
		item.created = stmt_int(stmt, 3);
		item.modified = stmt_int(stmt, 4);
		item.password_since = stmt_int(stmt, 5);
	}
	return each(context, &item);
}

int vault_list(struct vault *vault, const struct list_filter *filter,
               int (*each)(void *context, const struct list_item *item), void *context,
               struct error *err)
{
	FREE_AUTO char *pattern = NULL;
	STMT_AUTO *stmt = NULL;
	int r = filter->pattern ? text_fold(filter->pattern, &pattern, err) : 0;

	if (r == 0)
		r = read_begin(vault, err);
	if (r < 0)
		return r;
	r = db_stmt(vault->db, list_statement(filter), &stmt, err);
	if (r == 0 && has_tags(filter))
		stmt_bind_blob(stmt, 1, filter->tags[0], strlen(filter->tags[0]));
	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		r = list_row(vault, filter, pattern, stmt, each, context, err);
		if (r != 0)
			break;
	}
	stmt_done(stmt);
	read_end(vault);
	return r;
}

/* The rows from `prefix` on, as far as they begin with it. Tags are stored as blobs. */
static int list_range(struct vault *vault, enum sql which, const char *prefix,
                      int (*each)(void *context, const char *text), void *context,
                      struct error *err)
{
	size_t length = strlen(prefix);
	STMT_AUTO *stmt = NULL;
	int r = read_begin(vault, err);

	if (r < 0)
		return r;
	r = db_stmt(vault->db, which, &stmt, err);
	if (r == 0 && which == SQL_TAGS_FROM)
		stmt_bind_blob(stmt, 1, prefix, length);
	else if (r == 0)
		stmt_bind_text(stmt, 1, prefix);
	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		const char *text = stmt_text(stmt, 0);
		bool inside = text && strncmp(text, prefix, length) == 0;
		r = inside ? each(context, text) : 0;
		if (r != 0 || !inside)
			break;
	}
	stmt_done(stmt);
	read_end(vault);
	return r;
}

int vault_names(struct vault *vault, const char *prefix,
                int (*each)(void *context, const char *name), void *context, struct error *err)
{
	return list_range(vault, SQL_ENTRY_NAMES_FROM, prefix, each, context, err);
}

int vault_tags(struct vault *vault, const char *prefix, int (*each)(void *context, const char *tag),
               void *context, struct error *err)
{
	return list_range(vault, SQL_TAGS_FROM, prefix, each, context, err);
}

int vault_urls(struct vault *vault, int (*each)(void *context, const char *name, const char *url),
               void *context, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = read_begin(vault, err);

	if (r < 0)
		return r;
	r = db_stmt(vault->db, SQL_ENTRY_URLS, &stmt, err);
	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		const char *name = stmt_text(stmt, 0), *url = stmt_text(stmt, 1);
		r = name && url ? each(context, name, url)
		                : error_set(err, VAULT_FAILED, "out of memory");
		if (r != 0)
			break;
	}
	stmt_done(stmt);
	read_end(vault);
	return r;
}
