/*
 * Sources, in https://searchfox.org: toolkit/components/passwordmgr/LoginStore.sys.mjs
 * (logins.json) and modules/libpref/Preferences.cpp (prefs.js) of mozilla-central,
 * mailnews/mailnews.js of comm-central (how the settings of accounts are called).
 */
#include "format/saved.h"

#include <string.h>
#include <strings.h>

#include <vault/saved.h>

#include "base/span.h"
#include "format/json_take.h"

#define ACCOUNTS_MAX 200 /* of a prefs.js */
#define LABEL_LOGINS "logins"

static bool is_address(struct span address)
{
	return address.length > 0 && address.length <= SAVED_ADDRESS_MAX;
}

/* A refresh token, and no password of anybody's. */
static bool is_token(struct span address)
{
	static const char scheme[] = "oauth://";

	return address.length >= strlen(scheme) &&
	       strncasecmp(address.bytes, scheme, strlen(scheme)) == 0;
}

/* ---- logins.json --------------------------------------------------------------------- */

static int take_login(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	JSON_AUTO *login = NULL;
	struct emit *emit = context;
	struct span address, form;
	int64_t changed;
	int r = json_walk_item(walk, &login, err);

	(void)key;
	if (r < 0)
		return r;
	address = json_member(login, "hostname");
	form = json_member(login, "formSubmitURL");
	if (!is_address(address) || is_token(address))
		return 0;
	changed = json_date(json_object_get(login, "timePasswordChanged"));
	if (changed == 0)
		changed = json_date(json_object_get(login, "timeCreated"));
	emit_begin(emit);
	emit_name(emit, span_of(LABEL_LOGINS));
	emit_url(emit, address);
	if (is_address(form) &&
	    (form.length != address.length || memcmp(form.bytes, address.bytes, form.length) != 0))
		emit_url(emit, form);
	emit_modified(emit, changed);
	json_take_progress(emit, walk);
	return emit_end(emit, err);
}

static int in_logins(struct json_walk *walk, struct span key, void *context, struct error *err)
{
	return span_is(key, LABEL_LOGINS) ? json_walk_array(walk, take_login, context, err)
	                                  : json_walk_skip(walk, err);
}

static int read_logins(const struct format *format, const struct source *source, struct emit *emit,
                       struct error *err)
{
	(void)format;
	return json_walk_file(source, in_logins, emit, err);
}

static const struct format_code logins_code = {.read = read_logins};

const struct format format_mozilla_logins = {
	.name = "logins.json",
	.title = "Mozilla's logins.json",
	.flags = FORMAT_READS,
	.code = &logins_code,
};

/* ---- prefs.js ------------------------------------------------------------------------ */

/* A server's settings, which stand on lines of their own. */
struct mail_account {
	struct span id; /* "mail.server.server1" */
	json_t *host, *user;
};

struct mail_accounts {
	struct mail_account list[ACCOUNTS_MAX];
	size_t count;
};

static struct mail_account *account_of(struct mail_accounts *accounts, struct span id)
{
	/* They are in order of name, nearly always. */
	for (size_t i = accounts->count; i-- > 0;)
		if (span_equal(accounts->list[i].id, id))
			return &accounts->list[i];
	if (accounts->count == ACCOUNTS_MAX)
		return NULL;
	accounts->list[accounts->count] = (struct mail_account){.id = id};
	return &accounts->list[accounts->count++];
}

