#include <stdlib.h>
#include <string.h>

#include <vault/format.h>
#include <vault/text.h>

#include "format/format.h"

#define ROWS_MAX 1000 /* a file cannot make more up */

static struct account_row *find(struct account *account, enum fate fate, const char *what,
                                const char *how)
{
	struct account_row *rows = account->rows;

	for (size_t i = 0; i < account->n_rows; i++)
		if (rows[i].fate == fate && strcmp(rows[i].what, what) == 0 &&
		    strcmp(rows[i].how, how) == 0)
			return &rows[i];
	if (account->n_rows == ROWS_MAX)
		return NULL;
	rows = reallocarray(account->rows, account->n_rows + 1, sizeof(*rows));
	if (!rows)
		return NULL;
	account->rows = rows;
	rows += account->n_rows;
	*rows = (struct account_row){.fate = fate, .what = strdup(what), .how = strdup(how)};
	if (!rows->what || !rows->how) {
		free(rows->what);
		free(rows->how);
		return NULL;
	}
	account->n_rows++;
	return rows;
}

void account_add(struct account *account, enum fate fate, const char *what, const char *how,
                 const char *name)
{
	struct account_row *row = find(account, fate, what, how);

	if (!row)
		return;
	row->count++;
	if (!name || row->n_names == ACCOUNT_NAMES ||
	    (row->n_names > 0 && strcmp(row->names[row->n_names - 1], name) == 0))
		return;
	row->names[row->n_names] = strdup(name);
	row->n_names += row->names[row->n_names] != NULL;
}

const char *account_word(enum field_kind kind)
{
	switch (kind) {
	case FIELD_URL:
		return "URL";
	case FIELD_TAG:
		return "tag";
	case FIELD_TEXT:
		return "text field";
	case FIELD_EXPIRES:
		return "date of expiry";
	case FIELD_RULES:
		return "password rules";
	case FIELD_REALM:
		return "realm";
	case FIELD_CONSUMER:
		return "user of the password";
	case FIELD_PENDING:
		return "password to be";
	case FIELD_RESETS:
		return "way to reset the password";
	case FIELD_NOTE:
		return "note";
	case FIELD_SECRET:
		return "secret field";
	case FIELD_OTP:
		return "one-time code";
	case FIELD_ATTACHMENT:
		return "attachment";
	}
	return "field";
}

void account_item(struct account *account, const struct item *item)
{
	size_t earlier = item->n_passwords;

	if (item->user)
		account_add(account, FATE_TAKEN, "user name", "", NULL);
	if (earlier > 0 && item->passwords[earlier - 1].until == 0) {
		account_add(account, FATE_TAKEN, "password", "", NULL);
		earlier--;
	}
	for (size_t i = 0; i < earlier; i++)
		account_add(account, FATE_TAKEN, "earlier password", "", NULL);
	for (size_t i = 0; i < item->n_fields; i++)
		account_add(account, FATE_TAKEN, account_word(item->fields[i].kind), "", NULL);
	if (item->created || item->modified)
		account_add(account, FATE_TAKEN, "date", "", NULL);
}

static void row_done(struct account_row *row)
{
	for (size_t i = 0; i < row->n_names; i++)
		free(row->names[i]);
	free(row->what);
	free(row->how);
}

void account_untake(struct account *account, enum field_kind kind)
{
	struct account_row *row = find(account, FATE_TAKEN, account_word(kind), "");

	if (row && row->count > 0)
		row->count--;
	if (!row || row->count > 0)
		return;
	row_done(row);
	account->n_rows--;
	memmove(row, row + 1, (size_t)(account->rows + account->n_rows - row) * sizeof(*row));
}

void account_done(struct account *account)
{
	for (size_t i = 0; i < account->n_rows; i++)
		row_done(&account->rows[i]);
	free(account->rows);
	*account = (struct account){0};
}

/* ---- losses -------------------------------------------------------------------------- */

static const char not_held[] = "the format has no room for it";

static unsigned needed_by(enum field_kind kind)
{
	switch (kind) {
	case FIELD_TAG:
		return HOLDS_TAGS;
	case FIELD_TEXT:
	case FIELD_SECRET:
		return HOLDS_FIELDS;
	case FIELD_EXPIRES:
		return HOLDS_EXPIRY;
	case FIELD_RULES:
		return HOLDS_RULES;
	case FIELD_REALM:
		return HOLDS_REALMS;
	case FIELD_CONSUMER:
		return HOLDS_CONSUMERS;
	case FIELD_PENDING:
		return HOLDS_PENDING;
	case FIELD_RESETS:
		return HOLDS_CHAIN;
	case FIELD_OTP:
		return HOLDS_OTP;
	case FIELD_ATTACHMENT:
		return HOLDS_ATTACHMENTS;
	case FIELD_URL:
	case FIELD_NOTE:
		break;
	}
	return 0;
}

static bool is_text(struct span span)
{
	return text_is_utf8(span.bytes, span.length) && !memchr(span.bytes, 0, span.length);
}

static void password_losses(unsigned holds, const struct item *item, struct account *account)
{
	for (size_t i = 0; i < item->n_passwords; i++) {
		const struct item_password *password = &item->passwords[i];

		if (password->until > 0 && !(holds & HOLDS_HISTORY)) {
			account_add(account, FATE_LEFT, "earlier password", not_held, item->name);
			continue;
		}
		if (password->reason && !(holds & HOLDS_REASONS))
			account_add(account, FATE_LEFT, "reason for sharing", not_held, item->name);
		if (!(holds & HOLDS_BYTES) && !is_text(password->value))
			account_add(account, FATE_CHANGED, "password",
			            "no text: written in base 64", item->name);
	}
}

void export_losses(const struct format *format, const struct item *item, struct account *account)
{
	unsigned holds = format->holds;
	size_t urls = 0;

	if (item->trashed && !(holds & HOLDS_TRASH)) {
		account_add(account, FATE_LEFT, "entry in the trash", not_held, item->name);
		return;
	}
	password_losses(holds, item, account);
	if (format->code->losses)
		format->code->losses(format, item, account);
	for (size_t i = 0; i < item->n_fields; i++) {
		const struct item_field *field = &item->fields[i];
		const char *what = account_word(field->kind);

		if (format->code->keeps && format->code->keeps(format, item, field))
			continue;
		if (needed_by(field->kind) & ~holds ||
		    (field->kind == FIELD_URL && ++urls > 1 && !(holds & HOLDS_URLS)))
			account_add(account, FATE_LEFT, what, not_held, item->name);
		else if (!(holds & HOLDS_BYTES) && !is_text(field->value))
			account_add(account, FATE_CHANGED, what, "no text: written in base 64",
			            item->name);
	}
	if (!(holds & HOLDS_DATES))
		account_add(account, FATE_LEFT, "date", not_held, NULL);
}
