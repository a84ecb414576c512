/* Items become rows of a CSV, in the columns of the program that is to read it. */
#include <stdio.h>
#include <string.h>

#include <vault/entry.h>
#include <vault/text.h>

#include "base/cleanup.h"
#include "base/uuid.h"
#include "base/when.h"
#include "format/csv.h"
#include "format/csv_columns.h"
#include "format/sink.h"

static void put_cell(struct sink *sink, struct span value)
{
	if (!value.bytes)
		value = (struct span){"", 0};
	if (text_is_utf8(value.bytes, value.length) && !memchr(value.bytes, 0, value.length)) {
		csv_put(sink, value);
		return;
	}
	sink_bytes(sink, "\"", 1);
	sink_base64(sink, value);
	sink_bytes(sink, "\"", 1);
}

static struct span text(const char *string)
{
	return (struct span){string, string ? strlen(string) : 0};
}

static struct span first_field(const struct item *item, enum field_kind kind)
{
	for (size_t i = 0; i < item->n_fields; i++)
		if (item->fields[i].kind == kind)
			return item->fields[i].value;
	return (struct span){NULL, 0};
}

static struct span password_of(const struct item *item)
{
	const struct item_password *last = &item->passwords[item->n_passwords - 1];

	return item->n_passwords > 0 && last->until == 0 ? last->value : (struct span){NULL, 0};
}

/* All fields of a kind in one cell, but for those that have a column of their own. */
static void put_list(struct sink *sink, const struct item *item, enum field_kind kind)
{
	const struct format *format = sink->how->format;
	bool more = false;

	sink_bytes(sink, "\"", 1);
	for (size_t i = 0; i < item->n_fields; i++) {
		if (item->fields[i].kind != kind || csv_keeps(format, item, &item->fields[i]))
			continue;
		if (more)
			sink_bytes(sink, ",", 1);
		csv_escape(sink, item->fields[i].value);
		more = true;
	}
	sink_bytes(sink, "\"", 1);
}

static void put_pairs(struct sink *sink, const struct item *item)
{
	bool more = false;

	sink_bytes(sink, "\"", 1);
	for (size_t i = 0; i < item->n_fields; i++) {
		const struct item_field *field = &item->fields[i];

		if ((field->kind != FIELD_TEXT && field->kind != FIELD_SECRET) ||
		    csv_keeps(sink->how->format, item, field))
			continue;
		if (more)
			sink_bytes(sink, "\n", 1);
		csv_escape(sink, text(field->key));
		sink_bytes(sink, ": ", 2);
		if (csv_is_line(field->value))
			csv_escape(sink, field->value);
		else
			sink_base64(sink, field->value);
		more = true;
	}
	sink_bytes(sink, "\"", 1);
}

/* Does a reader leave it as it is? */
static bool is_tidy(const char *text, size_t length, size_t most)
{
	FREE_AUTO char *tidy = NULL;

	return text_tidy(text, length, most, &tidy, NULL) == 0 && strlen(tidy) == length &&
	       memcmp(tidy, text, length) == 0;
}

/* Where folders have a separator of their own, none is without a name or has that in it. */
static bool is_folder(const struct csv_kind *kind, const char *path, size_t length)
{
	char before = '/';

	if (!is_tidy(path, length, NAME_MAX_BYTES / 2))
		return false;
	for (size_t i = 0; kind->folder_separator && i < length; i++) {
		if (path[i] == kind->folder_separator || (path[i] == '/' && before == '/'))
			return false;
		before = path[i];
	}
	return !kind->folder_separator || before != '/';
}

/* A name is "folder/name" where the format has folders, and where that makes the same name again
 * when it is read: "a//b" of LastPass would be "a/b". */
static const char *behind_folder(const struct csv_kind *kind, const char *name)
{
	for (size_t at = strlen(name); at-- > 1;)
		if (name[at] == '/' && is_folder(kind, name, at) &&
		    is_tidy(name + at + 1, strlen(name + at + 1), NAME_MAX_BYTES) && name[at + 1])
			return name + at + 1;
	return name;
}

static void put_folder(const struct csv_kind *kind, struct sink *sink, const struct item *item)
{
	size_t length = (size_t)(behind_folder(kind, item->name) - item->name);
	char separator = kind->folder_separator ? kind->folder_separator : '/';

	sink_bytes(sink, "\"", 1);
	if (kind->folder_root) {
		sink_string(sink, kind->folder_root);
		if (length > 0)
			sink_bytes(sink, "/", 1);
	}
	for (const char *p = item->name; length > 0 && p < item->name + length - 1; p++)
		csv_escape(sink, *p == '/' ? (struct span){&separator, 1} : (struct span){p, 1});
	sink_bytes(sink, "\"", 1);
}

