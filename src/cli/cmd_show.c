#include <string.h>

#include <vault/realm.h>

#include "commands.h"
#include "dates.h"
#include "field_names.h"
#include "json.h"
#include "output.h"
#include "qr_show.h"
#include "report.h"
#include "resets.h"
#include "show.h"

#define LABEL_COLUMNS 12

struct show_values {
	bool reveal, qr;
};

static const struct option_spec show_options[] = {
	OPTION_FLAG(struct show_values, reveal, 'r', "reveal",
                    "show passwords, notes and secret fields"),
	OPTION_FLAG(struct show_values, qr, 0, "qr",
                    "show the one-time code's seed as a QR code, for a phone"),
	OPTIONS_END,
};

static void label(const char *text)
{
	output_string("  ");
	output_padded(text, LABEL_COLUMNS);
}

static void print_text(const char *name, const char *text)
{
	if (!text)
		return;
	label(name);
	output_text(text);
	output_string("\n");
}

/* Its name, and why. */
static void print_realm(const char *text)
{
	char name[REALM_NAME_SIZE];
	const char *reason;

	if (!realm_split(text, strlen(text), name, &reason))
		return;
	label("realm");
	output_text(name);
	output_string(": ");
	output_text(reason);
	output_string("\n");
}

/* The mask is as long for every secret: it tells nothing. */
static void print_secret(const char *name, const struct secret *secret, bool reveal)
{
	if (!secret)
		return;
	label(name);
	if (reveal)
		output_secret_text(secret, LABEL_COLUMNS + 2);
	else
		output_string(output_mask());
	output_string("\n");
}

static void print_date(const char *name, int64_t seconds)
{
	char day[DATE_DAY_SIZE];

	print_text(name, seconds ? date_day(seconds, day) : NULL);
}

static void show_text(const struct entry *entry, bool reveal)
{
	output_text(entry->name);
	output_string("\n");
	print_text("user", entry->user);
	print_secret("password", entry->password, reveal);
	print_date("  since", entry->password_since);
	print_text("  shared", entry->reuse_reason);
	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];
		const char *name = field_name(field);
		if (field->kind == FIELD_REALM)
			print_realm(field->text);
		else
			print_text(name, field->text);
		print_secret(name, field->secret, reveal);
	}
	print_date("created", entry->created);
	print_date("changed", entry->modified);
}

static void show_field(struct json *json, const struct field *field, bool reveal)
{
	json_put_object(json, NULL);
	json_put_string(json, "kind", field_kind_name(field->kind));
	if (field->key)
		json_put_string(json, "key", field->key);
	if (field->text)
		json_put_string(json, "value", field->text);
	else if (reveal)
		json_put_secret(json, "value", field->secret);
	json_close(json);
}

void show_json(struct json *json, const struct entry *entry, bool reveal)
{
	json_put_string(json, "name", entry->name);
	json_put_string(json, "user", entry->user);
	if (reveal)
		json_put_secret(json, "password", entry->password);
	json_put_time(json, "password_since", entry->password_since);
	json_put_string(json, "reuse_reason", entry->reuse_reason);
	json_put_array(json, "fields");
	for (size_t i = 0; i < entry->n_fields; i++)
		show_field(json, &entry->fields[i], reveal);
	json_close(json);
	json_put_time(json, "created", entry->created);
	json_put_time(json, "modified", entry->modified);
	json_put_time(json, "trashed", entry->trashed);
}

/* Whatever is drawn tells the seed: by mistake it must not end in a file. */
static int check_qr(const struct session *session, const struct show_values *show,
                    struct error *err)
{
	if (show->qr && session->global.json)
		return error_set(err, VAULT_USAGE, "--qr and --json exclude each other");
	if (show->qr && !show->reveal && !output_is_terminal())
		return error_set(err, VAULT_USAGE,
		                 "a QR code tells the seed to whoever sees it, and is for a "
		                 "terminal; with --reveal it goes elsewhere, too");
	return 0;
}

static int show_qr(const struct entry *entry, struct error *err)
{
	const struct field *otp = entry_field(entry, "otp");
	int r;

	if (!otp) {
		error_set(err, VAULT_NOT_FOUND, "'%s' has no one-time code", entry->name);
		return VAULT_NOT_FOUND;
	}
	r = qr_show(otp->secret, err);
	if (r == 0)
		report_note("Whoever sees this can make the codes of '%s': clear the screen when "
		            "it is on the phone.",
		            entry->name);
	return r;
}

static int show_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct show_values *show = values;
	ENTRY_AUTO *entry = NULL;
	struct json json = {0};
	int r = check_qr(session, show, err);

	if (r == 0)
		r = resets_read(session, words[0], &entry, err);
	if (r != 0)
		return r;
	if (show->qr)
		return show_qr(entry, err);
	if (!session->global.json) {
		show_text(entry, show->reveal);
		return 0;
	}
	json_put_object(&json, NULL);
	show_json(&json, entry, show->reveal);
	json_close(&json);
	return 0;
}

const struct command command_show = {
	.name = "show",
	.group = "use",
	.arguments = "NAME",
	.summary = "show an entry, its secrets masked",
	.options = show_options,
	.values_size = sizeof(struct show_values),
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_ENTRY},
	.run = show_run,
};
