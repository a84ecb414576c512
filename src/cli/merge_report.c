#include "merge_report.h"

#include "output.h"
#include "report.h"
#include "results.h"

/* ---- one by one ---------------------------------------------------------------------- */

static const struct {
	enum merge_conflict bit;
	const char *word;
} conflict_words[] = {
	{MERGE_PASSWORD, "password"}, {MERGE_USER, "user"},   {MERGE_NAME, "name"},
	{MERGE_FIELDS, "fields"},     {MERGE_STATE, "trash"},
};
#define N_CONFLICT_WORDS (sizeof(conflict_words) / sizeof(conflict_words[0]))

static const char *outcome_word(enum merge_outcome outcome)
{
	switch (outcome) {
	case MERGE_ADDED:
		return "added";
	case MERGE_TAKEN:
		return "taken";
	case MERGE_JOINED:
		return "joined";
	case MERGE_NAMED:
		return "renamed";
	}
	return "";
}

static void list_json(struct json *json, const struct merge_item *item)
{
	json_put_object(json, NULL);
	json_put_string(json, "name", item->name);
	json_put_string(json, "outcome", outcome_word(item->outcome));
	json_put_string(json, "state", entry_state_name(item->state));
	json_put_string(json, "wanted", item->wanted);
	json_put_array(json, "conflicts");
	for (size_t i = 0; i < N_CONFLICT_WORDS; i++)
		if (item->conflicts & conflict_words[i].bit)
			json_put_string(json, NULL, conflict_words[i].word);
	json_close(json);
	json_close(json);
}

static const char *mark_of(const struct merge_item *item)
{
	if (item->conflicts)
		return "! ";
	return item->state == ENTRY_TRASHED || item->state == ENTRY_PURGED ? "- "
	       : item->outcome == MERGE_ADDED                              ? "+ "
	                                                                   : "~ ";
}

static void list_text(const struct merge_item *item)
{
	const char *joint = ": changed in both: ";

	output_string(mark_of(item));
	if (item->state == ENTRY_INCIDENT)
		output_string("incident ");
	output_text(item->name);
	if (item->wanted) {
		output_string(", because another entry is called ");
		output_text(item->wanted);
	}
	for (size_t i = 0; i < N_CONFLICT_WORDS; i++)
		if (item->conflicts & conflict_words[i].bit) {
			output_string(joint);
			output_string(conflict_words[i].word);
			joint = ", ";
		}
	output_string("\n");
}

void merge_report_start(struct merge_report *report)
{
	if (!report->json_wanted)
		return;
	json_put_object(&report->json, NULL);
	json_put_bool(&report->json, "dry_run", report->dry);
	json_put_array(&report->json, "entries");
}

int merge_report_item(void *context, const struct merge_item *item)
{
	struct merge_report *report = context;

	if (item->state == ENTRY_LOG)
		return 0;
	if (report->json_wanted)
		list_json(&report->json, item);
	else
		list_text(item);
	return 0;
}

/* ---- in the end ---------------------------------------------------------------------- */

static void end_json(struct merge_report *report)
{
	const struct merge_result *result = &report->result;
	struct json *json = &report->json;

	json_close(json);
	json_put_number(json, "added", (int64_t)result->added);
	json_put_number(json, "taken", (int64_t)result->taken);
	json_put_number(json, "joined", (int64_t)result->joined);
	json_put_number(json, "renamed", (int64_t)result->named);
	json_put_number(json, "conflicts", (int64_t)result->conflicts);
	json_put_number(json, "kept", (int64_t)result->kept);
	json_put_number(json, "same", (int64_t)result->same);
	json_put_bool(json, "other_keys", result->other_keys);
	reuse_map_json(json, &report->reuse);
	json_close(json);
}

static void end_text(const struct merge_report *report)
{
	const struct merge_result *result = &report->result;

	output_format("%s%zu added, %zu taken over, %zu put together from both; %zu %s the same, "
	              "%zu %s newer or only here.\n",
	              report->dry ? "Would be: " : "", result->added, result->taken, result->joined,
	              result->same, result->same == 1 ? "was" : "were", result->kept,
	              result->kept == 1 ? "is" : "are");
	if (result->conflicts > 0)
		output_format("%zu changed in both (!): the newer one counts, and the other is in "
		              "the history and under '(earlier)'.\n",
		              result->conflicts);
	reuse_map_print(&report->reuse);
	if (result->other_keys)
		report_note("%s opens with other passwords or key files; those of the vault stay "
		            "as they are.",
		            report->path);
}

void merge_report_end(struct merge_report *report)
{
	if (report->json_wanted)
		end_json(report);
	else
		end_text(report);
}
