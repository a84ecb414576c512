#include "commands.h"
#include "json.h"
#include "report.h"

static int backup_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	struct json json = {0};
	int r = session_unlock(session, 0, err);

	(void)values;
	if (r == 0)
		r = vault_backup(session->vault, words[0], err);
	if (r != 0)
		return r;
	session_close(session);
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "action", "copied");
		json_put_string(&json, "file", words[0]);
		json_close(&json);
	}
	report_note("Copied the vault to %s and verified the copy. It opens with the same keys.",
	            words[0]);
	return 0;
}

const struct command command_backup = {
	.name = "backup",
	.group = "move",
	.arguments = "FILE",
	.summary = "write a verified copy of the vault to a new file",
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_FILE},
	.run = backup_run,
};
