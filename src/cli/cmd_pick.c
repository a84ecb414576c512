#include <stdlib.h>

#include <vault/harden.h>

#include "choose.h"
#include "cleanup.h"
#include "commands.h"
#include "prompt.h"
#include "report.h"

struct pick_values {
	bool copy, get, otp, show, open;
};

static const struct option_spec pick_options[] = {
	OPTION_FLAG(struct pick_values, copy, 0, "copy",
                    "put its password on the clipboard; so without an option"),
	OPTION_FLAG(struct pick_values, get, 0, "get", "print its password"),
	OPTION_FLAG(struct pick_values, otp, 0, "otp", "print its one-time code"),
	OPTION_FLAG(struct pick_values, show, 0, "show", "show it, its secrets masked"),
	OPTION_FLAG(struct pick_values, open, 0, "open", "open its address, and copy its password"),
	OPTIONS_END,
};

static int wanted(const struct pick_values *pick, const struct command **ret_command,
                  struct error *err)
{
	const struct {
		bool given;
		const struct command *command;
	} actions[] = {
		{pick->copy, &command_copy}, {pick->get, &command_get},   {pick->otp, &command_otp},
		{pick->show, &command_show}, {pick->open, &command_open},
	};

	*ret_command = NULL;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (actions[i].given && *ret_command)
			return error_set(err, VAULT_USAGE, "--%s and --%s: which of them?",
			                 (*ret_command)->name, actions[i].command->name);
		if (actions[i].given)
			*ret_command = actions[i].command;
	}
	*ret_command = *ret_command ? *ret_command : &command_copy;
	return 0;
}

static int add_listed(void *context, const struct list_item *item)
{
	return names_add(context, item->name, NULL);
}

static int add_found(void *context, const struct find_hit *hit)
{
	return names_add(context, hit->name, NULL);
}

/* The names to choose from: all, or what has the words in it, the best first. */
static int gather(struct session *session, char *const *words, struct names *names,
                  struct error *err)
{
	static const struct list_filter all = {0};
	const struct find_query query = {.words = (const char *const *)words};
	size_t count;
	int r = words[0] ? vault_find(session->vault, &query, add_found, names, &count, err)
	                 : vault_list(session->vault, &all, add_listed, names, err);

	if (r < 0)
		return err->message[0] ? r : error_set(err, VAULT_FAILED, "out of memory");
	if (names->count > 0)
		return 0;
	if (words[0])
		return session_no_entry(session, words[0], err);
	error_set(err, VAULT_NOT_FOUND, "there is no entry yet; 'vault add NAME' makes one");
	return VAULT_NOT_FOUND;
}

/* As if `vault COMMAND NAME` had been typed. */
static int run_on(struct session *session, const struct command *command, char *name,
                  struct error *err)
{
	FREE_AUTO void *values = calloc(1, command->values_size + 1);
	char *const words[] = {name, NULL};

	if (!values)
		return error_set(err, VAULT_FAILED, "out of memory");
	options_start(&(struct option_scope){command->options, values});
	return command->run(session, values, words, err);
}

static int pick_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct command *command;
	NAMES_AUTO names = {0};
	size_t chosen = 0;
	int r = wanted(values, &command, err);

	if (r < 0)
		return r;
	if (!command->starts)
		harden_privileges();
	if (!prompt_available())
		return error_set(err, VAULT_LOCKED,
		                 "there is no terminal to choose at; 'vault find' lists names");
	/* The vault stays open meanwhile: to open it again, the password would be asked for again.
	 * It holds its keys in locked memory, and no lock. */
	r = session_unlock(session, 0, err);
	if (r == 0)
		r = gather(session, words, &names, err);
	if (r == 0 && !(words[0] && names.count == 1)) {
		r = choose(&names, &chosen, err);
		if (r == VAULT_NOT_FOUND)
			return error_set(err, VAULT_INTERRUPTED, "Nothing was chosen.");
	}
	if (r != 0)
		return r;
	if (command != &command_show)
		report_note("%s", names.items[chosen]);
	return run_on(session, command, names.items[chosen], err);
}

const struct command command_pick = {
	.name = "pick",
	.group = "use",
	.arguments = "[TEXT...]",
	.summary = "choose an entry at the terminal, and copy its password",
	.more = "Of the entries that 'vault find TEXT' finds, or of all. It is done with fzf\n"
		"where that is installed. An only one is taken at once.",
	.options = pick_options,
	.values_size = sizeof(struct pick_values),
	.max_words = FIND_WORDS_MAX,
	.starts = true,
	.run = pick_run,
};
