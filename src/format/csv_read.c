/* Rows of a CSV become items: by the table of a program's columns, or by the user's map. */
#include "format/csv_read.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/span.h"
#include "base/uuid.h"
#include "base/when.h"
#include "format/csv.h"
#include "format/emit.h"
#include "format/protonpass.h"

/* What one column of the file is. */
struct role {
	enum column what; /* 0: in no table */
	char key[FIELD_KEY_MAX + 1];
	const char *rule; /* what is in it by itself, or NULL */
	char *root;       /* of folders: the outermost, which is left out, or NULL */
	bool mapped;      /* by the user, and not by a table */
};

static void copy_key(char key[FIELD_KEY_MAX + 1], struct span span)
{
	size_t length = span.length < FIELD_KEY_MAX ? span.length : FIELD_KEY_MAX;

	if (length > 0)
		memcpy(key, span.bytes, length);
	key[length] = '\0';
}

static bool is_header(struct span cell, const char *header)
{
	return cell.length == strlen(header) && strncasecmp(cell.bytes, header, cell.length) == 0;
}

static const struct csv_column *find_column(const struct csv_column *columns, struct span cell)
{
	for (; columns->header; columns++)
		if (is_header(cell, columns->header))
			return columns;
	return NULL;
}

/* ---- recognition --------------------------------------------------------------------- */

#define HEADERS_MAX ((size_t)64 * 1024) /* no program has as long a first line */

/* Every format of this kind looks: none of them goes through a file that is one long line. */
static bool first_line(const struct source *source, struct source *ret_head)
{
	const char *bytes = (const char *)source->bytes;
	size_t most = source->length < HEADERS_MAX ? source->length : HEADERS_MAX, length = 0;

	while (length < most && bytes[length] != '\n' && bytes[length] != '\r')
		length++;
	*ret_head = *source;
	ret_head->length = length;
	return length < HEADERS_MAX;
}

void csv_look(const struct format *format, const struct source *source, struct look *ret_look)
{
	const struct csv_kind *kind = format->code->data;
	struct source head;
	CSV_AUTO csv = {0};
	unsigned known = 0, all = 0;

	if (!kind->columns || !first_line(source, &head) || csv_start(&csv, &head, NULL) < 0 ||
	    csv_row(&csv, NULL) != 1)
		return;
	for (size_t i = 0; i < csv.n_cells; i++)
		if (!find_column(kind->columns, csv.cells[i]))
			return;
	for (const struct csv_column *column = kind->columns; column->header; column++) {
		bool there = false;

		for (size_t i = 0; i < csv.n_cells; i++)
			there |= is_header(csv.cells[i], column->header);
		if (column->needed && !there)
			return;
		known += there;
		all++;
	}
	ret_look->score = 50 + 40 * known / all;
}

/* ---- cells --------------------------------------------------------------------------- */

static struct span trimmed(struct span span)
{
	const char *start = span.bytes, *end = start + span.length;

	while (start < end && strchr(" \t\r\n", *start) && *start)
		start++;
	while (end > start && strchr(" \t\r\n", end[-1]) && end[-1])
		end--;
	return (struct span){start, (size_t)(end - start)};
}

/* Hands each part between two of `separators` on, blanks around it cut off. */
static void split(struct emit *emit, struct span cell, const char *separators,
                  void (*each)(struct emit *emit, struct span part))
{
	const char *start = cell.bytes, *end = start + cell.length;

	for (const char *p = start; p <= end; p++)
		if (p == end || (*p && strchr(separators, *p))) {
			struct span part = trimmed((struct span){start, (size_t)(p - start)});

			if (part.length > 0)
				each(emit, part);
			start = p + 1;
		}
}

/* Blanks in a value may belong to a password: the one behind the colon alone does not. */
static void take_pair(struct emit *emit, struct span line)
{
	const char *start = line.bytes, *end = start + line.length;
	const char *colon = memchr(start, ':', line.length);
	const char *value = colon ? colon + 1 : start;

	value += colon && value < end && *value == ' ';
	emit_secret(emit,
	            colon ? trimmed((struct span){start, (size_t)(colon - start)})
	                  : span_of("field"),
	            (struct span){value, (size_t)(end - value)});
}

