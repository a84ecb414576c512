#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "git_entries.h"
#include "git_store.h"
#include "output.h"
#include "report.h"

/* As session_unlock, but asks only where git itself may (git(1), GIT_TERMINAL_PROMPT). */
static int unlock(struct session *session, struct error *err)
{
	const char *prompt = getenv("GIT_TERMINAL_PROMPT");
	int r;

	if (!prompt || git_true(prompt))
		return session_unlock(session, 0, err);
	r = session_unlock_held(session, 0, err);
	if (r == VAULT_LOCKED)
		r = error_set(err, VAULT_LOCKED,
		              "the vault is locked, and GIT_TERMINAL_PROMPT forbids to ask");
	return r;
}

/* ---- get ---------------------------------------------------------------------------- */

static void line(const char *key, const char *value)
{
	output_string(key);
	output_string("=");
	output_string(value);
	output_string("\n");
}

static void secret_line(const char *key, const struct secret *value)
{
	output_string(key);
	output_string("=");
	if (value)
		output_secret(value);
	output_string("\n");
}

static void answer(const struct git_request *request, const struct git_entry *found)
{
	const struct secret *password = found->empty ? NULL : found->entry->password;

	if (found->authtype && !found->expired) {
		line("capability[]", "authtype");
		line("authtype", found->authtype);
		secret_line("credential", password);
	}
	/* A person's entry without a user leaves the question to git. */
	if (found->entry->user)
		line("username", found->entry->user);
	else if (found->tagged && !found->authtype)
		line("username", "");
	if (!found->authtype && !found->expired)
		secret_line("password", password);
	if (found->expiry && !found->expired)
		line(GIT_FIELD_EXPIRY, found->expiry);
	if (found->refresh_token)
		secret_line(GIT_FIELD_REFRESH, found->refresh_token);
	if (request->knows_state && !found->expired) {
		line("capability[]", "state");
		line("state[]", GIT_STATE);
	}
}

static bool fits(const struct git_entry *found)
{
	const struct entry *entry = found->entry;

	return entry->password && git_fits(entry->password->bytes, entry->password->length) &&
	       (!entry->user || git_fits(entry->user, strlen(entry->user))) &&
	       (!found->authtype || git_fits(found->authtype, strlen(found->authtype))) &&
	       (!found->expiry || git_fits(found->expiry, strlen(found->expiry))) &&
	       (!found->refresh_token ||
	        git_fits(found->refresh_token->bytes, found->refresh_token->length));
}

static int get(struct session *session, const struct git_request *request, struct error *err)
{
	GIT_ENTRIES_AUTO found = {0};
	int r = unlock(session, err);

	if (r == 0)
		r = git_entries_find(session, request, &found, err);
	if (r != 0)
		return r;
	session_close(session);
	for (size_t i = 0; i < found.count; i++) {
		if (found.items[i].authtype && !request->knows_authtype)
			continue;
		if (fits(&found.items[i])) {
			answer(request, &found.items[i]);
			return 0;
		}
		report_warning("'%s' holds a line break or a NUL byte: it cannot be given to git",
		               found.items[i].entry->name);
	}
	return 0;
}

/* ---- store, erase ------------------------------------------------------------------- */

static int store(struct session *session, const struct git_request *request, struct error *err)
{
	int r;

	if (!git_store_wanted(request))
		return 0;
	/* Nobody is asked for the master password to be told that all is as it was. */
	r = request->given ? session_unlock_held(session, 0, err) : unlock(session, err);
	if (r == VAULT_LOCKED)
		return 0;
	return r == 0 ? git_store(session, request, err) : r;
}

/* Does git speak of this one? A password that it gives is the one that was wrong: another one was
 * not. */
static bool is_refused(const struct git_entry *found, const struct git_request *request)
{
	const struct secret *wrong = found->authtype ? request->credential : request->password;

	if (request->path && !found->same_path)
		return false;
	if (!request->password && !request->credential)
		return true;
	return wrong && git_entry_has_password(found, wrong);
}

static int erase(struct session *session, const struct git_request *request, struct error *err)
{
	GIT_ENTRIES_AUTO found = {0};
	int r = unlock(session, err);

	if (r == 0)
		r = git_entries_find(session, request, &found, err);
	for (size_t i = 0; i < found.count && r == 0; i++) {
		const struct git_entry *entry = &found.items[i];
		WRITE_RESULT_AUTO result = {0};
		if (!is_refused(entry, request))
			continue;
		if (entry->tagged)
			r = vault_remove(session->vault, entry->entry->name, &result, err);
		else if (request->password)
			report_warning("%s://%s refuses the password of '%s'; 'vault edit' "
			               "changes it",
			               request->url.protocol, request->url.host,
			               entry->entry->name);
	}
	return r;
}

static int git_run(struct session *session, const void *values, char *const *words,
                   struct error *err)
{
	GIT_REQUEST_AUTO request = {0};
	int (*operation)(struct session *, const struct git_request *, struct error *) =
		strcmp(words[0], "get") == 0     ? get
		: strcmp(words[0], "store") == 0 ? store
		: strcmp(words[0], "erase") == 0 ? erase
						 : NULL;

	(void)values;
	if (strcmp(words[0], "capability") == 0)
		output_string("version 0\ncapability authtype\ncapability state\n");
	if (!operation)
		return 0; /* as gitcredentials(7) wants it: there may be others one day */
	int r = git_request_read(STDIN_FILENO, &request, err);
	if (r == -VAULT_USAGE && operation == get)
		line("quit", "1"); /* nobody shall answer what is made to deceive */
	if (r == 0)
		return operation(session, &request, err);
	return r == VAULT_NOT_FOUND ? 0 : r;
}

const struct command command_git_credential = {
	.name = "git-credential",
	.group = "use",
	.arguments = "OPERATION",
	.summary = "answer git's questions for passwords",
	.more = "git runs this as git-credential-vault, with get, store or erase, after\n"
		"'git config --global credential.helper vault'.",
	.min_words = 1,
	.max_words = 1,
	.run = git_run,
};
