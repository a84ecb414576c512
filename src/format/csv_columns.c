/* What of an item stands in which column beyond the usual, and what no column has room for. */
#include "format/csv_columns.h"

#include <string.h>
#include <strings.h>

#include <vault/text.h>

#include "base/when.h"

static bool is_favorite(const char *word)
{
	return strcasecmp(word, "favorite") == 0 || strcasecmp(word, "fav") == 0;
}

/* Programs spell the same switch in different ways; a tag may come from any of them. */
static bool names(const struct csv_column *column, const struct item_field *field)
{
	const char *tag = field->value.bytes;

	if (field->kind != FIELD_TAG || column->what != COLUMN_SAID)
		return false;
	return strcasecmp(tag, column->header) == 0 ||
	       (is_favorite(tag) && is_favorite(column->header));
}

bool csv_says(const struct csv_column *column, const struct item *item)
{
	for (size_t i = 0; i < item->n_fields; i++)
		if (names(column, &item->fields[i]))
			return true;
	return false;
}

bool csv_is_note(const struct item *item)
{
	bool note = false;

	for (size_t i = 0; i < item->n_fields; i++) {
		enum field_kind kind = item->fields[i].kind;

		if (kind == FIELD_URL || kind == FIELD_OTP)
			return false;
		note |= kind == FIELD_NOTE;
	}
	return note && !item->user &&
	       (item->n_passwords == 0 || item->passwords[item->n_passwords - 1].until > 0);
}

static bool is_date(struct span value)
{
	int64_t seconds;

	return when_read(value.bytes, value.length, &seconds);
}

static bool is_its_text(const struct csv_column *column, const struct item_field *field)
{
	if (field->kind != FIELD_TEXT && field->kind != FIELD_SECRET)
		return false;
	if (column->what == COLUMN_ARCHIVED)
		return strcmp(field->key, CSV_ARCHIVED) == 0 && is_date(field->value);
	return column->what == COLUMN_TEXT && strcmp(field->key, column->header) == 0;
}

struct span csv_text(const struct csv_column *column, const struct item *item)
{
	for (size_t i = 0; i < item->n_fields; i++)
		if (is_its_text(column, &item->fields[i]))
			return item->fields[i].value;
	return (struct span){NULL, 0};
}

bool csv_keeps(const struct format *format, const struct item *item, const struct item_field *field)
{
	const struct csv_kind *kind = format->code->data;

	for (const struct csv_column *column = kind->columns; column->header; column++) {
		if (names(column, field) || is_its_text(column, field))
			return true;
		if (column->what == COLUMN_KIND && field->kind == FIELD_TAG &&
		    strcmp(field->value.bytes, "note") == 0 && csv_is_note(item))
			return true;
	}
	return false;
}

bool csv_is_line(struct span value)
{
	return text_is_utf8(value.bytes, value.length) && !memchr(value.bytes, 0, value.length) &&
	       !memchr(value.bytes, '\n', value.length) && !memchr(value.bytes, '\r', value.length);
}

/* ---- losses -------------------------------------------------------------------------- */

static bool has_column(const struct csv_kind *kind, enum column what)
{
	for (const struct csv_column *column = kind->columns; column->header; column++)
		if (column->what == what)
			return true;
	return false;
}

static bool is_list(const struct csv_kind *kind, const struct item_field *field)
{
	return (field->kind == FIELD_URL && has_column(kind, COLUMN_URLS)) ||
	       (field->kind == FIELD_TAG && has_column(kind, COLUMN_TAGS));
}

static bool has_any(struct span value, const char *characters)
{
	for (; *characters; characters++)
		if (memchr(value.bytes, *characters, value.length))
			return true;
	return false;
}

static void field_losses(const struct csv_kind *kind, const struct item *item,
                         const struct item_field *field, struct account *account)
{
	const char *what = field->kind == FIELD_URL ? "URL" : "tag";

	if (field->kind == FIELD_NOTE && !has_column(kind, COLUMN_NOTE))
		account_add(account, FATE_LEFT, "note", "the format has no room for it",
		            item->name);
	if (field->kind == FIELD_OTP && has_column(kind, COLUMN_OTP) &&
	    otp_is_misread(kind->otp, field->value))
		account_add(account, FATE_CHANGED, "one-time code", OTP_MISREAD, item->name);
	if (is_list(kind, field) && has_any(field->value, field->kind == FIELD_URL ? "," : ",;"))
		account_add(account, FATE_CHANGED, what,
		            "what separates it from the next is in it: read as several",
		            item->name);
	if (!has_column(kind, COLUMN_PAIRS) ||
	    (field->kind != FIELD_TEXT && field->kind != FIELD_SECRET))
		return;
	if (has_any(field->value, "\n\r"))
		account_add(account, FATE_CHANGED, "field", "several lines: written in base 64",
		            item->name);
	if (strchr(field->key, ':'))
		account_add(account, FATE_CHANGED, "name of a field",
		            "a colon is in it: read as if it ended there", item->name);
}

static bool is_of_a_site(const struct item *item)
{
	bool url = false;

	for (size_t i = 0; i < item->n_fields; i++)
		url |= item->fields[i].kind == FIELD_URL;
	return url && item->n_passwords > 0 && item->passwords[item->n_passwords - 1].until == 0;
}

void csv_losses(const struct format *format, const struct item *item, struct account *account)
{
	const struct csv_kind *kind = format->code->data;

	if (!has_column(kind, COLUMN_NAME))
		account_add(account, FATE_LEFT, "name", "the format has no room for it", NULL);
	if (kind->sites_alone && !is_of_a_site(item))
		account_add(account, FATE_LEFT, "entry",
		            "no address or no password: the program will not take it", item->name);
	for (size_t i = 0; i < item->n_fields; i++)
		field_losses(kind, item, &item->fields[i], account);
}
