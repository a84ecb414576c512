#include "breach_report.h"
#include "commands.h"
#include "entry_options.h"
#include "realm_too.h"
#include "report.h"
#include "resets.h"
#include "results.h"

struct edit_values {
	struct entry_options entry;
	struct texts clear;
	bool password, realm_too;
};

static const struct option_spec edit_options[] = {
	ENTRY_OPTIONS(struct edit_values, entry),
	OPTION_FLAG(struct edit_values, password, 'p', "password", "ask for a new password"),
	OPTION_FLAG(struct edit_values, realm_too, 0, "realm-too",
                    "give the new password to the whole realm"),
	OPTION_TEXTS_OF(WORD_CLEARABLE, struct edit_values, clear, 0, "clear", "FIELD",
                        "remove user, url, tag, used-by, rules, note, otp or a field"),
	OPTIONS_END,
};

static bool reads_password(const struct edit_values *edit)
{
	return edit->entry.from_stdin || edit->entry.all_stdin;
}

static bool new_password(const struct edit_values *edit)
{
	return edit->password || entry_options_generate(&edit->entry) || reads_password(edit);
}

static int check(const struct edit_values *edit, const struct config *config, struct error *err)
{
	if (!new_password(edit) && !entry_options_fields(&edit->entry) && edit->clear.count == 0)
		return error_set(err, VAULT_USAGE,
		                 "nothing to change; say what, such as --password, --user USER "
		                 "or --clear note");
	if (edit->password && reads_password(edit))
		return error_set(err, VAULT_USAGE, "--password asks; --stdin reads: one of them");
	if (edit->entry.allow_reuse && !new_password(edit))
		return error_set(err, VAULT_USAGE, "--allow-reuse goes with a new password");
	if (edit->realm_too && !new_password(edit))
		return error_set(err, VAULT_USAGE, "--realm-too goes with a new password");
	return entry_options_check(&edit->entry, config, err);
}

static void tell(const struct session *session, const struct edit_values *edit,
                 const struct write_result *result)
{
	result_json(session, "edited", result);
	result_warn(result);
	if (!result->changed)
		report_note("'%s' was like that already; nothing was changed.", result->name);
	else if (new_password(edit))
		report_note("Changed '%s'. The former password is in its history.", result->name);
	else
		report_note("Changed '%s'.", result->name);
}

/* Stores the edit; after a refusal asks for another password, when somebody is there. `entry` is as
 * it was found. */
static int store(struct session *session, const struct edit_values *edit, const struct entry *entry,
                 struct entry *set, const struct realm_too *too, struct error *err)
{
	bool first = true;

	for (;;) {
		CHOSEN_AUTO chosen = {0};
		WRITE_RESULT_AUTO result = {0};
		int r = new_password(edit) ? entry_options_password(&edit->entry, &session->config,
		                                                    entry, &chosen, err)
		                           : 0;
		if (r > 0 && first)
			return error_set(err, VAULT_INTERRUPTED, "Nothing was changed.");
		if (r > 0)
			return VAULT_REFUSED;
		if (r == 0 && first)
			r = entry_options_secrets(&edit->entry, set, err);
		if (r < 0)
			return r;
		first = false;
		r = breach_guard(session, entry, &chosen, edit->entry.allow_reuse);
		if (r == VAULT_REFUSED && chosen.typed)
			continue;
		if (r != 0)
			return r;
		struct entry_edit change = {
			.user = edit->entry.user,
			.password = chosen.password,
			.set = set->n_fields ? set : NULL,
			.clear = edit->clear.items,
		};
		chosen.password = NULL;
		r = realm_too_edit(session, entry->name, too, &change, edit->entry.allow_reuse,
		                   &result, err);
		chosen.password = change.password; /* still ours unless it was stored */
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
		tell(session, edit, &result);
		realm_too_tell(too, &result);
		return 0;
	}
}

static int edit_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct edit_values *edit = values;
	ENTRY_AUTO *entry = NULL;
	ENTRY_AUTO *set = NULL;
	struct realm_too too = {0};
	int r = check(edit, &session->config, err);

	if (r == 0)
		r = entry_new(&set, words[0], err);
	if (r == 0)
		r = entry_options_plain(&edit->entry, set, err);
	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0)
		r = session_get(session, words[0], &entry, err);
	if (r == 0)
		r = resets_set(session, entry->name, &edit->entry.resets, set, err);
	if (r == 0 && new_password(edit))
		r = realm_too_decide(session, entry, edit->realm_too, !reads_password(edit), &too,
		                     err);
	return r == 0 ? store(session, edit, entry, set, &too, err) : r;
}

const struct command command_edit = {
	.name = "edit",
	.group = "keep",
	.arguments = "NAME",
	.summary = "change an entry",
	.more = "What is named is added or replaced, the rest stays; --clear is done\n"
		"first. A new password sends the former one to the history, and is\n"
		"refused (exit status 8) when it is, or was, in use at another entry.",
	.options = edit_options,
	.values_size = sizeof(struct edit_values),
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_ENTRY},
	.run = edit_run,
};
