/* Rows of a CSV become items: by the table of a program's columns, or by the user's map. */
#include "format/csv_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/span.h"
#include "format/csv.h"
#include "format/csv_cell.h"
#include "format/emit.h"

static void copy_key(char key[FIELD_KEY_MAX + 1], struct span span)
{
	size_t length = span.length < FIELD_KEY_MAX ? span.length : FIELD_KEY_MAX;

	if (length > 0)
		memcpy(key, span.bytes, length);
	key[length] = '\0';
}

static int take_row(const struct csv_kind *kind, const struct csv *csv,
                    const struct csv_role *roles, size_t n_roles, struct emit *emit,
                    struct error *err)
{
	static const char empty[] = "";
	struct span user_too = {NULL, 0};
	const char *key = "";
	bool has_user = false;
	int r = 0;

	emit_begin(emit);
	for (size_t i = 0; i < csv->n_cells; i++) {
		struct span cell = csv->cells[i];

		if (i < n_roles && roles[i].what == COLUMN_USER_TOO) {
			user_too = cell;
			key = roles[i].key;
		} else if (i < n_roles) {
			csv_take_cell(kind, emit, &roles[i], cell.bytes ? cell : span_of(empty));
		} else if (cell.length > 0) {
			return error_set(err, VAULT_USAGE,
			                 "line %zu: more cells than the first line has columns",
			                 csv->line);
		}
		has_user |= i < n_roles && roles[i].what == COLUMN_USER && cell.length > 0;
	}
	csv_take_user_too(emit, key, user_too, has_user);
	r = emit_end(emit, err);
	emit_progress(emit, (size_t)(csv->p - csv->start), (size_t)(csv->end - csv->start));
	return r;
}

static int assign(const struct csv_kind *kind, const struct csv *csv, const struct import_map *map,
                  struct csv_role *roles, struct error *err)
{
	for (size_t i = 0; i < csv->n_cells; i++) {
		const struct csv_column *column =
			kind->columns ? csv_find_column(kind->columns, csv->cells[i]) : NULL;

		copy_key(roles[i].key, column ? span_of(column->header) : csv->cells[i]);
		if (column) {
			roles[i].what = column->what;
			roles[i].rule = column->constant;
			if (column->what == COLUMN_ARCHIVED)
				copy_key(roles[i].key, span_of(CSV_ARCHIVED));
		}
	}
	for (size_t i = 0; map && i < map->count; i++) {
		const char *equals = strchr(map->items[i], '=');
		struct span word = {map->items[i], (size_t)(equals - map->items[i])};
		bool found = false;

		for (size_t j = 0; j < csv->n_cells; j++)
			if (csv_is_header(csv->cells[j], equals + 1)) {
				roles[j].what = csv_column_of(word);
				roles[j].mapped = true;
				if (roles[j].what == COLUMN_TEXT)
					copy_key(roles[j].key, word);
				found = true;
			}
		if (!found)
			return error_set(err, VAULT_USAGE, "there is no column '%s'", equals + 1);
	}
	return 0;
}

/* Programs call the group that all the others are in as they like, and in the language of the user:
 * it is the one that every row begins with. NULL: there is none such. */
static char *common_root(const struct source *source, size_t column)
{
	FREE_AUTO char *root = NULL;
	CSV_AUTO csv = {0};
	char *found;
	int r = csv_start(&csv, source, NULL);

	if (r == 0)
		r = csv_row(&csv, NULL); /* the headers */
	while (r == 1 && (r = csv_row(&csv, NULL)) == 1) {
		struct span cell = column < csv.n_cells ? csv.cells[column] : span_of("");
		const char *slash = cell.length > 0 ? memchr(cell.bytes, '/', cell.length) : NULL;

		if (slash)
			cell.length = (size_t)(slash - (const char *)cell.bytes);
		if (!root && cell.length > 0)
			root = strndup(cell.bytes, cell.length);
		if (!root || !span_is(cell, root))
			return NULL;
	}
	found = root;
	root = NULL;
	return found;
}

static int find_roots(const struct csv_kind *kind, const struct source *source,
                      struct csv_role *roles, size_t count, struct error *err)
{
	for (size_t i = 0; i < count && kind->folder_root; i++) {
		if (roles[i].what != COLUMN_FOLDER)
			continue;
		roles[i].root = common_root(source, i);
		if (!roles[i].root)
			roles[i].root = strdup(kind->folder_root);
		if (!roles[i].root)
			return error_set(err, VAULT_FAILED, "out of memory");
	}
	return 0;
}

static void free_roles(struct csv_role *roles, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(roles[i].root);
	free(roles);
}

/* What an entry has one of: the second one would take the place of the first. */
static bool is_single(enum column what)
{
	return what == COLUMN_NAME || what == COLUMN_PASSWORD || what == COLUMN_UUID ||
	       what == COLUMN_CREATED || what == COLUMN_MODIFIED || what == COLUMN_EXPIRES;
}

static int check_single(const struct csv *csv, const struct csv_role *roles, struct error *err)
{
	for (size_t i = 0; i < csv->n_cells; i++)
		for (size_t j = 0; j < i && is_single(roles[i].what); j++)
			if (roles[j].what == roles[i].what)
				return error_set(err, VAULT_USAGE,
				                 "line %zu: the columns '%.*s' and '%.*s' hold the "
				                 "same thing: rename one of them, or map it to "
				                 "something else",
				                 csv->line, (int)csv->cells[j].length,
				                 (const char *)csv->cells[j].bytes,
				                 (int)csv->cells[i].length,
				                 (const char *)csv->cells[i].bytes);
	return 0;
}

static int has_password(const struct csv_role *roles, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (roles[i].what == COLUMN_PASSWORD)
			return 0;
	return error_set(err, VAULT_USAGE,
	                 "no column is known to hold the passwords: say which, as in --map "
	                 "password=COLUMN");
}

int csv_read(const struct format *format, const struct source *source, struct emit *emit,
             struct error *err)
{
	const struct csv_kind *kind = format->code->data;
	CSV_AUTO csv = {0};
	struct csv_role *roles;
	size_t count = 0;
	int r = csv_start(&csv, source, err);

	if (r == 0)
		r = csv_row(&csv, err);
	if (r == 0)
		return error_set(err, VAULT_USAGE, "there is not even a first line");
	if (r < 0)
		return r;
	count = csv.n_cells;
	roles = calloc(count, sizeof(*roles));
	if (!roles)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = assign(kind, &csv, source->map, roles, err);
	if (r == 0)
		r = check_single(&csv, roles, err);
	if (r == 0 && !kind->no_password)
		r = has_password(roles, count, err);
	if (r == 0)
		r = find_roots(kind, source, roles, count, err);
	while (r == 0 && (r = csv_row(&csv, err)) == 1)
		r = take_row(kind, &csv, roles, count, emit, err);
	free_roles(roles, count);
	return r;
}
