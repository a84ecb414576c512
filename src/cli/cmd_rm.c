#include "commands.h"
#include "report.h"
#include "results.h"

static int rm_run(struct session *session, const void *values, char *const *words,
                  struct error *err)
{
	WRITE_RESULT_AUTO result = {0};
	char name[RESULT_NAME_SIZE];
	int r = session_unlock(session, 0, err);

	(void)values;
	if (r == 0)
		r = vault_remove(session->vault, words[0], &result, err);
	if (session_lacks(session, r))
		return session_no_entry(session, words[0], err);
	if (r != 0)
		return r;
	session_close(session);
	result_json(session, "removed", &result);
	report_note("'%s' is in the trash. Get it back with: vault trash restore %s", result.name,
	            result_shell_name(result.name, name));
	return 0;
}

const struct command command_rm = {
	.name = "rm",
	.group = "keep",
	.arguments = "NAME",
	.summary = "move an entry to the trash",
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_ENTRY},
	.run = rm_run,
};
