/* What stands in one cell of a CSV becomes a part of an item. */
#include "format/csv_cell.h"

#include <string.h>
#include <strings.h>

#include "base/uuid.h"
#include "base/when.h"
#include "format/protonpass.h"

bool csv_is_header(struct span cell, const char *header)
{
	return cell.length == strlen(header) && strncasecmp(cell.bytes, header, cell.length) == 0;
}

const struct csv_column *csv_find_column(const struct csv_column *columns, struct span cell)
{
	for (; columns->header; columns++)
		if (csv_is_header(cell, columns->header))
			return columns;
	return NULL;
}

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

static void take_folder(const struct csv_kind *kind, struct emit *emit, const struct csv_role *role,
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

static void take_date(struct emit *emit, const struct csv_role *role, struct span cell)
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
		if (csv_is_header(cell, *words))
			return true;
	return false;
}

/* A switch that is on, or what an entry is when it is no login. */
static void take_word(struct emit *emit, const struct csv_role *role, struct span cell)
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

static void take_uuid(struct emit *emit, const struct csv_role *role, struct span cell)
{
	unsigned char uuid[ITEM_UUID_BYTES] = {0};

	if (uuid_read(cell.bytes, cell.length, uuid))
		emit_uuid(emit, uuid);
	else if (cell.length > 0)
		emit_kept(emit, span_of(role->key), cell);
}

static void take_urls(const struct csv_kind *kind, struct emit *emit, const struct csv_role *role,
                      struct span cell)
{
	if (role->what == COLUMN_PROTON_URLS)
		proton_take_urls(emit, span_of(role->key), cell);
	else if (role->what == COLUMN_URLS)
		split(emit, cell, ",", emit_url);
	else if (!kind->no_url || !csv_is_header(cell, kind->no_url))
		emit_url(emit, cell);
}

/* What stands in every row is nothing to tell of. */
static bool is_rule(const struct csv_role *role, struct span cell)
{
	return role->rule && csv_is_header(cell, role->rule);
}

static void leave(struct emit *emit, const struct csv_role *role, struct span cell)
{
	if (cell.length > 0 && !is_rule(role, cell))
		emit_account(emit, FATE_LEFT, role->key,
		             role->mapped ? "left out by --map" : "of use to that program only");
}

void csv_take_cell(const struct csv_kind *kind, struct emit *emit, const struct csv_role *role,
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

void csv_take_user_too(struct emit *emit, const char *key, struct span user, bool has_user)
{
	if (has_user && user.length > 0)
		emit_text(emit, span_of(key), user);
	else
		emit_user(emit, user);
}
