#include "where_saved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <vault/saved.h>

#include "cleanup.h"
#include "dates.h"
#include "output.h"
#include "report.h"

#define USERS_MAX 20     /* accounts of a program at one host */
#define STRANGERS_TOLD 5 /* addresses that are no entry's */

struct login {
	char *address, *form;
	int64_t changed;
};

struct mail_account {
	char *host, *user;
};

struct saved_profile {
	char *path, *who; /* "Thunderbird (x1y2z3.default)" */
	const char *program;
	size_t name, name_length; /* where in the path */
	struct login *logins;
	size_t n_logins, logins_room;
	struct mail_account *accounts;
	size_t n_accounts, accounts_room;
	bool has_mail;
};

/* ---- reading ------------------------------------------------------------------------- */

/* Room for one more, zeroed. NULL: no memory. */
static void *grow(void *list, size_t *count, size_t *room, size_t size)
{
	if (*count == *room) {
		size_t more = *room ? 2 * *room : 8;

		list = reallocarray(list, more, size);
		if (!list)
			return NULL;
		*room = more;
	}
	memset((char *)list + *count * size, 0, size);
	++*count;
	return list;
}

static bool is_mail(const char *address)
{
	return strncmp(address, "imap", 4) == 0 || strncmp(address, "smtp", 4) == 0 ||
	       strncmp(address, "pop", 3) == 0 || strncmp(address, "mailbox:", 8) == 0;
}

static int take_login(void *context, const struct saved_login *login)
{
	struct saved_profile *profile = context;
	struct login *logins = grow(profile->logins, &profile->n_logins, &profile->logins_room,
	                            sizeof(*logins)),
		     *taken;

	if (!logins)
		return -VAULT_FAILED;
	profile->logins = logins;
	taken = &logins[profile->n_logins - 1];
	taken->address = strdup(login->address);
	taken->form = login->form ? strdup(login->form) : NULL;
	taken->changed = login->changed;
	profile->has_mail |= is_mail(login->address);
	return taken->address && (taken->form || !login->form) ? 0 : -VAULT_FAILED;
}

static int take_account(void *context, const struct saved_account *account)
{
	struct saved_profile *profile = context;
	struct mail_account *accounts = grow(profile->accounts, &profile->n_accounts,
	                                     &profile->accounts_room, sizeof(*accounts));

	if (!accounts)
		return -VAULT_FAILED;
	profile->accounts = accounts;
	accounts += profile->n_accounts - 1;
	accounts->host = strdup(account->host);
	accounts->user = strdup(account->user);
	profile->has_mail = true;
	return accounts->host && accounts->user ? 0 : -VAULT_FAILED;
}

static const char *program_of(const struct saved_profile *profile)
{
	if (strcasestr(profile->path, "thunderbird") || profile->has_mail)
		return "Thunderbird";
	return strcasestr(profile->path, "librewolf") ? "LibreWolf" : "Firefox";
}

/* A profile is called like its folder. */
static int name_profile(struct saved_profile *profile)
{
	const char *path = profile->path, *end = strrchr(path, '/'), *start = end;

	while (start && start > path && start[-1] != '/')
		start--;
	profile->name = start ? (size_t)(start - path) : 0;
	profile->name_length = start ? (size_t)(end - start) : 0;
	profile->program = program_of(profile);
	if (profile->name_length == 0)
		return (profile->who = strdup(profile->program)) ? 0 : -VAULT_FAILED;
	return asprintf(&profile->who, "%s (%.*s)", profile->program, (int)profile->name_length,
	                start) < 0
	               ? -VAULT_FAILED
	               : 0;
}

static int take_profile(void *context, const struct scan_profile *found)
{
	struct saved *saved = context;
	struct saved_profile *profiles = grow(saved->profiles, &saved->count, &saved->room,
	                                      sizeof(*profiles)),
			     *profile;
	struct error broken = {0};
	int r = profiles ? 0 : -VAULT_FAILED;

	if (r < 0)
		return error_set(saved->err, VAULT_FAILED, "out of memory");
	saved->profiles = profiles;
	profile = &profiles[saved->count - 1];
	profile->path = strdup(found->path);
	if (!profile->path)
		return error_set(saved->err, VAULT_FAILED, "out of memory");
	if (saved_logins(found->logins, found->path, take_login, profile, &broken) < 0)
		report_warning("%s: the logins in it are not known: %s", found->path,
		               broken.message[0] ? broken.message : "out of memory");
	if (found->prefs >= 0)
		(void)saved_accounts(found->prefs, "prefs.js", take_account, profile, &broken);
	if (name_profile(profile) < 0)
		return error_set(saved->err, VAULT_FAILED, "out of memory");
	return 0;
}

int saved_read(struct saved *saved, char *const *paths, struct error *err)
{
	int r = 0;

	saved->err = err;
	if (!paths[0])
		r = scan_profiles(NULL, take_profile, saved, err);
	for (size_t i = 0; paths[i] && r == 0; i++)
		r = scan_profiles(paths[i], take_profile, saved, err);
	return r;
}

void saved_done(struct saved *saved)
{
	for (size_t i = 0; i < saved->count; i++) {
		struct saved_profile *profile = &saved->profiles[i];

		for (size_t j = 0; j < profile->n_logins; j++) {
			free(profile->logins[j].address);
			free(profile->logins[j].form);
		}
		for (size_t j = 0; j < profile->n_accounts; j++) {
			free(profile->accounts[j].host);
			free(profile->accounts[j].user);
		}
		free(profile->logins);
		free(profile->accounts);
		free(profile->path);
		free(profile->who);
	}
	free(saved->profiles);
	*saved = (struct saved){0};
}

