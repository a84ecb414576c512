#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "git_entries.h"

void git_entries_done(struct git_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		entry_free(entries->items[i].entry);
	free(entries->items);
	*entries = (struct git_entries){0};
}

static bool has_user(const struct git_entry *entry)
{
	return entry->entry->user != NULL;
}

bool git_entry_is_for(const struct git_entry *entry, const char *username)
{
	const char *user = entry->entry->user;

	if (!user && !entry->tagged)
		return true;
	return strcmp(user ? user : "", username ? username : "") == 0;
}

bool git_entry_has_password(const struct git_entry *entry, const struct secret *password)
{
	return entry->empty ? password->length == 0
	                    : secret_equal(entry->entry->password, password);
}

/* ---- names ------------------------------------------------------------------------- */

/* Names of entries whose address may be meant. Only the entry itself can tell. */
struct names {
	const struct git_request *request;
	char **items;
	size_t count;
	struct error *err;
};

static void names_done(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}

/* Looks whether `text` is an address that the request is about. */
static int is_meant(const struct git_request *request, const char *text, bool *ret_meant,
                    bool *ret_same_path, size_t *ret_length, struct error *err)
{
	GIT_URL_AUTO url = {0};
	int r = git_url_read(text, &url, err);

	if (r < 0)
		return r;
	*ret_meant = git_url_same_host(&url, &request->url) &&
	             (!request->path || git_url_above(&url, &request->url));
	*ret_same_path = strcmp(url.path, request->url.path) == 0;
	*ret_length = strlen(url.path);
	return 0;
}

static int add_name(void *context, const char *name, const char *url)
{
	struct names *names = context;
	bool meant = false, same_path;
	size_t length;
	int r = is_meant(names->request, url, &meant, &same_path, &length, names->err);

	if (r < 0 || !meant ||
	    (names->count > 0 && strcmp(names->items[names->count - 1], name) == 0))
		return r;
	char **items = realloc(names->items, (names->count + 1) * sizeof(*items));
	if (!items)
		return error_set(names->err, VAULT_FAILED, "out of memory");
	names->items = items;
	items[names->count] = strdup(name);
	return items[names->count++] ? 0 : error_set(names->err, VAULT_FAILED, "out of memory");
}

/* ---- entries ----------------------------------------------------------------------- */

static void read_fields(struct git_entry *found)
{
	const struct field *field;

	if ((field = entry_field(found->entry, GIT_FIELD_AUTHTYPE)))
		found->authtype = field->text;
	if ((field = entry_field(found->entry, GIT_FIELD_EXPIRY)))
		found->expiry = field->text;
	if ((field = entry_field(found->entry, GIT_FIELD_REFRESH)))
		found->refresh_token = field->secret;
	found->empty = entry_field(found->entry, GIT_FIELD_EMPTY) != NULL;
	found->expired = found->expiry && strtoll(found->expiry, NULL, 10) < time(NULL);
}

/* Looks at the entry itself, which has been verified. Is it meant? */
static int judge(const struct git_request *request, struct git_entry *found, bool *ret_meant,
                 struct error *err)
{
	const struct entry *entry = found->entry;
	bool any = false;

	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];
		bool meant = false, same_path = false;
		size_t length = 0;
		if (field->kind == FIELD_TAG)
			found->tagged |= strcmp(field->text, GIT_TAG) == 0;
		if (field->kind != FIELD_URL)
			continue;
		int r = is_meant(request, field->text, &meant, &same_path, &length, err);
		if (r < 0)
			return r;
		if (!meant)
			continue;
		/* Of several addresses the nearest counts: the longest path, or the shortest where
		 * no path is asked for. */
		if (!any || (length > found->path_length) == (request->path != NULL))
			found->path_length = length;
		found->same_path |= same_path;
		any = true;
	}
	if (found->tagged)
		read_fields(found);
	*ret_meant = any && (!request->username || git_entry_is_for(found, request->username));
	return 0;
}

static int add_entry(struct session *session, const struct git_request *request, const char *name,
                     struct git_entries *entries, struct error *err)
{
	struct git_entry *items =
		realloc(entries->items, (entries->count + 1) * sizeof(*entries->items));
	struct git_entry *found;
	bool meant = false;

	if (!items)
		return error_set(err, VAULT_FAILED, "out of memory");
	entries->items = items;
	found = &items[entries->count];
	*found = (struct git_entry){0};
	int r = session_get(session, name, &found->entry, err);
	if (r == 0)
		r = judge(request, found, &meant, err);
	if (r == 0 && meant)
		entries->count++;
	else
		entry_free(found->entry);
	/* One that another process has removed in between is one less. */
	return r == VAULT_NOT_FOUND ? 0 : r;
}

/* Orders as git_entries_find tells; by name in the end, as they came. */
static bool better(const struct git_request *request, const struct git_entry *a,
                   const struct git_entry *b)
{
	if (a->expired != b->expired)
		return b->expired;
	if (a->path_length != b->path_length)
		return (a->path_length > b->path_length) == (request->path != NULL);
	if (has_user(a) != has_user(b))
		return has_user(a);
	if (a->tagged != b->tagged)
		return a->tagged;
	return a->entry->password_since > b->entry->password_since;
}

static void sort(const struct git_request *request, struct git_entries *entries)
{
	for (size_t i = 1; i < entries->count; i++) {
		struct git_entry moved = entries->items[i];
		size_t at = i;
		for (; at > 0 && better(request, &moved, &entries->items[at - 1]); at--)
			entries->items[at] = entries->items[at - 1];
		entries->items[at] = moved;
	}
}

int git_entries_find(struct session *session, const struct git_request *request,
                     struct git_entries *ret_entries, struct error *err)
{
	struct names names = {.request = request, .err = err};
	int r = vault_urls(session->vault, add_name, &names, err);

	for (size_t i = 0; i < names.count && r == 0; i++)
		r = add_entry(session, request, names.items[i], ret_entries, err);
	names_done(&names);
	if (r == 0)
		sort(request, ret_entries);
	return r;
}
