#include <stdio.h>
#include <string.h>

#include "import_report.h"
#include "output.h"
#include "report.h"

#define NAMES_SHOWN 3
#define COUNT_COLUMNS 8

/* ---- one by one ---------------------------------------------------------------------- */

void import_report_start(struct import_report *report, const struct session *session)
{
	report->json_wanted = session->global.json;
	report->listing = report->dry;
	if (!report->json_wanted)
		return;
	json_put_object(&report->json, NULL);
	json_put_string(&report->json, "format", report->format->name);
	json_put_bool(&report->json, "dry_run", report->dry);
	json_put_array(&report->json, "entries");
}

static const char *outcome_word(enum import_outcome outcome)
{
	switch (outcome) {
	case IMPORT_ADDED:
		return "added";
	case IMPORT_SAME:
		return "same";
	case IMPORT_DIFFERS:
		return "differs";
	case IMPORT_UPDATED:
		return "updated";
	case IMPORT_TRASHED:
		return "trashed";
	}
	return "";
}

/* What is new, in words. */
static void print_news(unsigned news)
{
	static const struct {
		enum import_news bit;
		const char *word;
	} words[] = {{NEWS_PASSWORD, "password"},
	             {NEWS_HISTORY, "earlier passwords"},
	             {NEWS_USER, "user"},
	             {NEWS_FIELDS, "fields"}};
	const char *joint = ": ";

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (news & words[i].bit) {
			output_string(joint);
			output_string(words[i].word);
			joint = ", ";
		}
	if (news & NEWS_OLDER)
		output_string(" (older than the entry)");
}

static void list_text(const struct item *item, const struct import_result *result)
{
	if (result->outcome == IMPORT_SAME)
		return;
	output_string(result->outcome == IMPORT_ADDED     ? "+ "
	              : result->outcome == IMPORT_TRASHED ? "- "
	                                                  : "~ ");
	output_text(result->name);
	if (result->outcome == IMPORT_ADDED && item->user) {
		output_string(" (");
		output_text(item->user);
		output_string(")");
	}
	if (result->other_name) {
		output_string(" (");
		output_text(item->name);
		output_string(" in the file)");
	}
	if (result->outcome == IMPORT_TRASHED)
		output_string(": in the trash");
	print_news(result->news);
	output_string("\n");
}

static void list_json(struct json *json, const struct import_result *result)
{
	if (result->outcome == IMPORT_SAME)
		return;
	json_put_object(json, NULL);
	json_put_string(json, "name", result->name);
	json_put_string(json, "outcome", outcome_word(result->outcome));
	json_put_bool(json, "burned", result->burned);
	json_close(json);
}

/* Has it been renamed there, as far as the dates tell? What import itself puts behind a name that
 * is taken says nothing of that. */
static bool is_renamed(const struct item *item, const struct import_result *result)
{
	size_t length = strlen(item->name);
	bool behind = strncmp(result->name, item->name, length) == 0 &&
	              strncmp(result->name + length, " (", 2) == 0;

	return result->other_name && !behind && item->modified > 0 && !(result->news & NEWS_OLDER);
}

/* What an entry that is there keeps, whatever the item says. */
static void count_kept(struct account *account, const struct item *item,
                       const struct import_result *result)
{
	if (result->news & NEWS_KEPT)
		account_add(account, FATE_LEFT, "field",
		            "the entry has another value, and keeps it", result->name);
	if (is_renamed(item, result))
		account_add(account, FATE_LEFT, "name", "the entry keeps its own", result->name);
	if (result->trashed_there)
		account_add(account, FATE_LEFT, "trash", "it is in the trash there, and stays here",
		            result->name);
}

static void count(struct import_report *report, const struct item *item,
                  const struct import_result *result)
{
	struct account *account = &report->account;

	switch (result->outcome) {
	case IMPORT_ADDED:
		report->added++;
		account_item(account, item);
		break;
	case IMPORT_UPDATED:
		report->updated++;
		break;
	case IMPORT_SAME:
		report->same++;
		break;
	case IMPORT_DIFFERS:
		report->differing++;
		account_add(account, FATE_LEFT, "entry",
		            "it is there and differs: --update takes it", result->name);
		break;
	case IMPORT_TRASHED:
		report->trashed++;
		account_add(account, FATE_LEFT, "entry", "it is in the trash, and stays there",
		            result->name);
		break;
	}
	if (result->realm_left && result->outcome == IMPORT_ADDED)
		account_untake(account, FIELD_REALM);
	if (result->realm_left)
		account_add(account, FATE_LEFT, account_word(FIELD_REALM),
		            "the realms of the vault stay as they are", result->name);
	count_kept(account, item, result);
	if (result->renamed)
		account_add(account, FATE_CHANGED, "name", "it was taken: something is behind it",
		            result->name);
}

