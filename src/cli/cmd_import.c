#include <string.h>

#include "commands.h"
#include "import_report.h"
#include "import_source.h"
#include "interrupt.h"
#include "progress.h"

struct import_values {
	struct import_source_options source;
	bool dry, update;
};

static const struct option_spec import_options[] = {
	OPTION_FLAG(struct import_values, dry, 'n', "dry-run",
                    "tell what would be done, and change nothing"),
	OPTION_FLAG(struct import_values, update, 0, "update",
                    "take what is new in entries that are there"),
	IMPORT_SOURCE_OPTIONS(struct import_values, source),
	OPTIONS_END,
};

#define OUTCOME "nothing was changed"

static int import_all(struct session *session, struct import *import, struct import_report *report,
                      struct error *err)
{
	struct progress progress;
	struct item item;
	int r;

	progress_start(&progress, "Importing", session->global.quiet);
	while ((r = import_next(import, &item, err)) == 1) {
		struct import_result result;

		r = vault_import(session->vault, &item, report->update ? IMPORT_UPDATE : 0, &result,
		                 err);
		if (r < 0)
			break;
		import_report_item(report, &item, &result);
		progress_tell(&progress, import_progress(import));
		r = interrupt_check(r, OUTCOME, err);
		if (r < 0)
			break;
	}
	progress_end(&progress);
	return interrupt_check(r, OUTCOME, err);
}

/* All of it or nothing; what comes when it is about to be kept comes too late. */
static int import_into(struct session *session, struct import *import, struct import_report *report,
                       struct error *err)
{
	int end, r = vault_batch_begin(session->vault, err);

	if (r < 0)
		return r;
	interrupt_begin();
	r = import_all(session, import, report, err);
	if (r == 0)
		r = vault_import_end(session->vault, import_report_lost, report, err);
	if (r == 0)
		r = reuse_map_look(&report->reuse, session->vault, err);
	r = interrupt_check(r, OUTCOME, err);
	end = vault_batch_end(session->vault, r == 0 && !report->dry, err);
	interrupt_end();
	return r < 0 ? r : end;
}

static int import_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	const struct import_values *import_values = values;
	struct import_report report = {.dry = import_values->dry, .update = import_values->update};
	const char *format = words[1] ? words[0] : NULL, *path = words[1] ? words[1] : words[0];
	struct import_source_options source = import_values->source;
	IMPORT_AUTO *import = NULL;
	int r;

	source.quiet = session->global.quiet;
	r = import_source_open(path, format, &source, &import, &report.format, err);
	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r != 0)
		return r;
	import_report_start(&report, session);
	r = import_into(session, import, &report, err);
	session_close(session);
	if (r == 0)
		import_report_end(&report, import_account(import));
	import_report_done(&report);
	return r;
}

const struct command command_import = {
	.name = "import",
	.group = "move",
	.arguments = "[FORMAT] FILE",
	.summary = "take entries over from another password manager",
	.more = "The format is guessed from the contents unless it is named; FILE may be -\n"
		"for standard input, or the folder of pass, gopass or passage. Everything\n"
		"is taken or, when something fails, nothing. Importing a file again adds\n"
		"nothing. In the end it tells what became of every kind of field, and\n"
		"which passwords are in use more than once.\n\n"
		"FORMAT is kdbx, json, bitwarden-json, bitwarden-json-encrypted,\n"
		"bitwarden-zip, bitwarden-csv, bitwarden-org-csv, chrome, firefox, apple,\n"
		"keepass-xml, keepassxc-csv, 1pux, 1password-csv, lastpass, protonpass,\n"
		"protonpass-csv, dashlane, pass, dashlane-zip, enpass, cxf or csv.\n\n"
		"Any CSV can be read by a map of its columns, as the first line names them:\n"
		"    --map name=Title --map user=Login --map password=Secret\n"
		"FIELD is name, user, password, url, note, otp, tag, folder, created,\n"
		"modified, expires, or another word for a field of that name; - leaves the\n"
		"column out. Columns that are not mapped become secret fields.",
	.options = import_options,
	.values_size = sizeof(struct import_values),
	.takes = {WORD_READS, WORD_FILE},
	.min_words = 1,
	.max_words = 2,
	.run = import_run,
};
