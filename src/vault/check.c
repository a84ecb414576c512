/*
 * The check of everything, from the outside in: header copies, pages, SQLite's structure, tables,
 * entries, age.
 *
 * Pages come first, since one that does not authenticate spoils what follows: SQLCipher then
 * refuses every other page until the transaction ends, so that SQLite's own check complains of half
 * the database. What it says is told only when all pages are whole; otherwise each table is asked
 * by itself.
 *
 * A page that is free is not read by SQLite's check: when that finds all in order, damaged pages
 * are free ones. Only the pages that list free pages are read by it and hold nothing either; there
 * all tables are sound one by one. (The dbstat table could tell more directly what a page is for,
 * but stops at a damaged page, and is an option that not every SQLCipher is built with.)
 */
#include "vault/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/pages.h"
#include "store/schema.h"

#define SHOWN_MAX 50 /* damaged pages told one by one */

struct check {
	struct vault *vault;
	void (*each)(void *context, enum check_severity severity, const char *text);
	void *context;
	enum check_severity worst;
	uint32_t *pages; /* the damaged ones */
	size_t n_pages;
};

static void tell(struct check *check, enum check_severity severity, const char *format, ...)
	VAULT_PRINTF(3, 4);
static void tell(struct check *check, enum check_severity severity, const char *format, ...)
{
	char text[ERROR_MESSAGE_MAX + 128];
	va_list arguments;

	if (severity > check->worst)
		check->worst = severity;
	if (!check->each)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	check->each(check->context, severity, text);
}

/* Their MACs were verified when the vault was unlocked. */
static void check_header(struct check *check)
{
	const struct vault *vault = check->vault;

	if (vault->healed)
		tell(check, CHECK_WARNING,
		     "a header copy was damaged or old: it has been written anew from the other");
	for (int i = 0; i < HEADER_COPIES; i++)
		if (vault->copies[i] != COPY_INTACT)
			tell(check, CHECK_WARNING,
			     "header copy %c is %s and could not be written anew: the other one is"
			     " used",
			     'A' + i, vault->copies[i] == COPY_TORN ? "damaged" : "old");
}

/* ---- pages and structure ------------------------------------------------------------ */

static int add_page(void *context, uint32_t page, struct error *err)
{
	struct check *check = context;
	uint32_t *pages = realloc(check->pages, (check->n_pages + 1) * sizeof(*pages));

	if (!pages)
		return error_set(err, VAULT_FAILED, "out of memory");
	check->pages = pages;
	check->pages[check->n_pages++] = page;
	return 0;
}

static void tell_pages(struct check *check, enum check_severity severity, const char *what)
{
	for (size_t i = 0; i < check->n_pages && i < SHOWN_MAX; i++)
		tell(check, severity, "page %lu is damaged%s", (unsigned long)check->pages[i],
		     what);
	if (check->n_pages > SHOWN_MAX)
		tell(check, severity, "%zu more pages are damaged%s", check->n_pages - SHOWN_MAX,
		     what);
}

/* One row of SQLite's check may hold several lines, under a heading. */
static void tell_lines(struct check *check, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		if (length > 0 && strncmp(text, "***", 3) != 0)
			tell(check, CHECK_DAMAGE, "the database's structure is damaged: %.*s",
			     (int)length, text);
		text += length + (text[length] == '\n');
	}
}

static int check_structure(struct check *check, bool *ret_sound, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	struct error cause = {0};
	const char *text;
	int r = db_stmt(check->vault->db, SQL_INTEGRITY_CHECK, &stmt, &cause);

	*ret_sound = true;
	while (r == 0 && (r = stmt_step(stmt, &cause)) == 1) {
		text = stmt_text(stmt, 0);
		if (!text)
			return error_set(err, VAULT_FAILED, "out of memory");
		/* SQLite tells of this as of a fault in the file. 7 is SQLITE_NOMEM. */
		if (strstr(text, "error code=7"))
			return error_set(err, VAULT_FAILED, "out of memory");
		if (strcmp(text, "ok") != 0) {
			*ret_sound = false;
			if (check->n_pages == 0)
				tell_lines(check, text);
		}
		r = 0;
	}
	/* All pages are whole: then it is not the vault that is short of something. */
	if (r < 0 && cause.status != VAULT_DAMAGED && check->n_pages == 0)
		return error_set(err, cause.status, "%s", cause.message);
	if (r < 0) {
		*ret_sound = false;
		if (check->n_pages == 0)
			tell(check, CHECK_DAMAGE, "the database's structure cannot be read: %s",
			     cause.message);
	}
	return 0;
}

/* Damaged pages, and SQLite's check found fault: is it in a table or only in the list of free
 * pages? */
