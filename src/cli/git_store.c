#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/generate.h>
#include <vault/text.h>

#include "git_entries.h"
#include "git_store.h"
#include "report.h"
#include "results.h"

#define REASON "git logs in with it, and asked to keep it"
#define NAMES_TRIED 100
#define NAME_SIZE (NAME_MAX_BYTES + 1)

static bool is_credential(const struct git_request *request)
{
	return request->authtype && request->credential;
}

static const struct secret *secret_of(const struct git_request *request)
{
	return is_credential(request) ? request->credential : request->password;
}

bool git_store_wanted(const struct git_request *request)
{
	return !git_true(request->ephemeral) &&
	       (is_credential(request) || (request->username && request->password));
}

/* A person reads it, a program that runs git would take it for an error. */
static void tell(const struct git_request *request, const struct write_result *result)
{
	if (isatty(STDERR_FILENO) != 1)
		return;
	result_warn(result);
	report_note("The password for %s://%s is kept as '%s'.", request->url.protocol,
	            request->url.host, result->name);
}

/* An empty password cannot be one of an entry: another one, which nobody gets, stands in its
 * place. */
static int copy_secret(const struct secret *secret, struct secret **ret_secret, struct error *err)
{
	const struct generate_rule any = {.length = GENERATE_LENGTH_DEFAULT,
	                                  .classes = CHARSET_ALL};

	return secret->length > 0 ? secret_copy(ret_secret, secret->bytes, secret->length, err)
	                          : generate_password(&any, ret_secret, NULL, err);
}

/* The fields of `request` that an entry with `secret` has. */
static int set_fields(const struct git_request *request, struct entry *entry, struct error *err)
{
	SECRET_AUTO *token = NULL;
	int r = 0;

	if (is_credential(request))
		r = entry_set_text(entry, FIELD_TEXT, GIT_FIELD_AUTHTYPE, request->authtype, err);
	if (r == 0 && request->expiry)
		r = entry_set_text(entry, FIELD_TEXT, GIT_FIELD_EXPIRY, request->expiry, err);
	if (r == 0 && secret_of(request)->length == 0)
		r = entry_set_text(entry, FIELD_TEXT, GIT_FIELD_EMPTY, "yes", err);
	if (r < 0 || !request->refresh_token)
		return r;
	r = secret_copy(&token, request->refresh_token->bytes, request->refresh_token->length, err);
	return r == 0 ? entry_set_secret(entry, FIELD_SECRET, GIT_FIELD_REFRESH, &token, err) : r;
}

/* ---- an entry that is there ----------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Would git be given exactly this? */
static bool unchanged(const struct git_entry *found, const struct git_request *request)
{
	return same_text(found->expiry, request->expiry) &&
	       same_text(found->authtype, is_credential(request) ? request->authtype : NULL) &&
	       secret_equal(found->refresh_token, request->refresh_token) &&
	       git_entry_has_password(found, secret_of(request));
}

static int change(struct session *session, const struct git_entry *found,
                  const struct git_request *request, struct error *err)
{
	const char *clear[4] = {NULL};
	size_t n = 0;
	ENTRY_AUTO *set = NULL;
	WRITE_RESULT_AUTO result = {0};
	struct entry_edit edit = {.clear = clear};
	int r = entry_new(&set, found->entry->name, err);

	if (r == 0)
		r = set_fields(request, set, err);
	if (r == 0 && !git_entry_has_password(found, secret_of(request)))
		r = copy_secret(secret_of(request), &edit.password, err);
	if (r < 0)
		return r;
	if (found->expiry && !request->expiry)
		clear[n++] = GIT_FIELD_EXPIRY;
	if (found->refresh_token && !request->refresh_token)
		clear[n++] = GIT_FIELD_REFRESH;
	if (found->empty && secret_of(request)->length > 0)
		clear[n++] = GIT_FIELD_EMPTY;
	edit.set = set->n_fields ? set : NULL;
	r = vault_edit(session->vault, found->entry->name, &edit, REASON, &result, err);
	secret_free(edit.password);
	if (r == 0)
		tell(request, &result);
	return r;
}

/* ---- a new one ------------------------------------------------------------------------ */

/* git/HOST/PATH, then git/USER@HOST/PATH, then with a number behind. */
static void make_name(const struct git_request *request, int attempt, char name[NAME_SIZE])
{
	const char *user = request->username ? request->username : "";
	const char *host = request->url.host[0] ? request->url.host : request->url.protocol;
	const char *path = request->url.path;
	bool with_user = attempt > 0 && user[0], with_path = path[0] != '\0';
	char number[16] = "";

	if (attempt > with_user)
		snprintf(number, sizeof(number), " %d", attempt + !with_user);
	/* What no name can hold is left out; the entry has the address in full. */
	if (strlen(user) + strlen(host) + strlen(path) + sizeof(number) + 8 > NAME_MAX_BYTES ||
	    !text_is_printable(path, strlen(path)))
		with_path = false;
	snprintf(name, NAME_SIZE, "git/%s%s%s%s%s%s", with_user ? user : "", with_user ? "@" : "",
	         host, with_path ? "/" : "", with_path ? path : "", number);
}

static int fill(struct entry *entry, const struct git_request *request, struct error *err)
{
	char *url = NULL;
	SECRET_AUTO *password = NULL;
	int r = git_url_write(&request->url, &url, err);

	if (r < 0)
		return r;
	r = entry_set_text(entry, FIELD_URL, NULL, url, err);
	free(url);
	if (r == 0)
		r = entry_set_text(entry, FIELD_TAG, NULL, GIT_TAG, err);
	if (r == 0)
		r = entry_set_user(entry, request->username, err);
	if (r == 0)
		r = set_fields(request, entry, err);
	if (r == 0)
		r = copy_secret(secret_of(request), &password, err);
	if (r == 0)
		entry_set_password(entry, &password);
	return r;
}

static int add(struct session *session, const struct git_request *request, struct error *err)
{
	int r = VAULT_EXISTS;

	for (int attempt = 0; attempt < NAMES_TRIED && r == VAULT_EXISTS; attempt++) {
		char name[NAME_SIZE];
		ENTRY_AUTO *entry = NULL;
		WRITE_RESULT_AUTO result = {0};
		make_name(request, attempt, name);
		r = entry_new(&entry, name, err);
		if (r == 0)
			r = fill(entry, request, err);
		if (r == 0)
			r = vault_add(session->vault, entry, REASON, &result, err);
		if (r == 0)
			tell(request, &result);
	}
	return r;
}

int git_store(struct session *session, const struct git_request *request, struct error *err)
{
	GIT_ENTRIES_AUTO found = {0};
	const struct git_entry *ours = NULL;
	int r = git_entries_find(session, request, &found, err);

	if (r != 0)
		return r;
	for (size_t i = 0; i < found.count; i++) {
		const struct git_entry *entry = &found.items[i];
		bool same_user = git_entry_is_for(entry, request->username);
		if (same_user && unchanged(entry, request))
			return 0;
		if (same_user && entry->tagged && entry->same_path &&
		    !entry->authtype == !is_credential(request))
			ours = ours ? ours : entry;
	}
	return ours ? change(session, ours, request, err) : add(session, request, err);
}
