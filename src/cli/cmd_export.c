#include <stdio.h>
#include <string.h>

#include <vault/format.h>

#include "commands.h"
#include "import_report.h"
#include "output.h"
#include "present.h"
#include "progress.h"
#include "prompt.h"
#include "report.h"

struct export_values {
	const char *password_file;
	bool plaintext, replace, yes;
};

static const struct option_spec export_options[] = {
	OPTION_FLAG(struct export_values, plaintext, 0, "plaintext",
                    "allow a format that anybody can read"),
	OPTION_TEXT_OF(WORD_FILE, struct export_values, password_file, 0, "export-password-file",
                       "FILE", "the new file's password, on the first line of FILE"),
	OPTION_FLAG(struct export_values, replace, 0, "replace", "take the place of an old file"),
	OPTION_FLAG(struct export_values, yes, 'y', "yes", "do not ask"),
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

static int find_format(const char *name, const struct format **ret_format, struct error *err)
{
	char names[ERROR_MESSAGE_MAX / 2] = "";
	size_t length = 0;

	*ret_format = format_find(name);
	if (*ret_format && (*ret_format)->flags & FORMAT_WRITES)
		return 0;
	for (size_t i = 0; formats[i]; i++)
		if (formats[i]->flags & FORMAT_WRITES && length < sizeof(names))
			length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s",
			                           length ? ", " : "", formats[i]->name);
	return error_set(err, VAULT_USAGE, "there is no format '%.40s' to write; there are: %s",
	                 name, names);
}

static int confirm(const struct exporting *exporting, const struct export_values *options,
                   struct error *err)
{
	if (!(exporting->format->flags & FORMAT_PLAIN))
		return 0;
	if (!options->plaintext)
		return error_set(err, VAULT_USAGE,
		                 "whoever gets hold of %s reads every password in it; "
		                 "--plaintext writes it all the same",
		                 exporting->format->title);
	prompt_say("Every password goes to %s, UNENCRYPTED.\n", exporting->path);
	return prompt_confirm(options->yes, "Write it?", err);
}

/* The new file's password: twice at a terminal. */
static int choose_password(const struct exporting *exporting, const struct export_values *options,
                           struct secret **ret_password, struct error *err)
{
	SECRET_AUTO *again = NULL;
	int r;

	if (!(exporting->format->flags & FORMAT_SEALED))
		return 0;
	if (options->password_file)
		return present_password(-1, options->password_file, ret_password, err);
	if (!prompt_available())
		return error_set(err, VAULT_LOCKED,
		                 "the new file needs a password and there is no terminal to ask "
		                 "for it; give it by --export-password-file FILE");
	r = prompt_secret("Password of the new file: ", PASSWORD_MAX, ret_password, err);
	if (r == 0)
		r = prompt_secret("Once more: ", PASSWORD_MAX, &again, err);
	if (r > 0)
		return error_set(err, VAULT_INTERRUPTED, "Nothing was written.");
	if (r == 0 && !secret_equal(*ret_password, again))
		return error_set(err, VAULT_USAGE, "the two are not the same: nothing was written");
	return r;
}

static int count_losses(void *context, const struct item *item)
{
	struct exporting *exporting = context;

	exporting->all++;
	export_losses(exporting->format, item, &exporting->losses);
	return 0;
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
	struct session *session = exporting->session;
	SECRET_AUTO *password = NULL;
	EXPORT_AUTO *export = NULL;
	int r = choose_password(exporting, options, &password, err);

	how.password = password;
	if (r == 0)
		r = export_open(exporting->path, &how, &export, err);
	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0 && exporting->format->holds != HOLDS_EVERYTHING)
		r = vault_export(session->vault, true, count_losses, exporting, err);
	if (r != 0)
		return r;
	account_warn(&exporting->losses);
	exporting->export = export;
	progress_start(&exporting->progress, "Exporting", session->global.quiet);
	r = vault_export(session->vault, true, write_item, exporting, err);
	progress_end(&exporting->progress);
	if (r == 0)
		r = export_finish(export, err);
	return r;
}

static void tell(const struct exporting *exporting)
{
	struct json json = {0};

	if (exporting->session->global.json && strcmp(exporting->path, "-") != 0) {
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

static int export_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	const struct export_values *options = values;
	struct exporting exporting = {.session = session, .path = words[1], .err = err};
	int r = find_format(words[0], &exporting.format, err);

	if (r == 0)
		r = confirm(&exporting, options, err);
	if (r == 0)
		r = write_all(&exporting, options, err);
	session_close(session);
	if (r == 0)
		tell(&exporting);
	account_done(&exporting.losses);
	return r;
}

const struct command command_export = {
	.name = "export",
	.group = "move",
	.arguments = "FORMAT FILE",
	.summary = "write all entries to a file of another password manager",
	.more = "The file is new, readable by you alone, and complete or not there at all.\n"
		"What the format has no room for is told before anything is written.\n"
		"FILE - is standard output, unless that is a terminal.",
	.options = export_options,
	.values_size = sizeof(struct export_values),
	.takes = {WORD_FILE, WORD_FILE},
	.min_words = 2,
	.max_words = 2,
	.run = export_run,
};