static int check_tables(struct check *check, struct error *err)
{
	static const struct {
		const char *table, *text;
	} tables[] = {
		{"state", "state"},      {"entry", "entries"}, {"password", "passwords"},
		{"field", "fields"},     {"digest", "digest"}, {"form", "forms"},
		{"variant", "variants"},
	};
	size_t unsound = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		bool sound = false;
		int r = pages_restart(check->vault->db, err);

		if (r == 0)
			r = pages_table_sound(check->vault->db, tables[i].table, &sound, err);
		if (r < 0)
			return r;
		unsound += !sound;
		if (!sound)
			tell(check, CHECK_DAMAGE,
			     "a part of the table of %s, or of an index of it, cannot be read",
			     tables[i].text);
	}
	if (unsound > 0)
		tell_pages(check, CHECK_DAMAGE, "");
	else
		tell_pages(
			check, CHECK_WARNING,
			", but it only lists free pages: nothing is lost. The vault may be unable"
			" to grow until "
			"'vault rekey' writes it anew");
	return 0;
}

static int check_pages(struct check *check, struct error *err)
{
	struct db *db = check->vault->db;
	bool sound = true;
	unsigned version;
	int r;

	pages_forget(db);
	r = db_begin_read(db, err);
	/* The first read is what begins it, and keeps writers away. */
	if (r == 0)
		r = schema_read_version(db, &version, err);
	if (r == 0)
		r = pages_check(db, add_page, check, err);
	if (r == 0)
		r = check_structure(check, &sound, err);
	if (r == 0 && sound)
		tell_pages(check, CHECK_WARNING, ", but it is free: nothing is lost");
	else if (r == 0 && check->n_pages > 0)
		r = check_tables(check, err);
	db_rollback(db);
	return r;
}

/* Tables and indexes are those a vault has; a trigger or a view is none of it. */
static int check_schema(struct check *check, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(check->vault->db, SQL_CHECK_SCHEMA, &stmt, err);

	if (r == 0)
		stmt_bind_int(stmt, 1, check->vault->schema);
	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		tell(check, CHECK_DAMAGE,
		     stmt_int(stmt, 0) ? "the database has a %s '%s' that no vault makes"
		                       : "the database lacks the %s '%s'",
		     stmt_text(stmt, 1), stmt_text(stmt, 2));
		r = 0;
	}
	return r;
}

/* ---- contents ----------------------------------------------------------------------- */

static void forward(void *context, enum check_severity severity, const char *text)
{
	tell(context, severity, "%s", text);
}

static void tell_sound(struct check *check)
{
	const struct state *state = &check->vault->state;
	uint64_t size = 0;

	(void)db_file_size(check->vault->db, &size, NULL);
	tell(check, CHECK_NOTE,
	     "%llu entries and %llu in the trash on %llu pages agree with the digest, generation"
	     " %llu",
	     (unsigned long long)state->entries, (unsigned long long)state->trashed,
	     (unsigned long long)(size > HEADER_AREA ? (size - HEADER_AREA) / DB_PAGE_BYTES : 0),
	     (unsigned long long)state->generation);
}

static int check_contents(struct check *check, struct error *err)
{
	struct vault *vault = check->vault;
	struct error cause = {0};
	size_t damaged = 0;
	int r = db_begin_read(vault->db, err);

	if (r < 0)
		return r;
	r = state_read(vault, false, &cause);
	if (r == 0)
		r = check_schema(check, &cause);
	if (r == 0)
		r = verify_all(vault, forward, check, &damaged, &cause);
	db_rollback(vault->db);
	if (r < 0 && (r == -VAULT_DAMAGED || check->worst == CHECK_DAMAGE))
		tell(check, CHECK_DAMAGE, "not every entry could be verified: %s", cause.message);
	else if (r < 0)
		return error_set(err, cause.status, "%s", cause.message);
	else if (damaged == 0)
		tell_sound(check);
	return 0;
}

static int check_age(struct check *check, struct error *err)
{
	const struct vault_rollback *rollback = &check->vault->rollback;
	struct witness witness;
	int r;

	if (rollback->detected)
		tell(check, CHECK_DAMAGE,
		     "this is not the newest file that was seen here: its contents are of"
		     " generation %llu, where %llu was "
		     "seen, its header is number %llu, where %llu was seen",
		     (unsigned long long)rollback->generation,
		     (unsigned long long)rollback->expected, (unsigned long long)rollback->sequence,
		     (unsigned long long)rollback->expected_sequence);
	if (check->vault->flags & VAULT_NO_WITNESS)
		return 0;
	r = witness_read(check->vault, &witness, err);
	if (r == 0 && !witness.found)
		tell(check, CHECK_NOTE,
		     "nothing here remembers how new the vault is: an older file in its place would"
		     " not be noticed");
	return r;
}

int vault_check(struct vault *vault,
                void (*each)(void *context, enum check_severity severity, const char *text),
                void *context, enum check_severity *ret_worst, struct error *err)
{
	struct check check = {.vault = vault, .each = each, .context = context};
	int r;

	if (!vault->keys)
		return error_set(err, VAULT_LOCKED, "the vault is locked");
	if (vault->batch)
		return error_set(err, VAULT_USAGE, "a check cannot be part of a batch of writes");
	check_header(&check);
	r = check_pages(&check, err);
	if (r == 0)
		r = check_contents(&check, err);
	/* What was not read cannot be called damaged. */
	if (db_read_failed(vault->db, err))
		r = -VAULT_FAILED;
	if (r == 0)
		r = check_age(&check, err);
	free(check.pages);
	*ret_worst = check.worst;
	return r;
}