/* ---- telling ------------------------------------------------------------------------- */

struct telling {
	const struct scan *scan;
	struct json *json; /* NULL: as text */
	struct holders *holders;
	struct error *err;
	size_t strangers;
	const char *names[STRANGERS_TOLD];
	bool found;
};

/* Whose it likely is. */
struct likely {
	struct scan_likely list[SCAN_LIKELY_MAX];
	size_t count, given;
	bool behind; /* it was last changed before any of them got its present password */
};

static size_t users_at(const struct saved_profile *profile, const char *address,
                       const char *ret_users[USERS_MAX])
{
	const char *host = strstr(address, "://");
	size_t length, count = 0;

	host = host ? host + 3 : address;
	length = strcspn(host, ":/");
	for (size_t i = 0; i < profile->n_accounts && count < USERS_MAX; i++)
		if (strlen(profile->accounts[i].host) == length &&
		    strncasecmp(profile->accounts[i].host, host, length) == 0)
			ret_users[count++] = profile->accounts[i].user;
	return count;
}

static void find_likely(const struct telling *telling, const struct saved_profile *profile,
                        const struct login *login, struct likely *ret_likely)
{
	const char *users[USERS_MAX];
	const struct scan_login asked = {
		.address = login->address,
		.form = login->form,
		.users = users,
		.n_users = users_at(profile, login->address, users),
	};

	*ret_likely = (struct likely){0};
	ret_likely->count = scan_likely(telling->scan, &asked, ret_likely->list);
	ret_likely->given =
		ret_likely->count < SCAN_LIKELY_MAX ? ret_likely->count : SCAN_LIKELY_MAX;
	ret_likely->behind = ret_likely->count > 0 && login->changed > 0;
	for (size_t i = 0; i < ret_likely->given; i++)
		ret_likely->behind &= login->changed < ret_likely->list[i].since;
}

static void put_json(struct json *json, const struct saved_profile *profile,
                     const struct login *login, const struct likely *likely)
{
	FREE_AUTO char *name = strndup(profile->path + profile->name, profile->name_length);

	json_put_object(json, NULL);
	json_put_string(json, "path", profile->path);
	json_put_string(json, "program", profile->program);
	json_put_string(json, "profile", name && name[0] ? name : NULL);
	json_put_string(json, "address", login->address);
	json_put_array(json, "entries");
	for (size_t i = 0; i < likely->given; i++)
		json_put_string(json, NULL, likely->list[i].entry);
	json_close(json);
	json_put_time(json, "changed", login->changed);
	json_put_bool(json, "behind", likely->behind);
	json_close(json);
}

static void put_text(const struct saved_profile *profile, const struct login *login,
                     const struct likely *likely)
{
	char day[DATE_DAY_SIZE];

	output_text(profile->path);
	output_string(": a saved login for ");
	output_text(login->address);
	output_format(" (sealed), likely %s", likely->count > 1 ? "one of " : "");
	for (size_t i = 0; i < likely->given; i++) {
		output_string(i > 0 ? ", " : "");
		output_text(likely->list[i].entry);
	}
	if (likely->count > likely->given)
		output_format(" and %zu more", likely->count - likely->given);
	if (login->changed)
		output_format(", last changed %s", date_day(login->changed, day));
	if (likely->behind && likely->count == 1)
		output_format(", before the present password of %s",
		              date_day(likely->list[0].since, day));
	if (likely->behind)
		output_string(": it may still hold a former one");
	output_string("\n");
}

static int tell_login(struct telling *telling, const struct saved_profile *profile,
                      const struct login *login)
{
	struct likely likely;

	find_likely(telling, profile, login, &likely);
	if (telling->json)
		put_json(telling->json, profile, login, &likely);
	else if (likely.count > 0)
		put_text(profile, login, &likely);
	else if (telling->strangers++ < STRANGERS_TOLD)
		telling->names[telling->strangers - 1] = login->address;
	telling->found |= likely.count > 0;
	if (likely.count != 1)
		return 0;
	/* Of mail that is fetched by one password and sent by another, the one that is behind
	 * counts. An unknown time is before every other. */
	return holders_add(telling->holders, likely.list[0].entry, profile->who,
	                   login->changed ? login->changed : 1, true, telling->err);
}

int saved_tell(const struct saved *saved, const struct scan *scan, struct json *json,
               struct holders *holders, bool *ret_found, struct error *err)
{
	struct telling telling = {.scan = scan, .json = json, .holders = holders, .err = err};
	int r = 0;

	if (json)
		json_put_array(json, "saved");
	for (size_t i = 0; i < saved->count; i++)
		for (size_t j = 0; j < saved->profiles[i].n_logins && r == 0; j++)
			r = tell_login(&telling, &saved->profiles[i],
			               &saved->profiles[i].logins[j]);
	if (json)
		json_close(json);
	if (telling.strangers > 0)
		report_note("Saved logins that fit no entry: %zu, such as", telling.strangers);
	for (size_t i = 0; i < telling.strangers && i < STRANGERS_TOLD; i++)
		report_note("  %s", telling.names[i]);
	*ret_found |= telling.found;
	return r;
}
