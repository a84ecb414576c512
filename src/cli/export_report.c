#include "export_report.h"

#include <stdlib.h>
#include <string.h>

#include <vault/log.h>

#include "cleanup.h"
#include "import_report.h"
#include "report.h"

bool export_is_output(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* Where standard output goes is not known here: nor is what is to be destroyed then. */
static void tell_output(const struct export_report *report)
{
	report_note("%zu %s to standard output.", report->written,
	            report->written == 1 ? "entry went" : "entries went");
	if (report->format->flags & FORMAT_PLAIN)
		report_warning("it is UNENCRYPTED: where it is kept, destroy it as soon as it has "
		               "served");
}

static void tell_file(const struct export_report *report)
{
	struct json json = {0};

	if (report->json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "format", report->format->name);
		json_put_string(&json, "file", report->path);
		json_put_number(&json, "entries", (int64_t)report->written);
		json_put_array(&json, "account");
		account_json(&json, &report->losses);
		json_close(&json);
		json_close(&json);
	}
	report_note("%zu %s in %s.", report->written,
	            report->written == 1 ? "entry is" : "entries are", report->path);
	if (report->format->flags & FORMAT_PLAIN)
		report_warning("it is UNENCRYPTED: destroy it as soon as it has served, by "
		               "shred -u %s",
		               report->path);
}

void export_tell(const struct export_report *report)
{
	if (export_is_output(report->path))
		tell_output(report);
	else
		tell_file(report);
}

/* The file is there, whatever becomes of this. */
void export_remember(const struct export_report *report, struct vault *vault)
{
	struct error why = {0};
	FREE_AUTO char *path = export_is_output(report->path) ? NULL : realpath(report->path, NULL);

	if (report->format->flags & FORMAT_PLAIN &&
	    vault_log_export(vault, report->format->name, path ? path : report->path, &why) < 0)
		report_warning("'vault status' will not tell of it: %s", why.message);
}
