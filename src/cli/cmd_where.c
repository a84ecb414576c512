#include <vault/consumer.h>

#include "commands.h"
#include "dates.h"
#include "json.h"
#include "output.h"
#include "report.h"
#include "where_scan.h"

#define PATHS_MAX 1000

struct where_values {
	struct texts tick;
	bool tick_all, scan, record;
};

static const struct option_spec where_options[] = {
	OPTION_TEXTS_OF(WORD_CONSUMER, struct where_values, tick, 0, "tick", "WHO",
                        "it has the present password now"),
	OPTION_FLAG(struct where_values, tick_all, 0, "tick-all", "all of them have"),
	OPTION_FLAG(struct where_values, scan, 0, "scan",
                    "look for the vault's passwords in files"),
	OPTION_FLAG(struct where_values, record, 0, "record",
                    "with --scan: note down the files that have one"),
	OPTIONS_END,
};

static int check(const struct where_values *where, char *const *words, struct error *err)
{
	bool ticks = where->tick.count > 0 || where->tick_all;

	if (where->scan && ticks)
		return error_set(err, VAULT_USAGE, "--scan and --tick exclude each other");
	if (where->record && !where->scan)
		return error_set(err, VAULT_USAGE, "--record goes with --scan");
	if (where->tick_all && where->tick.count > 0)
		return error_set(err, VAULT_USAGE, "--tick and --tick-all exclude each other");
	if (!where->scan && (!words[0] || words[1]))
		return error_set(err, VAULT_USAGE, "say which entry, or what to --scan");
	return 0;
}

static void print_json(const struct entry *entry)
{
	struct json json = {0};

	json_put_object(&json, NULL);
	json_put_string(&json, "name", entry->name);
	json_put_array(&json, "used_by");
	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];

		if (field->kind != FIELD_CONSUMER)
			continue;
		json_put_object(&json, NULL);
		json_put_string(&json, "who", field->text);
		json_put_time(&json, "ticked", consumer_ticked(field));
		json_put_bool(&json, "behind", consumer_is_behind(entry, field));
		json_close(&json);
	}
	json_close(&json);
	json_close(&json);
}

static void print_text(const struct entry *entry)
{
	char day[DATE_DAY_SIZE];
	size_t count = 0;

	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];
		int64_t ticked = consumer_ticked(field);

		if (field->kind != FIELD_CONSUMER)
			continue;
		count++;
		output_string(consumer_is_behind(entry, field) ? "[ ] " : "[x] ");
		output_text(field->text);
		if (ticked)
			output_format("  (%s)", date_day(ticked, day));
		output_string("\n");
	}
	if (count == 0)
		report_note("Nobody is known to use it; 'vault edit --used-by' notes it down, "
		            "'vault where --scan' looks for it.");
	else if (consumers_behind(entry) > 0)
		report_note("[ ] has an earlier password, for all that is known: --tick WHO when "
		            "it was given the present one.");
}

static int where_run(struct session *session, const void *values, char *const *words,
                     struct error *err)
{
	const struct where_values *where = values;
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = NULL;
	int r = check(where, words, err);

	if (r == 0 && where->scan)
		return where_scan(session, words, where->record, err);
	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0)
		r = session_get(session, words[0], &entry, err);
	if (r == 0 && (where->tick.count > 0 || where->tick_all)) {
		r = consumers_tick(session->vault, entry->name, where->tick.items, &result, err);
		entry_free(entry);
		entry = NULL;
		if (r == 0)
			r = session_get(session, words[0], &entry, err);
	}
	if (r != 0)
		return r;
	session_close(session);
	if (session->global.json)
		print_json(entry);
	else
		print_text(entry);
	return 0;
}

const struct command command_where = {
	.name = "where",
	.group = "protect",
	.arguments = "NAME | --scan [PATH...]",
	.summary = "tell who types a password, and find who has one in a file",
	.more = "Programs and devices that --used-by named, and whether they have the\n"
		"present password. --scan looks for every password of the vault in the files\n"
		"that programs keep them in, or in all files below PATH, and tells which saved\n"
		"logins of Thunderbird and Firefox are likely of which entry.",
	.options = where_options,
	.values_size = sizeof(struct where_values),
	.max_words = PATHS_MAX,
	.takes = {WORD_ENTRY, WORD_FILE},
	.run = where_run,
};
