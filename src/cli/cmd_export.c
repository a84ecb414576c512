#include <vault/format.h>

#include "commands.h"
#include "export_report.h"
#include "export_target.h"
#include "import_report.h"
#include "interrupt.h"
#include "progress.h"

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
	struct export_report report;
	struct export *export;
	struct progress progress;
	size_t all; /* entries */
	struct error *err;
};

static int stop_if_wanted(const struct exporting *exporting, int r)
{
	bool output = export_is_output(exporting->report.path);

	return interrupt_check(r, output ? "not all of it was written" : "nothing was written",
	                       exporting->err);
}

static int see_first(void *context, const struct item *item)
{
	struct exporting *exporting = context;
	struct export_report *report = &exporting->report;

	exporting->all++;
	export_losses(report->format, item, &report->losses);
	return stop_if_wanted(exporting, export_ahead(exporting->export, item, exporting->err));
}

static int see_all(struct exporting *exporting)
{
	const struct format *format = exporting->report.format;
	unsigned which = format->holds == HOLDS_EVERYTHING ? EXPORT_ATTACHED : 0;
	int r;

	if (format->holds == HOLDS_EVERYTHING && !(format->flags & FORMAT_TWICE))
		return 0;
	interrupt_begin();
	r = vault_export(exporting->session->vault, EXPORT_TRASHED | which, see_first, exporting,
	                 exporting->err);
	/* What came behind the last entry would be forgotten when the second pass begins. */
	r = stop_if_wanted(exporting, r);
	interrupt_end();
	return r;
}

static int write_item(void *context, const struct item *item)
{
	struct exporting *exporting = context;
	struct export_report *report = &exporting->report;
	size_t all = exporting->all ? exporting->all : 1;

	progress_tell(&exporting->progress, (unsigned)(report->written * 1000 / all));
	report->written += !item->trashed || report->format->holds & HOLDS_TRASH;
	return stop_if_wanted(exporting, export_item(exporting->export, item, exporting->err));
}

/* What comes when the file gets its name comes too late. */
static int write_all(struct exporting *exporting)
{
	struct session *session = exporting->session;
	unsigned order = exporting->report.format->flags & FORMAT_SORTED ? EXPORT_BY_NAME : 0;
	int r;

	interrupt_begin();
	progress_start(&exporting->progress, "Exporting", session->global.quiet);
	r = vault_export(session->vault, EXPORT_TRASHED | order, write_item, exporting,
	                 exporting->err);
	progress_end(&exporting->progress);
	if (r == 0)
		r = export_finish(exporting->export, exporting->err);
	interrupt_end();
	return r;
}

static int export_all(struct exporting *exporting, const struct export_values *options,
                      struct error *err)
{
	const struct format *format = exporting->report.format;
	struct export_how how = {.format = format, .replace = options->replace};
	SECRET_AUTO *password = NULL;
	EXPORT_AUTO *export = NULL;
	int r = export_password(format, &options->target, &password, err);

	how.password = password;
	if (r == 0)
		r = export_open(exporting->report.path, &how, &export, err);
	if (r == 0)
		r = session_unlock(exporting->session, 0, err);
	exporting->export = export;
	if (r == 0)
		r = see_all(exporting);
	if (r != 0)
		return r;
	account_warn(&exporting->report.losses);
	r = export_confirm(format, exporting->report.path, &options->target, err);
	return r == 0 ? write_all(exporting) : r;
}

static int export_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	const struct export_values *options = values;
	struct exporting exporting = {.session = session, .err = err};
	struct export_report *report = &exporting.report;
	int r = export_format(words, &report->format, err);

	report->path = words[1] ? words[1] : words[0];
	report->json = session->global.json;
	if (r == 0 && (options->target.plaintext || !(report->format->flags & FORMAT_PLAIN)))
		r = export_check(report->path, options->replace, err);
	if (r == 0)
		r = export_allow(report->format, &options->target, err);
	if (r == 0)
		r = export_all(&exporting, options, err);
	if (r == 0)
		export_remember(report, session->vault);
	session_close(session);
	if (r == 0)
		export_tell(report);
	account_done(&report->losses);
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
	.takes = {WORD_WRITES, WORD_FILE},
	.min_words = 1,
	.max_words = 2,
	.run = export_run,
};