static bool begins(struct span text, const char *with)
{
	return text.length >= strlen(with) && memcmp(text.bytes, with, strlen(with)) == 0;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

/* `"mail.server.server1.hostname", "imap.example.com"`; nothing else is of interest. */
static void take_setting(struct mail_accounts *accounts, struct span line)
{
	const struct source source = {.bytes = line.bytes, .length = line.length};
	struct error ignored = {0};
	struct span key;
	struct json_walk walk;
	struct mail_account *account;
	const char *dot, *member;
	JSON_AUTO *value = NULL;
	json_t **where;
	size_t length;

	json_walk_start(&walk, &source);
	if (json_walk_raw(&walk, &key, &ignored) < 0 || json_walk_peek(&walk) != ',' ||
	    (!begins(key, "mail.server.") && !begins(key, "mail.smtpserver.")))
		return;
	walk.p++;
	dot = memrchr(key.bytes, '.', key.length);
	member = dot + 1;
	length = key.length - (size_t)(member - (const char *)key.bytes);
	if (!is_word(member, length, "hostname") && !is_word(member, length, "username"))
		return;
	key.length -= length + 1;
	if (json_walk_peek(&walk) != '"' || json_walk_value(&walk, &value, &ignored) < 0 ||
	    !is_address(json_span(value)))
		return;
	account = account_of(accounts, key);
	if (!account)
		return;
	where = is_word(member, length, "hostname") ? &account->host : &account->user;
	json_decref(*where);
	*where = json_incref(value);
}

static int emit_accounts(const struct mail_accounts *accounts, struct emit *emit, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < accounts->count && r == 0; i++) {
		const struct mail_account *account = &accounts->list[i];

		if (!account->host || !account->user)
			continue;
		emit_begin(emit);
		emit_name(emit, account->id);
		emit_url(emit, json_span(account->host));
		emit_user(emit, json_span(account->user));
		r = emit_end(emit, err);
	}
	return r;
}

static int read_prefs(const struct format *format, const struct source *source, struct emit *emit,
                      struct error *err)
{
	static const char call[] = "user_pref(";
	const char *p = (const char *)source->bytes, *end = p + source->length;
	struct mail_accounts *accounts = calloc(1, sizeof(*accounts));
	int r;

	(void)format;
	if (!accounts)
		return error_set(err, VAULT_FAILED, "out of memory");
	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		struct span line = {p, (size_t)((newline ? newline : end) - p)};

		p = newline ? newline + 1 : end;
		if (!begins(line, call))
			continue;
		line.bytes = (const char *)line.bytes + strlen(call);
		line.length -= strlen(call);
		take_setting(accounts, line);
	}
	r = emit_accounts(accounts, emit, err);
	for (size_t i = 0; i < accounts->count; i++) {
		json_decref(accounts->list[i].host);
		json_decref(accounts->list[i].user);
	}
	free(accounts);
	return r;
}

static const struct format_code prefs_code = {.read = read_prefs};

const struct format format_mozilla_prefs = {
	.name = "prefs.js",
	.title = "Mozilla's prefs.js",
	.flags = FORMAT_READS,
	.code = &prefs_code,
};

/* ---- for a program on top ------------------------------------------------------------ */

/* The URLs of an item: the first, and the second, if there is one. */
static void urls_of(const struct item *item, const char *ret_urls[2])
{
	size_t count = 0;

	ret_urls[0] = ret_urls[1] = NULL;
	for (size_t i = 0; i < item->n_fields && count < 2; i++)
		if (item->fields[i].kind == FIELD_URL)
			ret_urls[count++] = item->fields[i].value.bytes;
}

struct hand {
	saved_login_each login;
	saved_account_each account;
	void *context;
};

/* What a parser that was taken over may say is looked at once more. */
static int hand_on(const struct hand *hand, const struct item *item)
{
	const char *urls[2];

	urls_of(item, urls);
	if (!urls[0] || strlen(urls[0]) > SAVED_ADDRESS_MAX)
		return 0;
	if (hand->login)
		return hand->login(hand->context,
		                   &(struct saved_login){urls[0], urls[1], item->modified});
	if (!item->user)
		return 0;
	return hand->account(hand->context, &(struct saved_account){urls[0], item->user});
}

static int read_saved(int fd, const char *label, const struct format *format,
                      const struct hand *hand, struct error *err)
{
	const struct import_how how = {.format = format};
	IMPORT_AUTO *import = NULL;
	struct item item;
	int r = import_open(fd, label, &import, err);

	if (r == 0)
		r = import_start(import, &how, err);
	while (r == 0 && (r = import_next(import, &item, err)) == 1)
		r = hand_on(hand, &item);
	return r;
}

int saved_logins(int fd, const char *label, saved_login_each each, void *context, struct error *err)
{
	const struct hand hand = {.login = each, .context = context};

	return read_saved(fd, label, &format_mozilla_logins, &hand, err);
}

int saved_accounts(int fd, const char *label, saved_account_each each, void *context,
                   struct error *err)
{
	const struct hand hand = {.account = each, .context = context};

	return read_saved(fd, label, &format_mozilla_prefs, &hand, err);
}
