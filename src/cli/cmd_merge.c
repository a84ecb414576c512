#include <string.h>

#include <vault/merge.h>

#include "cleanup.h"
#include "commands.h"
#include "interrupt.h"
#include "merge_report.h"
#include "prompt.h"

struct merge_values {
	const char *password_file, *key_file;
	bool dry;
};

static const struct option_spec merge_options[] = {
	OPTION_FLAG(struct merge_values, dry, 'n', "dry-run",
                    "tell what would be done, and change nothing"),
	OPTION_TEXT_OF(WORD_FILE, struct merge_values, password_file, 0, "copy-password-file",
                       "FILE", "read the copy's password, where it has one of its own"),
	OPTION_TEXT_OF(WORD_FILE, struct merge_values, key_file, 0, "copy-key-file", "FILE",
                       "open the copy with this key file"),
	OPTIONS_END,
};

/* A copy under other keys: asks for what opens it, as a session of its own does. */
static int unlock_copy(struct session *session, struct vault *copy, const char *path,
                       const struct merge_values *values, struct error *err)
{
	FREE_AUTO char *own_path = strdup(path);
	struct session other = {.global = session->global,
	                        .config = session->config,
	                        .path = own_path,
	                        .vault = copy,
	                        .by_hand = true,
	                        .expect_older = true};

	if (!own_path)
		return error_set(err, VAULT_FAILED, "out of memory");
	other.global.password_file = values->password_file;
	other.global.key_file = values->key_file;
	other.global.password_fd = other.global.volume_key_fd = -1;
	if (!session_presents(&other) && prompt_available())
		prompt_say("%s is under another key than the vault. Its own:\n", path);
	return vault_copy_failed(copy, session_unlock(&other, VAULT_READ_ONLY, err), err);
}

static int open_copy(struct session *session, const char *path, const struct merge_values *values,
                     struct vault **ret_copy, struct error *err)
{
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = vault_open_copy(session->vault, path, ret_copy, err);
	return r == VAULT_WRONG_KEY && *ret_copy
	               ? unlock_copy(session, *ret_copy, path, values, err)
	               : r;
}

static int report_item(void *context, const struct merge_item *item)
{
	int r = merge_report_item(context, item);

	return r == 0 ? interrupt_check(0, "", &(struct error){0}) : r;
}

static int merge_into(struct vault *vault, struct vault *copy, struct merge_report *report,
                      struct error *err)
{
	int end, r = vault_batch_begin(vault, err);

	if (r < 0)
		return r;
	interrupt_begin();
	r = vault_merge(vault, copy, report_item, report, &report->result, err);
	if (r == 0)
		r = reuse_map_look(&report->reuse, vault, err);
	r = interrupt_check(r, "nothing was changed", err);
	end = vault_batch_end(vault, r == 0 && !report->dry && report->result.changed, err);
	interrupt_end();
	return r < 0 ? r : end;
}

static int merge_run(struct session *session, const void *values, char *const *words,
                     struct error *err)
{
	const struct merge_values *options = values;
	struct merge_report report = {.json_wanted = session->global.json,
	                              .dry = options->dry,
	                              .path = words[0]};
	VAULT_AUTO *copy = NULL;
	int r = open_copy(session, words[0], options, &copy, err);

	if (r != 0)
		return r;
	merge_report_start(&report);
	r = merge_into(session->vault, copy, &report, err);
	session_close(session);
	if (r == 0)
		merge_report_end(&report);
	return r;
}

const struct command command_merge = {
	.name = "merge",
	.group = "move",
	.arguments = "FILE",
	.summary = "bring in what another copy of this vault has",
	.more = "FILE is a copy that went its own way: a conflict file of a program that\n"
		"synchronises, the vault of another machine, an old backup. What changed in\n"
		"one of the two is taken; where both changed the newer one wins and the other\n"
		"is kept beside it. FILE itself is not written to.",
	.options = merge_options,
	.values_size = sizeof(struct merge_values),
	.takes = {WORD_FILE},
	.min_words = 1,
	.max_words = 1,
	.run = merge_run,
};