static void take_pairs(struct emit *emit, struct span cell)
{
	const char *start = cell.bytes, *end = start + cell.length, *newline;

	for (; start < end; start = newline < end ? newline + 1 : end) {
		newline = memchr(start, '\n', (size_t)(end - start));
		newline = newline ? newline : end;
		struct span line = {start, (size_t)(newline - start)};

		if (line.length > 0 && start[line.length - 1] == '\r')
			line.length--;
		if (trimmed(line).length > 0)
			take_pair(emit, line);
	}
}

static void take_folder(const struct csv_kind *kind, struct emit *emit, const struct role *role,
                        struct span cell)
{
	const char *start = cell.bytes, *end = start + cell.length;
	char separator = kind->folder_separator;
	size_t root = role->root ? strlen(role->root) : 0;

	if (root > 0 && cell.length >= root && memcmp(start, role->root, root) == 0 &&
	    (cell.length == root || start[root] == '/'))
		start += cell.length == root ? root : root + 1;
	for (const char *p = start; separator && p < end; p++)
		if (*p == separator) {
			emit_folder(emit, (struct span){start, (size_t)(p - start)});
			start = p + 1;
		}
	emit_folder(emit, (struct span){start, (size_t)(end - start)});
}

static void take_date(struct emit *emit, const struct role *role, struct span cell)
{
	int64_t seconds = 0;

	if (cell.length == 0)
		return;
	if (!when_read(cell.bytes, cell.length, &seconds))
		emit_kept(emit, span_of(role->key), cell);
	else if (role->what == COLUMN_CREATED)
		emit_created(emit, seconds);
	else if (role->what == COLUMN_MODIFIED)
		emit_modified(emit, seconds);
	else
		emit_expires(emit, seconds);
}

static bool is_any(struct span cell, const char *const *words)
{
	for (; *words; words++)
		if (is_header(cell, *words))
			return true;
	return false;
}

/* A switch that is on, or what an entry is when it is no login. */
static void take_word(struct emit *emit, const struct role *role, struct span cell)
{
	static const char *const rule[] = {"", "0", "false", "no", NULL};
	static const char *const on[] = {"1", "true", "yes", NULL};
	static const char *const login[] = {"", "login", NULL};

	if (is_any(cell, role->what == COLUMN_KIND ? login : rule))
		return;
	if (role->what == COLUMN_KIND) {
		emit_tag(emit, cell);
		emit_account(emit, FATE_CHANGED, "kind of entry", "kept as a tag");
	} else if (is_any(cell, on)) {
		emit_tag(emit, span_of(role->key));
		emit_account(emit, FATE_CHANGED, role->key, "kept as a tag");
	} else {
		emit_kept(emit, span_of(role->key), cell);
	}
}

static void take_uuid(struct emit *emit, const struct role *role, struct span cell)
{
	unsigned char uuid[ITEM_UUID_BYTES] = {0};

	if (uuid_read(cell.bytes, cell.length, uuid))
		emit_uuid(emit, uuid);
	else if (cell.length > 0)
		emit_kept(emit, span_of(role->key), cell);
}

static void take_urls(const struct csv_kind *kind, struct emit *emit, const struct role *role,
                      struct span cell)
{
	if (role->what == COLUMN_PROTON_URLS)
		proton_take_urls(emit, span_of(role->key), cell);
	else if (role->what == COLUMN_URLS)
		split(emit, cell, ",", emit_url);
	else if (!kind->no_url || !is_header(cell, kind->no_url))
		emit_url(emit, cell);
}

/* What stands in every row is nothing to tell of. */
static bool is_rule(const struct role *role, struct span cell)
{
	return role->rule && is_header(cell, role->rule);
}

