#include <inttypes.h>

#include <vault/breach.h>

#include "commands.h"
#include "json.h"
#include "output.h"
#include "report.h"

static void tell(const struct session *session, const char *path, const struct breaches_info *info)
{
	struct json json = {0};

	if (!session->global.json)
		return;
	json_put_object(&json, NULL);
	json_put_string(&json, "path", path);
	json_put_string(&json, "form", info->form);
	json_put_string(&json, "hash", info->hash);
	json_put_number(&json, "lines", (int64_t)info->lines);
	json_close(&json);
}

static int check_run(struct session *session, const void *values, char *const *words,
                     struct error *err)
{
	struct breaches_info info;
	int r = breaches_check(words[0], &info, err);

	(void)values;
	if (r != 0)
		return r;
	tell(session, words[0], &info);
	report_note("'%s' is a %s of %" PRIu64 " %s hashes, in order and whole.", words[0],
	            info.form, info.lines, info.hash);
	return 0;
}

static int build_run(struct session *session, const void *values, char *const *words,
                     struct error *err)
{
	struct breaches_info info;
	int r = breaches_build(words[0], words[1], &info, err);

	(void)values;
	if (r != 0)
		return r;
	tell(session, words[1], &info);
	report_note("Made '%s' of %" PRIu64 " %s hashes: %" PRIu64 " bytes, %.1f a hash.", words[1],
	            info.lines, info.hash, info.bytes,
	            info.lines ? (double)info.bytes / (double)info.lines : 0);
	return 0;
}

const struct command command_breaches_check = {
	.name = "breaches check",
	.group = "protect",
	.arguments = "LIST",
	.summary = "verify all of a list of leaked passwords",
	.more = "That it is in order and whole. `audit` verifies the parts it reads.",
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_FILE},
	.run = check_run,
};

const struct command command_breaches_build = {
	.name = "breaches build",
	.group = "protect",
	.arguments = "LIST FILTER",
	.summary = "make a small file of a list of leaked passwords",
	.more = "The new FILTER has a tenth of the size and serves in place of LIST, the\n"
		"sorted file or the folder of range files. It takes at most one in eight\n"
		"million other passwords for leaked.",
	.min_words = 2,
	.max_words = 2,
	.takes = {WORD_FILE, WORD_FILE},
	.run = build_run,
};