static bool has(const struct csv_kind *kind, enum column what)
{
	for (const struct csv_column *column = kind->columns; column->header; column++)
		if (column->what == what)
			return true;
	return false;
}

static void put_date(struct sink *sink, int64_t seconds, bool milliseconds)
{
	char written[32] = "";

	if (seconds > 0 && milliseconds)
		snprintf(written, sizeof(written), "%lld", (long long)seconds * 1000);
	else if (seconds > 0)
		when_write(seconds, written);
	csv_put(sink, text(written));
}

static void put_uuid(struct sink *sink, const struct item *item)
{
	char uuid[UUID_SIZE], written[UUID_SIZE + 2];

	uuid_write(item->uuid, uuid);
	snprintf(written, sizeof(written), "{%s}", uuid);
	csv_put(sink, text(written));
}

static void put_url(const struct csv_kind *kind, struct sink *sink, const struct item *item)
{
	if (kind->no_url && csv_is_note(item))
		csv_put(sink, text(kind->no_url));
	else
		put_cell(sink, first_field(item, FIELD_URL));
}

static void put_otp(const struct csv_kind *kind, struct sink *sink, struct span uri)
{
	struct otp_out out = otp_out(kind->otp, uri);

	sink_bytes(sink, "\"", 1);
	sink_string(sink, out.front);
	csv_escape(sink, out.rest);
	sink_bytes(sink, "\"", 1);
}

/* A switch is written as its opposite is. */
static const char *word_of(const struct csv_column *column, const struct item *item)
{
	if (column->what == COLUMN_KIND && csv_is_note(item))
		return "note";
	if (column->what != COLUMN_SAID || !csv_says(column, item))
		return column->constant;
	return column->constant && strcmp(column->constant, "false") == 0 ? "true" : "1";
}

static void put_column(const struct csv_kind *kind, const struct csv_column *column,
                       struct sink *sink, const struct item *item)
{
	switch (column->what) {
	case COLUMN_NAME:
		put_cell(sink, text(has(kind, COLUMN_FOLDER) ? behind_folder(kind, item->name)
		                                             : item->name));
		break;
	case COLUMN_USER:
		put_cell(sink, text(item->user));
		break;
	case COLUMN_PASSWORD:
		put_cell(sink, password_of(item));
		break;
	case COLUMN_URL:
		put_url(kind, sink, item);
		break;
	case COLUMN_URLS:
		put_list(sink, item, FIELD_URL);
		break;
	case COLUMN_NOTE:
		put_cell(sink, first_field(item, FIELD_NOTE));
		break;
	case COLUMN_OTP:
		put_otp(kind, sink, first_field(item, FIELD_OTP));
		break;
	case COLUMN_TAGS:
		put_list(sink, item, FIELD_TAG);
		break;
	case COLUMN_FOLDER:
		put_folder(kind, sink, item);
		break;
	case COLUMN_CREATED:
		put_date(sink, item->created, kind->milliseconds);
		break;
	case COLUMN_MODIFIED:
		put_date(sink, item->modified, kind->milliseconds);
		break;
	case COLUMN_UUID:
		put_uuid(sink, item);
		break;
	case COLUMN_PAIRS:
		put_pairs(sink, item);
		break;
	case COLUMN_TEXT:
	case COLUMN_ARCHIVED:
		put_cell(sink, csv_text(column, item));
		break;
	default:
		put_cell(sink, text(word_of(column, item)));
	}
}

int csv_begin(const struct format *format, struct sink *sink, struct error *err)
{
	const struct csv_kind *kind = format->code->data;

	for (const struct csv_column *column = kind->columns; column->header; column++) {
		if (column != kind->columns)
			sink_bytes(sink, ",", 1);
		csv_put(sink, text(column->header));
	}
	sink_bytes(sink, "\r\n", 2);
	return sink_check(sink, err);
}

int csv_item(struct sink *sink, const struct item *item, struct error *err)
{
	const struct csv_kind *kind = sink->how->format->code->data;

	for (const struct csv_column *column = kind->columns; column->header; column++) {
		if (column != kind->columns)
			sink_bytes(sink, ",", 1);
		put_column(kind, column, sink, item);
	}
	sink_bytes(sink, "\r\n", 2);
	return sink_check(sink, err);
}

int csv_end(struct sink *sink, struct error *err)
{
	return sink_check(sink, err);
}
