#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/format.h>
#include <vault/log.h>

#include "cleanup.h"
#include "commands.h"
#include "export_target.h"
#include "import_report.h"
#include "output.h"
#include "progress.h"
#include "report.h"

struct export_values {
	struct export_target_options target;
	bool replace;
};

static const struct option_spec export_options[] = {
	OPTION_FLAG(struct export_values, target.plaintext, 0, "plaintext",
                    "allow a format that anybody can read"),
	OPTION_TEXT_OF(WORD_FILE, struct export_values, target.password_file, 0,
                       "export-password-file", "FILE",
                       "the new file's password, on the first line of FILE"),
	OPTION_FLAG(struct export_values, replace, 0, "replace", "take the place of an old file"),
	OPTION_FLAG(struct export_values, target.yes, 'y', "yes", "do not ask"),
	OPTIONS_END,
};

/* What an export has on its way. */
struct exporting {
	struct session *session;
	const struct format *format;
	const char *path;
	struct account losses;
	struct export *export;
	struct progress progress;
	size_t written, all;
	struct error *err;
};

static int see_first(void *context, const struct item *item)
{
	struct exporting *exporting = context;

	exporting->all++;
	export_losses(exporting->format, item, &exporting->losses);
	return export_ahead(exporting->export, item, exporting->err);
}

static bool is_seen_twice(const struct format *format)
{
	return format->holds != HOLDS_EVERYTHING || format->flags & FORMAT_TWICE;
}

static int write_item(void *context, const struct item *item)
{
	struct exporting *exporting = context;
	size_t all = exporting->all ? exporting->all : 1;

	progress_tell(&exporting->progress, (unsigned)(exporting->written * 1000 / all));
	exporting->written += !item->trashed || exporting->format->holds & HOLDS_TRASH;
	return export_item(exporting->export, item, exporting->err);
}

static int write_all(struct exporting *exporting, const struct export_values *options,
                     struct error *err)
{
	struct export_how how = {.format = exporting->format, .replace = options->replace};
	const struct format *format = exporting->format;
	unsigned first = format->holds == HOLDS_EVERYTHING ? EXPORT_ATTACHED : 0;
	unsigned second = format->flags & FORMAT_SORTED ? EXPORT_BY_NAME : 0;
	struct session *session = exporting->session;
	SECRET_AUTO *password = NULL;
	EXPORT_AUTO *export = NULL;
	int r = export_password(exporting->format, &options->target, &password, err);

	how.password = password;
	if (r == 0)
		r = export_open(exporting->path, &how, &export, err);
	if (r == 0)
		r = session_unlock(session, 0, err);
	exporting->export = export;
	if (r == 0 && is_seen_twice(exporting->format))
		r = vault_export(session->vault, EXPORT_TRASHED | first, see_first, exporting, err);
	if (r != 0)
		return r;
	account_warn(&exporting->losses);
	progress_start(&exporting->progress, "Exporting", session->global.quiet);
	r = vault_export(session->vault, EXPORT_TRASHED | second, write_item, exporting, err);
	progress_end(&exporting->progress);
	if (r == 0)
		r = export_finish(export, err);
	return r;
}

/* Where standard output goes is not known here: nor is what is to be destroyed then. */
static void tell_output(const struct exporting *exporting)
{
	report_note("%zu %s to standard output.", exporting->written,
	            exporting->written == 1 ? "entry went" : "entries went");
	if (exporting->format->flags & FORMAT_PLAIN)
		report_warning("it is UNENCRYPTED: where it is kept, destroy it as soon as it has "
		               "served");
}

static void tell_file(const struct exporting *exporting)
{
	struct json json = {0};

	if (exporting->session->global.json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "format", exporting->format->name);
		json_put_string(&json, "file", exporting->path);
		json_put_number(&json, "entries", (int64_t)exporting->written);
		json_put_array(&json, "account");
		account_json(&json, &exporting->losses);
		json_close(&json);
		json_close(&json);
	}
	report_note("%zu %s in %s.", exporting->written,
	            exporting->written == 1 ? "entry is" : "entries are", exporting->path);
	if (exporting->format->flags & FORMAT_PLAIN)
		report_warning("it is UNENCRYPTED: destroy it as soon as it has served, by "
		               "shred -u %s",
		               exporting->path);
}

static bool is_output(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* The file is there, whatever becomes of this. */
static void remember(struct exporting *exporting)
{
	struct error why = {0};
	FREE_AUTO char *path = is_output(exporting->path) ? NULL : realpath(exporting->path, NULL);

	if (exporting->format->flags & FORMAT_PLAIN &&
	    vault_log_export(exporting->session->vault, exporting->format->name,
	                     path ? path : exporting->path, &why) < 0)
		report_warning("'vault status' will not tell of it: %s", why.message);
}

static int export_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	const struct export_values *options = values;
	struct exporting exporting = {.session = session,
	                              .path = words[1] ? words[1] : words[0],
	                              .err = err};
	int r = export_format(words, &exporting.format, err);

	if (r == 0 && (options->target.plaintext || !(exporting.format->flags & FORMAT_PLAIN)))
		r = export_check(exporting.path, options->replace, err);
	if (r == 0)
		r = export_confirm(exporting.format, exporting.path, &options->target, err);
	if (r == 0)
		r = write_all(&exporting, options, err);
	if (r == 0)
		remember(&exporting);
	session_close(session);
	if (r == 0 && is_output(exporting.path))
		tell_output(&exporting);
	else if (r == 0)
		tell_file(&exporting);
	account_done(&exporting.losses);
	return r;
}

const struct command command_export = {
	.name = "export",
	.group = "move",
	.arguments = "[FORMAT] FILE",
	.summary = "write all entries to a file of another password manager",
	.more = "Without a format it is KDBX, which KeePass, KeePassXC and others open by a\n"
		"password of the file's own.\n"
		"The file is new, readable by you alone, and complete or not there at all.\n"
		"What the format has no room for is told before anything is written.\n"
		"FILE - is standard output, unless that is a terminal.\n\n"
		"FORMAT is kdbx, json, bitwarden-json, bitwarden-json-encrypted,\n"
		"bitwarden-csv, chrome, firefox, apple, keepass-xml, keepassxc-csv,\n"
		"1password-csv, lastpass or cxf.",
	.options = export_options,
	.values_size = sizeof(struct export_values),
	.takes = {WORD_FILE, WORD_FILE},
	.min_words = 1,
	.max_words = 2,
	.run = export_run,
};
