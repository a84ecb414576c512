#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "input.h"
#include "report.h"
#include "results.h"

struct attach_values {
	const char *as;
	bool replace;
};

static const struct option_spec add_options[] = {
	OPTION_TEXT(struct attach_values, as, 0, "as", "ATTACHMENT",
                    "call it so, instead of as the file is called"),
	OPTION_FLAG(struct attach_values, replace, 0, "replace",
                    "take the place of one of that name"),
	OPTIONS_END,
};

static int change(struct session *session, const char *name, struct entry_edit *edit,
                  struct error *err)
{
	WRITE_RESULT_AUTO result = {0};
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = vault_edit(session->vault, name, edit, NULL, &result, err);
	if (r != 0)
		return r;
	session_close(session);
	result_json(session, "edited", &result);
	return 0;
}

/* ---- add ----------------------------------------------------------------------------- */

static int read_file(const char *path, struct secret **ret_contents, struct error *err)
{
	CLOSE_AUTO int fd = input_open(path, err);
	int r = fd < 0 ? fd : secret_read_all(fd, ATTACHMENT_MAX, ret_contents, err);

	if (r == -VAULT_USAGE)
		return error_set(err, VAULT_USAGE, "%s is too large: an attachment holds %zu MiB",
		                 path, ATTACHMENT_MAX >> 20);
	return r > 0 ? secret_copy(ret_contents, "", 0, err) : r; /* an empty file is one, too */
}

static const char *name_of(const char *path, const struct attach_values *attach)
{
	const char *slash = strrchr(path, '/');

	return attach->as ? attach->as : slash ? slash + 1 : path;
}

static int add_run(struct session *session, const void *values, char *const *words,
                   struct error *err)
{
	const struct attach_values *attach = values;
	const char *name = name_of(words[1], attach);
	ENTRY_AUTO *entry = NULL;
	ENTRY_AUTO *set = NULL;
	SECRET_AUTO *contents = NULL;
	struct entry_edit edit = {0};
	int r = strcmp(words[1], "-") == 0 && !attach->as
	                ? error_set(err, VAULT_USAGE,
	                            "standard input has no name: give one by --as")
	                : read_file(words[1], &contents, err);

	if (r == 0)
		r = entry_new(&set, words[0], err);
	if (r == 0)
		r = entry_set_secret(set, FIELD_ATTACHMENT, name, &contents, err);
	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0)
		r = session_get(session, words[0], &entry, err);
	if (r != 0)
		return r;
	if (entry_attachment(entry, name) && !attach->replace) {
		error_set(err, VAULT_EXISTS, "'%s' has an attachment '%s' already; --replace it",
		          entry->name, name);
		return VAULT_EXISTS;
	}
	edit.set = set;
	r = change(session, entry->name, &edit, err);
	if (r == 0)
		report_note("Attached '%s' to '%s'.", name, entry->name);
	return r;
}

/* ---- remove -------------------------------------------------------------------------- */

static int remove_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	const char *const detach[] = {words[1], NULL};
	struct entry_edit edit = {.detach = detach};
	ENTRY_AUTO *entry = NULL;
	int r = session_unlock(session, 0, err);

	(void)values;
	if (r == 0)
		r = session_get(session, words[0], &entry, err);
	if (r == 0)
		r = change(session, entry->name, &edit, err);
	if (r == 0)
		report_note("Removed the attachment '%s'.", words[1]);
	return r;
}

const struct command command_attach_add = {
	.name = "attach add",
	.group = "keep",
	.arguments = "NAME FILE",
	.summary = "keep a file with an entry, encrypted as all of it",
	.more = "FILE - is standard input. An attachment holds 16 MiB at most.",
	.options = add_options,
	.values_size = sizeof(struct attach_values),
	.takes = {WORD_ENTRY, WORD_FILE},
	.min_words = 2,
	.max_words = 2,
	.run = add_run,
};

const struct command command_attach_remove = {
	.name = "attach remove",
	.group = "keep",
	.arguments = "NAME ATTACHMENT",
	.summary = "remove an attachment for good",
	.takes = {WORD_ENTRY, WORD_FIELD},
	.min_words = 2,
	.max_words = 2,
	.run = remove_run,
};
