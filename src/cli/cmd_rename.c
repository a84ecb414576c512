#include "commands.h"
#include "report.h"
#include "results.h"

static int rename_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	WRITE_RESULT_AUTO result = {0};
	int r = session_unlock(session, 0, err);

	(void)values;
	if (r == 0)
		r = vault_rename(session->vault, words[0], words[1], &result, err);
	if (session_lacks(session, r))
		return session_no_entry(session, words[0], err);
	if (r != 0)
		return r;
	session_close(session);
	result_json(session, "renamed", &result);
	result_warn(&result);
	report_note(result.changed ? "The entry's name is '%s' now." : "'%s' was its name already.",
	            result.name);
	return 0;
}

const struct command command_rename = {
	.name = "rename",
	.group = "keep",
	.arguments = "NAME NEW-NAME",
	.summary = "give an entry another name",
	.min_words = 2,
	.max_words = 2,
	.takes = {WORD_ENTRY},
	.run = rename_run,
};
