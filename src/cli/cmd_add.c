#include <stdio.h>
#include <string.h>

#include "breach_report.h"
#include "cleanup.h"
#include "commands.h"
#include "create.h"
#include "entry_options.h"
#include "prompt.h"
#include "report.h"
#include "resets.h"
#include "results.h"

struct add_values {
	struct entry_options entry;
};

static const struct option_spec add_options[] = {
	ENTRY_OPTIONS(struct add_values, entry),
	OPTIONS_END,
};

/* A first entry makes the vault, when there is somebody to agree. */
static int unlock_or_create(struct session *session, bool *ret_created, struct error *err)
{
	const struct create_options create = {.cost = {-1, -1}};
	struct json unused = {0}; /* a code is shown at the terminal */
	bool agreed = false;
	int r = session_open(session, 0, err);

	if (r == 0)
		return session_unlock(session, 0, err);
	if (r != VAULT_NOT_FOUND || session_scripted(session) || session->global.recovery ||
	    !prompt_available())
		return r;
	*err = (struct error){0};
	prompt_say("There is no vault at %s yet.\n", session->path);
	r = prompt_yes("Create one?", true, &agreed, err);
	if (r < 0)
		return r;
	if (!agreed)
		return error_set(err, VAULT_NOT_FOUND, "there is no vault; nothing was changed");
	r = create_vault(session, &create, &unused, err);
	*ret_created = r == 0;
	return r;
}

/* Tells early, before anything is asked, that the name is taken. */
static int check_free(struct session *session, const char *name, struct error *err)
{
	bool taken = false;
	int r = vault_has(session->vault, name, &taken, err);

	if (r < 0 || !taken)
		return r;
	error_set(err, VAULT_EXISTS, "there is an entry '%s' already; 'vault edit' changes it",
	          name);
	return VAULT_EXISTS;
}

/* The user name is asked for together with the password. */
static int ask_user(const struct entry_options *options, struct entry *entry, struct error *err)
{
	FREE_AUTO char *user = NULL;

	if (options->user || entry_options_generate(options) || options->from_stdin ||
	    options->all_stdin || !prompt_available())
		return 0;
	int r = prompt_line("User name (Enter alone: none): ", &user, err);
	if (r > 0)
		return error_set(err, VAULT_INTERRUPTED, "Nothing was changed.");
	return r < 0 ? r : entry_set_user(entry, user, err);
}

/* `generated`: characters of a password that was made, or 0: nobody needs to see how long a typed
 * one is. */
static void tell(const struct session *session, const struct entry *entry, size_t generated,
                 const struct write_result *result)
{
	char name[RESULT_NAME_SIZE], made[64] = "";

	result_json(session, "added", result);
	result_warn(result);
	if (generated)
		snprintf(made, sizeof(made), "password of %zu characters, generated", generated);
	report_note("Added '%s'%s%s%s%s%s%s. Get it with: vault get %s", result->name,
	            entry->user || generated ? " (" : "", entry->user ? "user " : "",
	            entry->user ? entry->user : "", entry->user && generated ? "; " : "", made,
	            entry->user || generated ? ")" : "", result_shell_name(result->name, name));
}

/* Stores the entry; after a refusal asks for another password, when somebody is there. */
static int store(struct session *session, const struct entry_options *options, struct entry *entry,
                 struct error *err)
{
	bool first = true;

	for (;;) {
		CHOSEN_AUTO chosen = {0};
		WRITE_RESULT_AUTO result = {0};
		int r = entry_options_password(options, &session->config, entry, &chosen, err);
		if (r > 0 && first)
			return error_set(err, VAULT_INTERRUPTED, "Nothing was changed.");
		if (r > 0)
			return VAULT_REFUSED;
		if (r == 0 && first)
			r = entry_options_secrets(options, entry, err);
		if (r < 0)
			return r;
		first = false;
		r = breach_guard(session, entry, &chosen, options->allow_reuse);
		if (r == VAULT_REFUSED && chosen.typed)
			continue;
		if (r != 0)
			return r;
		size_t length = chosen.generated ? chosen.password->length : 0;
		entry_set_password(entry, &chosen.password);
		r = vault_add(session->vault, entry, options->allow_reuse, &result, err);
		if (r == VAULT_REFUSED) {
			result_refused(session, &result, chosen.typed);
			*err = (struct error){0};
			if (!chosen.typed)
				return VAULT_REFUSED;
			continue;
		}
		if (r != 0)
			return r;
		session_close(session);
		tell(session, entry, length, &result);
		return 0;
	}
}

static int add_run(struct session *session, const void *values, char *const *words,
                   struct error *err)
{
	const struct entry_options *entry_options = &((const struct add_values *)values)->entry;
	ENTRY_AUTO *entry = NULL;
	bool created = false;
	int r = entry_options_check(entry_options, &session->config, err);

	if (r == 0)
		r = entry_new(&entry, words[0], err);
	if (r == 0)
		r = entry_options_plain(entry_options, entry, err);
	if (r == 0)
		r = unlock_or_create(session, &created, err);
	if (r == 0)
		r = check_free(session, entry->name, err);
	if (r == 0)
		r = resets_set(session, entry->name, &entry_options->resets, entry, err);
	if (r == 0)
		r = ask_user(entry_options, entry, err);
	if (r == 0)
		r = store(session, entry_options, entry, err);
	if (r == -VAULT_INTERRUPTED && created)
		error_set(err, VAULT_INTERRUPTED, "The vault was made, but no entry was added.");
	return r;
}

const struct command command_add = {
	.name = "add",
	.group = "keep",
	.arguments = "NAME",
	.summary = "add an entry",
	.more = "At a terminal it asks for the user name and the password; Enter alone\n"
		"makes the longest strong one. A password that is, or was, in use at\n"
		"another entry is refused (exit status 8). When there is no vault yet, it\n"
		"offers to make one.",
	.options = add_options,
	.values_size = sizeof(struct add_values),
	.min_words = 1,
	.max_words = 1,
	.run = add_run,
};
