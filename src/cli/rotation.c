#include "rotation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/consumer.h>

#include "breach_report.h"
#include "browse.h"
#include "cleanup.h"
#include "json.h"
#include "realm_too.h"
#include "report.h"
#include "results.h"
#include "service.h"

/* A made password that is refused is a chance of 1 in 10^6 at most, unless the rules of a service
 * leave few passwords to choose from. */
#define TRIES 200

void rotation_done(struct rotation *rotation)
{
	entry_free(rotation->entry);
	free(rotation->address);
	*rotation = (struct rotation){0};
}

/* ---- the first step ------------------------------------------------------------------ */

static bool given(const struct entry_options *options)
{
	return options->from_stdin || options->all_stdin;
}

static int pending_already(const struct entry *entry, struct error *err)
{
	char name[RESULT_NAME_SIZE];

	error_set(err, VAULT_EXISTS,
	          "a change of '%s' is pending already; end it first: vault rotate --done %s, or "
	          "--abort",
	          entry->name, result_shell_name(entry->name, name));
	return VAULT_EXISTS;
}

/* Returns 1 when another one has to be made. */
static int keep(struct session *session, const struct entry *entry, struct chosen *chosen,
                bool last, struct error *err)
{
	WRITE_RESULT_AUTO result = {0};
	int r = breach_guard(session, entry, chosen, NULL);

	if (r == 0)
		r = rotate_begin(session->vault, entry->name, &chosen->password, &result, err);
	if (r == VAULT_EXISTS)
		return pending_already(entry, err);
	if (r != VAULT_REFUSED || !result.conflicts.count)
		return r;
	*err = (struct error){0};
	if (chosen->generated && !last)
		return 1;
	result_json(session, "refused", &result);
	result_conflicts(&result);
	report_note(chosen->generated
	                    ? "The rules leave no password that is unlike those in use: see --rules"
	                    : "Let a new one be made: leave --stdin out.");
	return VAULT_REFUSED;
}

static int make(struct session *session, const struct entry *entry,
                const struct entry_options *options, struct error *err)
{
	struct entry_options how = *options;
	int r = 1;

	how.generate = !given(options);
	for (int i = 1; r == 1; i++) {
		CHOSEN_AUTO chosen = {0};

		how.again = i > 1;
		r = entry_options_password(&how, &session->config, entry, &chosen, err);
		if (r == 0)
			r = keep(session, entry, &chosen, i == TRIES, err);
	}
	return r;
}

int rotation_begin(struct session *session, const char *name,
                   const struct rotation_options *options, struct rotation *ret_rotation,
                   struct error *err)
{
	ROTATION_AUTO rotation = {0};
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = session_get(session, name, &rotation.entry, err);
	if (r == 0 && rotate_pending(rotation.entry)) {
		if (given(&options->entry) || rule_given(&options->entry.rule))
			return pending_already(rotation.entry, err);
	} else if (r == 0) {
		r = make(session, rotation.entry, &options->entry, err);
		entry_free(rotation.entry);
		rotation.entry = NULL;
		rotation.made = true;
		if (r == 0)
			r = session_get(session, name, &rotation.entry, err);
	}
	if (r == 0)
		r = service_change_address(rotation.entry, &rotation.address, err);
	if (r == VAULT_NOT_FOUND && rotation.entry) {
		*err = (struct error){0};
		r = 0;
	}
	session_close(session);
	if (r != 0)
		return r;
	*ret_rotation = rotation;
	rotation = (struct rotation){0};
	return 0;
}

int rotation_open(const struct rotation *rotation, struct error *err)
{
	URL_AUTO url = {0};
	int r;

	if (!rotation->address) {
		error_set(err, VAULT_NOT_FOUND, "'%s' has no address", rotation->entry->name);
		return VAULT_NOT_FOUND;
	}
	r = url_read(rotation->address, &url, err);
	return r == 0 ? browse(&url, err) : r;
}

/* ---- the second step ----------------------------------------------------------------- */

static void tell_json(const char *action, const struct entry *entry)
{
	struct json json = {0};

	json_put_object(&json, NULL);
	json_put_string(&json, "action", action);
	json_put_string(&json, "name", entry->name);
	json_put_array(&json, "behind");
	for (size_t i = 0; i < entry->n_fields; i++)
		if (entry->fields[i].kind == FIELD_CONSUMER &&
		    consumer_is_behind(entry, &entry->fields[i]))
			json_put_string(&json, NULL, entry->fields[i].text);
	json_close(&json);
	json_close(&json);
}

/* Who types the password has the old one. */
static void tell_consumers(const struct entry *entry)
{
	char name[RESULT_NAME_SIZE];

	if (consumers_behind(entry) == 0)
		return;
	report_note("These have the old password; give them the new one, and tick them off with "
	            "'vault where %s --tick WHO':",
	            result_shell_name(entry->name, name));
	for (size_t i = 0; i < entry->n_fields; i++)
		if (entry->fields[i].kind == FIELD_CONSUMER &&
		    consumer_is_behind(entry, &entry->fields[i]))
			report_note("  [ ] %s", entry->fields[i].text);
}

static int refused(const struct session *session, const struct write_result *result)
{
	result_json(session, "refused", result);
	result_conflicts(result);
	if (conflicts_burned(&result->conflicts))
		report_note("It is no choice any more: drop it with --abort, and begin anew. Where "
		            "the service has taken it already, note that down with "
		            "--allow-reuse REASON; then the entry is part of the incident.");
	else
		report_note("The change is still pending. Where the service has taken this password"
		            " all the same, say why it may stay: --allow-reuse REASON");
	return VAULT_REFUSED;
}

int rotation_finish(struct session *session, const char *name,
                    const struct rotation_options *options, bool ask, struct error *err)
{
	WRITE_RESULT_AUTO result = {0};
	struct realm_too too = {0};
	ENTRY_AUTO *before = NULL;
	ENTRY_AUTO *entry = NULL;
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = session_get(session, name, &before, err);
	if (r == 0)
		r = realm_too_decide(session, before, options->realm_too, ask, &too, err);
	if (r == 0)
		r = rotate_done(session->vault, before->name,
		                &(struct rotate_end){options->entry.allow_reuse, too.all}, &result,
		                NULL, err);
	if (r == VAULT_REFUSED) {
		*err = (struct error){0};
		return refused(session, &result);
	}
	if (r == 0)
		r = session_get(session, before->name, &entry, err);
	if (r != 0)
		return r;
	session_close(session);
	if (session->global.json)
		tell_json("rotation-done", entry);
	result_warn(&result);
	report_note("The new password of '%s' is the one in use. The former one is in its history.",
	            entry->name);
	if (conflicts_burned(&result.conflicts))
		report_note("It leaked, so it has to change again: vault incident next");
	realm_too_tell(&too, &result);
	tell_consumers(entry);
	return 0;
}

int rotation_drop(struct session *session, const char *name, struct error *err)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = NULL;
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = session_get(session, name, &entry, err);
	if (r == 0)
		r = rotate_abort(session->vault, entry->name, &result, err);
	if (r != 0)
		return r;
	session_close(session);
	if (session->global.json)
		tell_json("rotation-aborted", entry);
	report_note("'%s' keeps its password; the new one is dropped.", entry->name);
	return 0;
}

void rotation_note(const struct entry *entry)
{
	char name[RESULT_NAME_SIZE];

	if (!rotate_pending(entry))
		return;
	result_shell_name(entry->name, name);
	report_note("A change of this password is pending: the new one is 'vault get -f pending "
	            "%s'. 'vault rotate --done %s' or '--abort' ends it.",
	            name, name);
}
