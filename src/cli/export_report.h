/* What is said when an export is done. */
#ifndef CLI_EXPORT_REPORT_H
#define CLI_EXPORT_REPORT_H

#include <vault/format.h>
#include <vault/vault.h>

struct export_report {
	const struct format *format;
	const char *path; /* "-": standard output */
	size_t written;   /* entries */
	struct account losses;
	bool json;
};

bool export_is_output(const char *path);
/* One that anybody can read goes into the vault's log; a warning when that fails. */
void export_remember(const struct export_report *report, struct vault *vault);
void export_tell(const struct export_report *report);

#endif
