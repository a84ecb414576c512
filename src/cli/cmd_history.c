#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "dates.h"
#include "json.h"
#include "output.h"
#include "rotation.h"

struct history_values {
	bool reveal;
};

static const struct option_spec history_options[] = {
	OPTION_FLAG(struct history_values, reveal, 'r', "reveal", "show the passwords"),
	OPTIONS_END,
};

/* The items are kept until the vault is closed. */
struct history_line {
	int64_t since, until;
	struct secret *password;
	char *reason;
};

struct history {
	struct history_line *lines;
	size_t count;
	struct error *err;
};

static void history_done(struct history *history)
{
	for (size_t i = 0; i < history->count; i++) {
		secret_free(history->lines[i].password);
		free(history->lines[i].reason);
	}
	free(history->lines);
}

static int keep_item(void *context, const struct history_item *item)
{
	struct history *history = context;
	struct history_line line = {.since = item->since, .until = item->until};
	struct history_line *lines = realloc(history->lines, (history->count + 1) * sizeof(*lines));

	if (!lines)
		return error_set(history->err, VAULT_FAILED, "out of memory");
	history->lines = lines;
	if (item->reuse_reason && !(line.reason = strdup(item->reuse_reason)))
		return error_set(history->err, VAULT_FAILED, "out of memory");
	lines[history->count++] = line;
	if (!item->password)
		return 0;
	return secret_copy(&lines[history->count - 1].password, item->password->bytes,
	                   item->password->length, history->err);
}

static void print_line(const struct history_line *line, bool reveal)
{
	char day[DATE_DAY_SIZE];

	output_format("%s - ", date_day(line->since, day));
	output_format("%-10s  ", line->until ? date_day(line->until, day) : "now");
	if (line->password)
		output_secret_text(line->password, 0);
	else
		output_string(reveal ? "(erased)" : output_mask());
	if (line->reason) {
		output_string("  shared on purpose: ");
		output_text(line->reason);
	}
	output_string("\n");
}

/* A password that is not in use yet is no part of the history, but may be what is looked for. */
static void print_pending(const struct secret *pending, bool reveal)
{
	if (!pending)
		return;
	output_string("pending                  ");
	if (reveal)
		output_secret_text(pending, 0);
	else
		output_string(output_mask());
	output_string("\n");
}

static void print_json(const struct history *history, const struct entry *entry, bool reveal)
{
	const struct secret *pending = rotate_pending(entry);
	struct json json = {0};

	json_put_object(&json, NULL);
	json_put_string(&json, "name", entry->name);
	json_put_array(&json, "passwords");
	for (size_t i = 0; i < history->count; i++) {
		const struct history_line *line = &history->lines[i];
		json_put_object(&json, NULL);
		json_put_time(&json, "since", line->since);
		json_put_time(&json, "until", line->until);
		if (reveal)
			json_put_secret(&json, "password", line->password);
		json_put_string(&json, "reuse_reason", line->reason);
		json_close(&json);
	}
	json_close(&json);
	if (pending)
		json_put_bool(&json, "change_pending", true);
	if (reveal && pending)
		json_put_secret(&json, "pending", pending);
	json_close(&json);
}

static int history_run(struct session *session, const void *values, char *const *words,
                       struct error *err)
{
	const struct history_values *options = values;
	__attribute__((cleanup(history_done))) struct history history = {.err = err};
	ENTRY_AUTO *entry = NULL;
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = session_get(session, words[0], &entry, err);
	if (r == 0)
		r = vault_history(session->vault, words[0], options->reveal, keep_item, &history,
		                  err);
	if (session_lacks(session, r))
		return session_no_entry(session, words[0], err);
	if (r != 0)
		return r;
	session_close(session);
	if (session->global.json)
		print_json(&history, entry, options->reveal);
	else
		print_pending(rotate_pending(entry), options->reveal);
	for (size_t i = 0; i < history.count && !session->global.json; i++)
		print_line(&history.lines[i], options->reveal);
	return 0;
}

const struct command command_history = {
	.name = "history",
	.group = "protect",
	.arguments = "NAME",
	.summary = "tell when an entry had which password",
	.more = "Newest first. Every change of a password keeps the former one. Without\n"
		"--reveal only the dates are shown.",
	.options = history_options,
	.values_size = sizeof(struct history_values),
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_ENTRY},
	.run = history_run,
};