static void leave(struct emit *emit, const struct role *role, struct span cell)
{
	if (cell.length > 0 && !is_rule(role, cell))
		emit_account(emit, FATE_LEFT, role->key,
		             role->mapped ? "left out by --map" : "of use to that program only");
}

static void take_cell(const struct csv_kind *kind, struct emit *emit, const struct role *role,
                      struct span cell)
{
	switch (role->what) {
	case COLUMN_NAME:
		emit_name(emit, cell);
		break;
	case COLUMN_USER:
		emit_user(emit, cell);
		break;
	case COLUMN_PASSWORD:
		emit_password(emit, cell, 0, span_of(NULL));
		break;
	case COLUMN_URL:
	case COLUMN_URLS:
	case COLUMN_PROTON_URLS:
		take_urls(kind, emit, role, cell);
		break;
	case COLUMN_NOTE:
		if (cell.length > 0)
			emit_note(emit, cell);
		break;
	case COLUMN_OTP:
		emit_otp(emit, is_rule(role, cell) ? span_of(NULL) : cell);
		break;
	case COLUMN_TAG:
		emit_tag(emit, cell);
		break;
	case COLUMN_TAGS:
		split(emit, cell, ",;", emit_tag);
		break;
	case COLUMN_FOLDER:
		take_folder(kind, emit, role, cell);
		break;
	case COLUMN_CREATED:
	case COLUMN_MODIFIED:
	case COLUMN_EXPIRES:
		take_date(emit, role, cell);
		break;
	case COLUMN_UUID:
		take_uuid(emit, role, cell);
		break;
	case COLUMN_PAIRS:
		take_pairs(emit, cell);
		break;
	case COLUMN_TEXT:
	case COLUMN_ARCHIVED:
		if (cell.length > 0)
			emit_text(emit, span_of(role->key), cell);
		break;
	case COLUMN_SAID:
	case COLUMN_KIND:
		take_word(emit, role, cell);
		break;
	case COLUMN_LEFT:
		leave(emit, role, cell);
		break;
	case COLUMN_SECRET:
	default:
		if (cell.length > 0)
			emit_kept(emit, span_of(role->key), cell);
	}
}

/* ---- rows ---------------------------------------------------------------------------- */

/* It is the user where there is no other, which may stand behind it. */
static void take_user_too(struct emit *emit, const char *key, struct span user, bool has_user)
{
	if (has_user && user.length > 0)
		emit_text(emit, span_of(key), user);
	else
		emit_user(emit, user);
}

static int take_row(const struct csv_kind *kind, const struct csv *csv, const struct role *roles,
                    size_t n_roles, struct emit *emit, struct error *err)
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
			take_cell(kind, emit, &roles[i], cell.bytes ? cell : span_of(empty));
		} else if (cell.length > 0) {
			return error_set(err, VAULT_USAGE,
			                 "line %zu: more cells than the first line has columns",
			                 csv->line);
		}
		has_user |= i < n_roles && roles[i].what == COLUMN_USER && cell.length > 0;
	}
	take_user_too(emit, key, user_too, has_user);
	r = emit_end(emit, err);
	emit_progress(emit, (size_t)(csv->p - csv->start), (size_t)(csv->end - csv->start));
	return r;
}

static int assign(const struct csv_kind *kind, const struct csv *csv, const struct import_map *map,
                  struct role *roles, struct error *err)
{
	for (size_t i = 0; i < csv->n_cells; i++) {
		const struct csv_column *column =
			kind->columns ? find_column(kind->columns, csv->cells[i]) : NULL;

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
			if (is_header(csv->cells[j], equals + 1)) {
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

static int find_roots(const struct csv_kind *kind, const struct source *source, struct role *roles,
                      size_t count, struct error *err)
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

static void free_roles(struct role *roles, size_t count)
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

static int check_single(const struct csv *csv, const struct role *roles, struct error *err)
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

static int has_password(const struct role *roles, size_t count, struct error *err)
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
	struct role *roles;
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
