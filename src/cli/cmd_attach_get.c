#include <string.h>

#include <vault/new_file.h>

#include "commands.h"
#include "json.h"
#include "output.h"

struct get_values {
	bool replace;
};

static const struct option_spec get_options[] = {
	OPTION_FLAG(struct get_values, replace, 0, "replace", "take the place of an old file"),
	OPTIONS_END,
};

static int get_run(struct session *session, const void *values, char *const *words,
                   struct error *err)
{
	const struct get_values *get = values;
	const struct field *field;
	ENTRY_AUTO *entry = NULL;
	int r = session_read(session, words[0], &entry, err);

	if (r != 0)
		return r;
	field = entry_attachment(entry, words[1]);
	if (!field) {
		error_set(err, VAULT_NOT_FOUND, "'%s' has no attachment '%s'", entry->name,
		          words[1]);
		return VAULT_NOT_FOUND;
	}
	if (words[2] && strcmp(words[2], "-") != 0)
		return new_file(words[2], field->secret, get->replace, err);
	if (output_is_terminal() && !text_is_printable(field->secret->bytes, field->secret->length))
		return error_set(err, VAULT_USAGE,
		                 "'%s' is no text for a terminal: name a file to write it to",
		                 words[1]);
	output_secret(field->secret);
	return 0;
}

/* ---- list ---------------------------------------------------------------------------- */

static int list_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	ENTRY_AUTO *entry = NULL;
	struct json json = {0};
	int r = session_read(session, words[0], &entry, err);

	(void)values;
	if (r != 0)
		return r;
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "name", entry->name);
		json_put_array(&json, "attachments");
	}
	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];

		if (field->kind != FIELD_ATTACHMENT)
			continue;
		if (session->global.json) {
			json_put_object(&json, NULL);
			json_put_string(&json, "name", field->key);
			json_put_number(&json, "bytes", (int64_t)field->secret->length);
			json_close(&json);
			continue;
		}
		output_format("%10zu  ", field->secret->length);
		output_text(field->key);
		output_string("\n");
	}
	if (session->global.json) {
		json_close(&json);
		json_close(&json);
	}
	return 0;
}

const struct command command_attach_get = {
	.name = "attach get",
	.group = "keep",
	.arguments = "NAME ATTACHMENT [FILE]",
	.summary = "write an attachment to a new file, or to standard output",
	.more = "The file is readable by you alone, and complete or not there at all.",
	.options = get_options,
	.values_size = sizeof(struct get_values),
	.takes = {WORD_ENTRY, WORD_FIELD},
	.min_words = 2,
	.max_words = 3,
	.run = get_run,
};

const struct command command_attach_list = {
	.name = "attach list",
	.group = "keep",
	.arguments = "NAME",
	.summary = "list the attachments of an entry, with their sizes in bytes",
	.takes = {WORD_ENTRY},
	.min_words = 1,
	.max_words = 1,
	.run = list_run,
};
