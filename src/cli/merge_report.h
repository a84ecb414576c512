/* What `merge` tells: entry by entry, and in the end. */
#ifndef CLI_MERGE_REPORT_H
#define CLI_MERGE_REPORT_H

#include <vault/merge.h>

#include "json.h"
#include "reuse_map.h"

struct merge_report {
	bool json_wanted, dry;
	const char *path; /* of the copy */
	struct merge_result result;
	struct reuse_map reuse;
	struct json json;
};

void merge_report_start(struct merge_report *report);
/* One entry, for vault_merge; `context` is the report. */
int merge_report_item(void *context, const struct merge_item *item);
void merge_report_end(struct merge_report *report);

#endif
