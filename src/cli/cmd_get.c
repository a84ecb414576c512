#include <string.h>

#include "commands.h"
#include "output.h"

struct get_values {
	const char *field;
};

static const struct option_spec get_options[] = {
	OPTION_TEXT(struct get_values, field, 'f', "field", "FIELD",
                    "print user, url (the first), note or another field"),
	OPTIONS_END,
};

/* Finds a field by its name: one of *ret_text, *ret_secret is set, or none. */
static void find(const struct entry *entry, const char *name, const char **ret_text,
                 const struct secret **ret_secret)
{
	const struct field *field;

	*ret_text = NULL;
	*ret_secret = NULL;
	if (strcmp(name, "password") == 0) {
		*ret_secret = entry->password;
	} else if (strcmp(name, "user") == 0) {
		*ret_text = entry->user;
	} else if (strcmp(name, "name") == 0) {
		*ret_text = entry->name;
	} else if ((field = entry_field(entry, name))) {
		*ret_text = field->text;
		*ret_secret = field->secret;
	}
}

static int get_run(struct session *session, const void *values, char *const *words,
                   struct error *err)
{
	const struct get_values *get = values;
	const char *name = get->field ? get->field : "password", *text;
	const struct secret *secret;
	ENTRY_AUTO *entry = NULL;
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = session_get(session, words[0], &entry, err);
	if (r != 0)
		return r;
	session_close(session);
	find(entry, name, &text, &secret);
	if (!text && !secret) {
		error_set(err, VAULT_NOT_FOUND, "'%s' has no %s%s%s", entry->name,
		          get->field ? "'" : "", name, get->field ? "'" : "");
		return VAULT_NOT_FOUND;
	}
	if (secret)
		output_secret(secret);
	else
		output_string(text);
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
	.run = get_run,
};
