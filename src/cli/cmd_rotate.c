#include <vault/rotate.h>

#include "cleanup.h"
#include "clipboard.h"
#include "commands.h"
#include "json.h"
#include "output.h"
#include "prompt.h"
#include "report.h"
#include "results.h"
#include "rotation.h"

static const struct option_spec rotate_options[] = {
	OPTION_FLAG(struct rotation_options, done, 0, "done",
                    "the service has taken it: put it in use"),
	OPTION_FLAG(struct rotation_options, abort, 0, "abort", "drop the new password"),
	OPTION_FLAG(struct rotation_options, next, 0, "next", "the entry that has to change first"),
	OPTION_FLAG(struct rotation_options, open, 0, "open", "open the page to change it at"),
	OPTION_FLAG(struct rotation_options, print, 0, "print", "print the address of that page"),
	OPTION_FLAG(struct rotation_options, copy, 'c', "copy", "copy the new password"),
	OPTION_FLAG(struct rotation_options, copy_old, 0, "copy-old", "copy the old password"),
	OPTION_FLAG(struct rotation_options, reveal, 'r', "reveal", "show both passwords"),
	RULE_OPTIONS(struct rotation_options, entry.rule),
	OPTION_FLAG(struct rotation_options, entry.from_stdin, 0, "stdin",
                    "read the new password, one line, from standard input"),
	OPTION_FLAG(struct rotation_options, entry.all_stdin, 0, "stdin0",
                    "the new password is all of standard input"),
	OPTION_FLAG(struct rotation_options, realm_too, 0, "realm-too",
                    "with --done: the whole realm has the new password"),
	OPTION_TEXT(struct rotation_options, entry.allow_reuse, 0, "allow-reuse", "REASON",
                    "with --done: it came into use elsewhere, and why"),
	OPTIONS_END,
};

static bool uses(const struct rotation_options *options)
{
	return options->open || options->print || options->copy || options->copy_old ||
	       options->reveal;
}

static bool chooses(const struct rotation_options *options)
{
	return options->entry.from_stdin || options->entry.all_stdin || options->entry.rule.rules ||
	       rule_given(&options->entry.rule);
}

static int check(const struct rotation_options *options, const struct config *config,
                 const char *name, struct error *err)
{
	bool ends = options->done || options->abort;

	if (options->copy && options->copy_old)
		return error_set(err, VAULT_USAGE, "--copy and --copy-old exclude each other");
	if (options->done && options->abort)
		return error_set(err, VAULT_USAGE, "--done and --abort exclude each other");
	if (ends && (uses(options) || chooses(options)))
		return error_set(err, VAULT_USAGE,
		                 "--done and --abort end a change: nothing goes with them that "
		                 "begins one");
	if (!options->done && (options->realm_too || options->entry.allow_reuse))
		return error_set(err, VAULT_USAGE, "--realm-too and --allow-reuse go with --done");
	if (options->next && (name || ends))
		return error_set(err, VAULT_USAGE,
		                 "--next finds the entry: neither a name nor --done or --abort "
		                 "goes with it");
	if (!name && !options->next && (ends || uses(options) || chooses(options)))
		return error_set(err, VAULT_USAGE, "say which entry's password changes");
	return entry_options_check(&options->entry, config, err);
}

/* ---- a change ------------------------------------------------------------------------ */

static void print_json(const struct rotation *rotation, bool reveal)
{
	struct json json = {0};

	json_put_object(&json, NULL);
	json_put_string(&json, "action", rotation->made ? "rotation-started" : "rotation-pending");
	json_put_string(&json, "name", rotation->entry->name);
	json_put_string(&json, "change_page", rotation->address);
	if (reveal) {
		json_put_secret(&json, "password", rotation->entry->password);
		json_put_secret(&json, "pending", rotate_pending(rotation->entry));
	}
	json_close(&json);
}

static void print_text(const struct rotation *rotation, const struct rotation_options *options)
{
	if (options->print && rotation->address) {
		output_string(rotation->address);
		output_string("\n");
	}
	if (!options->reveal)
		return;
	output_string("old  ");
	output_secret_text(rotation->entry->password, 5);
	output_string("\nnew  ");
	output_secret_text(rotate_pending(rotation->entry), 5);
	output_string("\n");
}

static void tell(const struct rotation *rotation, bool ends_here)
{
	char name[RESULT_NAME_SIZE];

	result_shell_name(rotation->entry->name, name);
	if (rotation->made)
		report_note("Made a new password for '%s', of %zu characters; the one in use stays "
		            "until it is done.",
		            rotation->entry->name, rotate_pending(rotation->entry)->length);
	else
		report_note("A change of '%s' is pending.", rotation->entry->name);
	if (!ends_here)
		return;
	if (rotation->address)
		report_note("Change it at %s", rotation->address);
	report_note("When the service has taken it: vault rotate --done %s (else --abort)", name);
}

static int begin(struct session *session, const char *name, const struct rotation_options *options,
                 struct error *err)
{
	const struct clipboard_options how = {.clear_after = -1};
	ROTATION_AUTO rotation = {0};
	bool talks;
	int r = rotation_begin(session, name, options, &rotation, err);

	if (r != 0)
		return r;
	talks = !uses(options) && !session->global.json && !chooses(options) && prompt_available();
	if (session->global.json)
		print_json(&rotation, options->reveal);
	else
		print_text(&rotation, options);
	tell(&rotation, !talks);
	if (options->open)
		r = rotation_open(&rotation, err);
	if (r == 0 && (options->copy || options->copy_old))
		r = clipboard_copy(session,
		                   options->copy ? rotate_pending(rotation.entry)
		                                 : rotation.entry->password,
		                   &how, NULL, err);
	return r == 0 && talks ? rotation_talk(session, &rotation, err) : r;
}

static int begin_next(struct session *session, const struct rotation_options *options,
                      struct error *err)
{
	FREE_AUTO char *name = NULL;
	int r = rotation_next(session, &name, err);

	return r == 0 ? begin(session, name, options, err) : r;
}

static int rotate_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	const struct rotation_options *options = values;
	int r = check(options, &session->config, words[0], err);

	if (r < 0)
		return r;
	if (options->next)
		return begin_next(session, options, err);
	if (!words[0])
		return rotation_list(session, err);
	if (options->done)
		return rotation_finish(session, words[0], options,
		                       !options->entry.allow_reuse && prompt_available(), err);
	if (options->abort)
		return rotation_drop(session, words[0], err);
	return begin(session, words[0], options, err);
}

const struct command command_rotate = {
	.name = "rotate",
	.group = "protect",
	.arguments = "[NAME]",
	.summary = "change a password in two steps, both kept until it is done",
	.more = "Makes the longest strong password that the service allows, and keeps it\n"
		"beside the one in use until --done says that the service has taken it,\n"
		"or --abort drops it. Without NAME it lists the changes that are pending;\n"
		"--next takes the entry that has to change first.",
	.options = rotate_options,
	.values_size = sizeof(struct rotation_options),
	.max_words = 1,
	.takes = {WORD_ENTRY},
	.starts = true,
	.run = rotate_run,
};
