#include "commands.h"
#include "dates.h"
#include "json.h"
#include "output.h"
#include "report.h"

#define NAME_COLUMNS 32
#define USER_COLUMNS 28

struct list_values {
	struct texts tags;
	bool details;
};

static const struct option_spec list_options[] = {
	OPTION_TEXTS_OF(WORD_TAG, struct list_values, tags, 't', "tag", "TAG",
                        "only entries with this tag"),
	OPTION_FLAG(struct list_values, details, 'l', "long",
                    "with user name and the day the password came in"),
	OPTIONS_END,
};

struct list_context {
	bool details, json_wanted;
	size_t count;
	struct json json;
};

static void list_line(const struct list_context *list, const struct list_item *item)
{
	char day[DATE_DAY_SIZE];

	if (!list->details) {
		output_text(item->name);
	} else if (output_is_terminal()) {
		output_padded(item->name, NAME_COLUMNS);
		output_padded(item->user ? item->user : "", USER_COLUMNS);
		output_string(date_day(item->password_since, day));
	} else {
		output_text(item->name);
		output_string("\t");
		output_text(item->user ? item->user : "");
		output_string("\t");
		output_string(date_day(item->password_since, day));
	}
	output_string("\n");
}

static int list_item(void *context, const struct list_item *item)
{
	struct list_context *list = context;

	list->count++;
	if (!list->json_wanted) {
		list_line(list, item);
		return 0;
	}
	json_put_object(&list->json, NULL);
	json_put_string(&list->json, "name", item->name);
	if (list->details) {
		json_put_string(&list->json, "user", item->user);
		json_put_time(&list->json, "created", item->created);
		json_put_time(&list->json, "modified", item->modified);
		json_put_time(&list->json, "password_since", item->password_since);
	}
	json_close(&list->json);
	return 0;
}

static int list_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct list_values *list = values;
	struct list_context context = {.details = list->details,
	                               .json_wanted = session->global.json};
	const struct list_filter filter = {.pattern = words[0],
	                                   .tags = list->tags.items,
	                                   .details = list->details};
	int r = session_unlock(session, 0, err);

	if (r != 0)
		return r;
	if (context.json_wanted) {
		json_put_object(&context.json, NULL);
		json_put_array(&context.json, "entries");
	}
	/* The lines are gathered in memory: a slow reader must not keep the vault open. */
	r = vault_list(session->vault, &filter, list_item, &context, err);
	session_close(session);
	if (r != 0)
		return r;
	if (context.json_wanted) {
		json_close(&context.json);
		json_close(&context.json);
	}
	if (context.count == 0)
		report_note(filter.pattern || filter.tags
		                    ? "No entry is like that."
		                    : "There is no entry yet; 'vault add NAME' makes one.");
	return 0;
}

const struct command command_list = {
	.name = "list",
	.group = "use",
	.arguments = "[PATTERN]",
	.summary = "list the names of the entries",
	.more = "PATTERN is a part of the name, or with any of *?[ a pattern as in the\n"
		"shell. With --long the columns are separated by tabs unless they go to a\n"
		"terminal.",
	.options = list_options,
	.values_size = sizeof(struct list_values),
	.max_words = 1,
	.run = list_run,
};
