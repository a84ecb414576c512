#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "dates.h"
#include "hint.h"
#include "json.h"
#include "output.h"
#include "prompt.h"
#include "report.h"
#include "results.h"

#define NAME_COLUMNS 32

struct trash_context {
	bool json_wanted;
	size_t count;
	struct json json;
};

static int trash_item(void *context, const struct trash_item *item)
{
	struct trash_context *trash = context;
	char day[DATE_DAY_SIZE];

	trash->count++;
	if (trash->json_wanted) {
		json_put_object(&trash->json, NULL);
		json_put_number(&trash->json, "id", item->id);
		json_put_string(&trash->json, "name", item->name);
		json_put_string(&trash->json, "user", item->user);
		json_put_time(&trash->json, "trashed", item->trashed);
		json_close(&trash->json);
		return 0;
	}
	output_format("%s  ", date_day(item->trashed, day));
	if (item->user) {
		output_padded(item->name, NAME_COLUMNS);
		output_text(item->user);
	} else {
		output_text(item->name);
	}
	output_string("\n");
	return 0;
}

static int trash_list_run(struct session *session, const void *values, char *const *words,
                          struct error *err)
{
	struct trash_context context = {.json_wanted = session->global.json};
	int r = session_unlock(session, 0, err);

	(void)values;
	(void)words;
	if (r != 0)
		return r;
	if (context.json_wanted) {
		json_put_object(&context.json, NULL);
		json_put_array(&context.json, "entries");
	}
	r = vault_trash_list(session->vault, trash_item, &context, err);
	session_close(session);
	if (r != 0)
		return r;
	if (context.json_wanted) {
		json_close(&context.json);
		json_close(&context.json);
	} else if (context.count == 0) {
		report_note("The trash is empty.");
	}
	return 0;
}

const struct command command_trash_list = {
	.name = "trash list",
	.group = "keep",
	.arguments = "",
	.summary = "list what is in the trash, oldest first",
	.run = trash_list_run,
};

static int try_item(void *context, const struct trash_item *item)
{
	hint_try(context, item->name, strlen(item->name));
	return 0;
}

static int not_there(struct session *session, const char *name, struct error *err)
{
	struct hint hint = {.wanted = name};
	int r = vault_trash_list(session->vault, try_item, &hint, err);

	if (r < 0)
		return r;
	error_set(err, VAULT_NOT_FOUND, "there is no '%s' in the trash%s", name, hint_text(&hint));
	return VAULT_NOT_FOUND;
}

struct restore_values {
	const char *name;
};

static const struct option_spec restore_options[] = {
	OPTION_TEXT(struct restore_values, name, 0, "as", "NEW-NAME", "under another name"),
	OPTIONS_END,
};

static int trash_restore_run(struct session *session, const void *values, char *const *words,
                             struct error *err)
{
	const struct restore_values *restore = values;
	WRITE_RESULT_AUTO result = {0};
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = vault_trash_restore(session->vault, words[0], restore->name, &result, err);
	if (session_lacks(session, r))
		r = not_there(session, words[0], err);
	if (r == VAULT_EXISTS)
		error_set(err, VAULT_EXISTS,
		          "there is an entry '%s' again; restore it under another name: --as",
		          restore->name ? restore->name : words[0]);
	if (r != 0)
		return r;
	session_close(session);
	result_json(session, "restored", &result);
	result_warn(&result);
	report_note("'%s' is back.", result.name);
	return 0;
}

const struct command command_trash_restore = {
	.name = "trash restore",
	.group = "keep",
	.arguments = "NAME",
	.summary = "bring an entry back from the trash",
	.more = "Of several with one name it is the one that went there last.",
	.options = restore_options,
	.values_size = sizeof(struct restore_values),
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_TRASHED},
	.run = trash_restore_run,
};

struct empty_values {
	bool yes;
};

static const struct option_spec empty_options[] = {
	OPTION_FLAG(struct empty_values, yes, 'y', "yes", "do not ask"),
	OPTIONS_END,
};

static int trash_empty_run(struct session *session, const void *values, char *const *words,
                           struct error *err)
{
	const struct empty_values *empty = values;
	char question[512];
	struct json json = {0};
	size_t count = 0;
	int r;

	snprintf(question, sizeof(question), "Erase %s%.255s%s in the trash for ever?",
	         words[0] ? "'" : "", words[0] ? words[0] : "everything", words[0] ? "'" : "");
	r = prompt_confirm(empty->yes, question, err);
	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0)
		r = vault_trash_empty(session->vault, words[0], &count, err);
	if (r == 0 && count == 0 && words[0])
		r = not_there(session, words[0], err);
	if (r != 0)
		return r;
	session_close(session);
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "action", "erased");
		json_put_number(&json, "count", (int64_t)count);
		json_close(&json);
	}
	report_note(count == 1 ? "Erased %zu entry." : "Erased %zu entries.", count);
	return 0;
}

const struct command command_trash_empty = {
	.name = "trash empty",
	.group = "keep",
	.arguments = "[NAME]",
	.summary = "erase what is in the trash",
	.more = "Names, dates and fingerprints stay, so that a password used once is\n"
		"known for ever.",
	.options = empty_options,
	.values_size = sizeof(struct empty_values),
	.max_words = 1,
	.takes = {WORD_TRASHED},
	.run = trash_empty_run,
};
