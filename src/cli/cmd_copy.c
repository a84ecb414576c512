#include <string.h>

#include "clipboard.h"
#include "commands.h"
#include "field_value.h"
#include "json.h"
#include "rotation.h"

struct copy_values {
	const char *field;
	struct clipboard_options clipboard;
};

static const struct option_spec copy_options[] = {
	OPTION_TEXT_OF(WORD_FIELD, struct copy_values, field, 'f', "field", "FIELD",
                       "copy user, url (the first), note or another field"),
	CLIPBOARD_OPTIONS(struct copy_values, clipboard),
	OPTIONS_END,
};

static void print_json(const struct entry *entry, const char *field,
                       const struct clipboard_done *done)
{
	struct json json = {0};

	json_put_object(&json, NULL);
	json_put_string(&json, "name", entry->name);
	json_put_string(&json, "field", field ? field : "password");
	clipboard_json(&json, done);
	json_close(&json);
}

static int copy_value(struct session *session, const struct copy_values *copy,
                      const struct entry *entry, struct clipboard_done *done, struct error *err)
{
	SECRET_AUTO *of_text = NULL;
	struct field_value value;
	int r = field_value(entry, copy->field, &value, err);

	if (r == 0 && value.text)
		r = secret_copy(&of_text, value.text, strlen(value.text), err);
	return r == 0 ? clipboard_copy(session, value.text ? of_text : value.secret,
	                               &copy->clipboard, done, err)
	              : r;
}

static int copy_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct copy_values *copy = values;
	struct clipboard_done done;
	ENTRY_AUTO *entry = NULL;
	int r = session_read(session, words[0], &entry, err);

	if (r != 0)
		return r;
	if (!copy->field || strcmp(copy->field, "password") == 0)
		rotation_note(entry);
	r = copy_value(session, copy, entry, &done, err);
	if (r == 0 && session->global.json)
		print_json(entry, copy->field, &done);
	return r;
}

const struct command command_copy = {
	.name = "copy",
	.group = "use",
	.arguments = "NAME",
	.summary = "put the password of an entry on the clipboard for a while",
	.more = "It is cleared after 45 seconds, unless something else was copied since,\n"
		"and by 'vault lock'. Where it goes: to the clipboard of Wayland or X11, else\n"
		"to a buffer of tmux, else, over ssh, to the clipboard of the terminal.",
	.options = copy_options,
	.values_size = sizeof(struct copy_values),
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_ENTRY},
	.run = copy_run,
};
