#include <string.h>

#include "commands.h"
#include "field_value.h"
#include "output.h"
#include "resets.h"
#include "rotation.h"

struct get_values {
	const char *field;
};

static const struct option_spec get_options[] = {
	OPTION_TEXT_OF(WORD_FIELD, struct get_values, field, 'f', "field", "FIELD",
                       "print user, url (the first), note, otp (the URI) or another field"),
	OPTIONS_END,
};

static int get_run(struct session *session, const void *values, char *const *words,
                   struct error *err)
{
	const struct get_values *get = values;
	struct field_value value;
	ENTRY_AUTO *entry = NULL;
	bool is_reset = get->field && strcmp(get->field, "resets-via") == 0;
	int r = is_reset ? resets_read(session, words[0], &entry, err)
	                 : session_read(session, words[0], &entry, err);

	if (r != 0)
		return r;
	r = field_value(entry, get->field, &value, err);
	if (r != 0)
		return r;
	if (value.secret && value.secret == entry->password)
		rotation_note(entry);
	if (value.secret)
		output_secret(value.secret);
	else
		output_string(value.text);
	if (output_is_terminal())
		output_string("\n");
	return 0;
}

const struct command command_get = {
	.name = "get",
	.group = "use",
	.arguments = "NAME",
	.summary = "print the password of an entry, and nothing else",
	.more = "The bytes come out as they are; a newline follows only on a terminal.",
	.options = get_options,
	.values_size = sizeof(struct get_values),
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_ENTRY},
	.run = get_run,
};
