#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "commands.h"
#include "json.h"
#include "prompt.h"
#include "report.h"

struct restore_values {
	bool yes;
};

static const struct option_spec restore_options[] = {
	OPTION_FLAG(struct restore_values, yes, 'y', "yes", "do not ask"),
	OPTIONS_END,
};

static int confirm(const char *target, const struct restore_values *restore, struct error *err)
{
	char question[1024];

	if (access(target, F_OK) != 0)
		return 0;
	snprintf(question, sizeof(question),
	         "Put the backup in place of %.800s? The present file is kept beside it.", target);
	return prompt_confirm(restore->yes, question, err);
}

static int restore_run(struct session *session, const void *values, char *const *words,
                       struct error *err)
{
	FREE_AUTO char *target = NULL;
	FREE_AUTO char *kept = NULL;
	struct json json = {0};
	int r;

	/* It is the backup that is opened. That it is older than what was seen here is its purpose.
	 */
	target = session->path;
	session->path = strdup(words[0]);
	if (!session->path)
		return error_set(err, VAULT_FAILED, "out of memory");
	session->expect_older = true;
	session->by_hand = true; /* its password, which is to be the vault's, must be known */
	r = session_open(session, VAULT_READ_ONLY, err);
	if (r == VAULT_NOT_FOUND)
		error_set(err, VAULT_NOT_FOUND, "there is no backup %s", words[0]);
	if (r == 0)
		r = confirm(target, values, err);
	if (r == 0)
		r = session_unlock(session, VAULT_READ_ONLY, err);
	if (r == 0)
		r = vault_restore(session->vault, target, &kept, err);
	if (r != 0)
		return r;
	session_close(session);
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "action", "restored");
		json_put_string(&json, "vault", target);
		json_put_string(&json, "kept", kept);
		json_close(&json);
	}
	report_note("Restored %s from %s.", target, words[0]);
	if (kept)
		report_note("The file that was there is %s now.", kept);
	return 0;
}

const struct command command_restore = {
	.name = "restore",
	.group = "move",
	.arguments = "FILE",
	.summary = "put a backup in place of the vault",
	.more = "The backup is opened with its own password and verified first. The file\n"
		"it replaces is kept beside it.",
	.options = restore_options,
	.values_size = sizeof(struct restore_values),
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_FILE},
	.run = restore_run,
};