void import_report_item(struct import_report *report, const struct item *item,
                        const struct import_result *result)
{
	report->items++;
	report->reuse.master |= result->master;
	report->burned += result->burned;
	count(report, item, result);
	if (report->json_wanted)
		list_json(&report->json, result);
	else if (report->listing)
		list_text(item, result);
}

void import_report_lost(void *context, const char *name, bool there, bool added)
{
	struct import_report *report = context;

	if (added)
		account_untake(&report->account, FIELD_RESETS);
	account_add(&report->account, FATE_LEFT, account_word(FIELD_RESETS),
	            there ? "the entry is there without it: --update takes it"
	                  : "the entry that it leads through is not there",
	            name);
}

/* ---- in the end ---------------------------------------------------------------------- */

static const char *fate_word(enum fate fate)
{
	return fate == FATE_TAKEN ? "taken" : fate == FATE_CHANGED ? "changed" : "left";
}

static void print_row(const struct account_row *row)
{
	char number[24];

	snprintf(number, sizeof(number), "%zu", row->count);
	output_string("  ");
	output_padded(number, COUNT_COLUMNS);
	output_text(row->what);
	if (row->how[0]) {
		output_string(": ");
		output_text(row->how);
	}
	for (size_t i = 0; i < row->n_names && i < NAMES_SHOWN; i++) {
		output_string(i == 0 ? " (" : ", ");
		output_text(row->names[i]);
	}
	if (row->n_names > 0)
		output_string(row->n_names > NAMES_SHOWN ? ", …)" : ")");
	output_string("\n");
}

void account_print(const struct account *account, enum fate fate, const char *heading)
{
	bool begun = false;

	for (size_t i = 0; i < account->n_rows; i++) {
		if (account->rows[i].fate != fate)
			continue;
		if (!begun)
			output_format("%s\n", heading);
		begun = true;
		print_row(&account->rows[i]);
	}
}

void account_json(struct json *json, const struct account *account)
{
	for (size_t i = 0; i < account->n_rows; i++) {
		const struct account_row *row = &account->rows[i];

		json_put_object(json, NULL);
		json_put_string(json, "fate", fate_word(row->fate));
		json_put_string(json, "what", row->what);
		if (row->how[0])
			json_put_string(json, "how", row->how);
		json_put_number(json, "count", (int64_t)row->count);
		json_put_array(json, "names");
		for (size_t j = 0; j < row->n_names; j++)
			json_put_string(json, NULL, row->names[j]);
		json_close(json);
		json_close(json);
	}
}

void account_warn(const struct account *account)
{
	for (size_t i = 0; i < account->n_rows; i++) {
		const struct account_row *row = &account->rows[i];
		const char *name = row->n_names > 0 ? row->names[0] : "";

		report_warning("%zu × %s: %s%s%s%s", row->count, row->what, row->how,
		               row->n_names > 0 ? " (" : "", name,
		               row->n_names == 0 ? ""
		               : row->count > 1  ? ", …)"
		                                 : ")");
	}
}

static void end_json(struct import_report *report, const struct account *parser)
{
	struct json *json = &report->json;

	json_close(json);
	json_put_number(json, "items", (int64_t)report->items);
	json_put_number(json, "added", (int64_t)report->added);
	json_put_number(json, "updated", (int64_t)report->updated);
	json_put_number(json, "same", (int64_t)report->same);
	json_put_number(json, "differing", (int64_t)report->differing);
	json_put_number(json, "trashed", (int64_t)report->trashed);
	json_put_number(json, "burned", (int64_t)report->burned);
	json_put_array(json, "account");
	account_json(json, &report->account);
	account_json(json, parser);
	json_close(json);
	reuse_map_json(json, &report->reuse);
	json_close(json);
}

void import_report_end(struct import_report *report, const struct account *parser)
{
	if (report->json_wanted) {
		end_json(report, parser);
		return;
	}
	output_format("%s%zu of %zu %s added (%s)", report->dry ? "Would be: " : "", report->added,
	              report->items, report->items == 1 ? "entry" : "entries",
	              report->format->title);
	if (report->updated > 0)
		output_format(", %zu updated", report->updated);
	if (report->same > 0)
		output_format(", %zu there already", report->same);
	if (report->differing > 0)
		output_format(", %zu there but different", report->differing);
	if (report->trashed > 0)
		output_format(", %zu in the trash", report->trashed);
	output_string(".\n");
	account_print(&report->account, FATE_TAKEN, "Taken");
	account_print(&report->account, FATE_CHANGED, "Changed");
	account_print(parser, FATE_CHANGED, "Changed on the way");
	account_print(&report->account, FATE_LEFT, "Not taken");
	account_print(parser, FATE_LEFT, "Not taken from the file");
	reuse_map_print(&report->reuse);
	if (report->burned > 0)
		output_format("%zu with a password that leaked, or is like one that did; "
		              "'vault incident show' tells what to change.\n",
		              report->burned);
}

void import_report_done(struct import_report *report)
{
	account_done(&report->account);
}
