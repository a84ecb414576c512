/* Whose a saved login is, when nothing but its address is known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "audit/holder.h"
#include "audit/role.h"
#include "audit/scan.h"
#include "vault/internal.h"

/* What a login and an entry have in common; the sum decides. */
#define SCORE_BELOW 1 /* one host is below the other */
#define SCORE_ALIKE 2 /* the same but for a label that names a service */
#define SCORE_SAME 3  /* the same host */
#define SCORE_MAILBOX 4
#define SCORE_USER 8

/* ---- reading ------------------------------------------------------------------------- */

struct walk {
	struct scan *scan;
	int64_t id; /* of the entry at hand; 0: none so far */
	struct role_sight sight;
	char domain[SITE_ADDRESS_SIZE]; /* of its user name, where that is an address; or "" */
};

static const char *text_at(const struct scan *scan, size_t at)
{
	return (const char *)scan->texts.bytes + at;
}

static struct account *last_account(const struct scan *scan)
{
	return (struct account *)(void *)(scan->accounts.bytes + scan->accounts.length) - 1;
}

static const char *domain_of(const char *host)
{
	const char *above;

	while ((above = site_above(host)))
		host = above;
	return host;
}

static void add_host(struct scan *scan, const char *host, bool of_mail)
{
	struct account_host one = {
		.host = text_keep(&scan->texts, host),
		.account = (uint32_t)(scan->accounts.length / sizeof(struct account)) - 1,
		.of_mail = of_mail,
	};

	one.domain = one.host + (size_t)(domain_of(host) - host);
	buf_add(&scan->hosts, &one, sizeof(one));
}

static int begin_entry(struct walk *walk, struct stmt *stmt, struct error *err)
{
	const char *name = stmt_text(stmt, 2), *user = stmt_text(stmt, 3), *rest = name;
	struct account account = {.id = stmt_int(stmt, 0)};
	char address[SITE_ADDRESS_SIZE], host[SITE_HOST_SIZE];

	walk->id = account.id;
	walk->domain[0] = '\0';
	if (!name)
		return error_set(err, VAULT_FAILED, "out of memory");
	account.name = text_keep(&walk->scan->texts, name);
	account.user = text_keep(&walk->scan->texts, user);
	if (user && site_address(user, strlen(user), address))
		snprintf(walk->domain, sizeof(walk->domain), "%s", strchr(address, '@') + 1);
	role_begin(&walk->sight, name, walk->domain[0] ? mail_providers_of(walk->domain) : 0);
	buf_add(&walk->scan->accounts, &account, sizeof(account));
	while (site_next_host(&rest, host))
		add_host(walk->scan, host, false);
	return 0;
}

static void look_at_field(struct walk *walk, struct stmt *stmt)
{
	const char *value = stmt_text(stmt, 6);
	char host[SITE_HOST_SIZE];
	bool has_host;

	if (!value)
		return;
	if (stmt_int(stmt, 4) == FIELD_TAG)
		role_see_tag(&walk->sight, value);
	if (stmt_int(stmt, 4) != FIELD_URL)
		return;
	has_host = site_host(value, host);
	role_see_url(&walk->sight, value, has_host ? host : NULL);
	if (has_host)
		add_host(walk->scan, host, false);
}

/* A mailbox's mail is at the domain of its address, or at its provider's. */
static void end_entry(struct walk *walk)
{
	size_t count;
	const struct mail_provider *providers = mail_providers(&count);

	if (walk->id == 0 || walk->scan->accounts.failed)
		return;
	last_account(walk->scan)->mailbox = walk->sight.role == ROLE_MAILBOX;
	if (walk->sight.role != ROLE_MAILBOX || !walk->domain[0])
		return;
	add_host(walk->scan, walk->domain, true);
	for (size_t i = 0; i < count; i++)
		if (walk->sight.providers >> i & 1)
			add_host(walk->scan, providers[i].host, true);
}

static int read_entries(struct scan *scan, struct vault *vault, struct error *err)
{
	struct walk walk = {.scan = scan};
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_ENTRY_CHAIN, &stmt, err);

	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		r = 0;
		if (stmt_int(stmt, 0) != walk.id) {
			end_entry(&walk);
			r = begin_entry(&walk, stmt, err);
		}
		if (r == 0)
			look_at_field(&walk, stmt);
	}
	if (r == 0)
		end_entry(&walk);
	return r;
}

static int compare_ids(const void *left, const void *right)
{
	const struct account *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

static int read_dates(struct scan *scan, struct vault *vault, struct error *err)
{
	size_t count = scan->accounts.length / sizeof(struct account);
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_PASSWORD_SINCE, &stmt, err);

	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		const struct account wanted = {.id = stmt_int(stmt, 0)};
		struct account *found = count > 0 ? bsearch(&wanted, scan->accounts.bytes, count,
		                                            sizeof(wanted), compare_ids)
		                                  : NULL;

		r = 0;
		if (found)
			found->since = stmt_int(stmt, 1);
	}
	return r;
}

static int compare_hosts(const void *left, const void *right, void *context)
{
	const struct account_host *a = left, *b = right;
	int order = strcmp(text_at(context, a->domain), text_at(context, b->domain));

	return order ? order : (a->account > b->account) - (a->account < b->account);
}

int scan_accounts(struct scan *scan, struct vault *vault, struct error *err)
{
	struct buf *const bufs[] = {&scan->texts, &scan->accounts, &scan->hosts};
	int r = read_entries(scan, vault, err);

	for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]) && r == 0; i++)
		r = buf_check(bufs[i], err);
	if (r == 0)
		r = read_dates(scan, vault, err);
	if (r == 0 && scan->hosts.length > 0)
		qsort_r(scan->hosts.bytes, scan->hosts.length / sizeof(struct account_host),
		        sizeof(struct account_host), compare_hosts, scan);
	return r;
}

/* ---- fitting ------------------------------------------------------------------------- */

/* The host without a first label that says what is there, and not whose it is. */
static const char *without_service(const char *host)
{
	static const char *const labels[] = {"imap.", "mail.", "mx.",      "pop.",
	                                     "pop3.", "smtp.", "webmail.", "www."};
	const char *above = site_above(host);

	for (size_t i = 0; above && i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strncmp(host, labels[i], strlen(labels[i])) == 0)
			return above;
	return host;
}

static unsigned score_of_hosts(const char *login, const char *entry)
{
	if (strcmp(login, entry) == 0)
		return SCORE_SAME;
	if (strcmp(without_service(login), without_service(entry)) == 0)
		return SCORE_ALIKE;
	return site_belongs(login, entry) || site_belongs(entry, login) ? SCORE_BELOW : 0;
}

/* Equal; or, at the same host, a name and an address that begins with it. */
static bool same_user(const char *a, const char *b, bool same_host)
{
	size_t length_a = strcspn(a, "@"), length_b = strcspn(b, "@");

	if (!same_host)
		return a[length_a] && strcasecmp(a, b) == 0;
	return strcasecmp(a, b) == 0 || ((!a[length_a] || !b[length_b]) && length_a == length_b &&
	                                 strncasecmp(a, b, length_a) == 0);
}

struct fitting {
	const struct scan *scan;
	bool mail;
	const char *const *users; /* of a login for mail */
	size_t n_users;
	unsigned best;
	size_t count;
	struct scan_likely *likely;
};

static bool has_user(const struct fitting *fitting, const struct account *account, bool same_host)
{
	for (size_t i = 0; i < fitting->n_users && account->user != NO_TEXT; i++)
		if (same_user(text_at(fitting->scan, account->user), fitting->users[i], same_host))
			return true;
	return false;
}

static void consider(struct fitting *fitting, const struct account *account, unsigned hosts)
{
	bool user = has_user(fitting, account, hosts > 0),
	     mailbox = fitting->mail && account->mailbox;
	bool other = fitting->n_users > 0 && account->user != NO_TEXT && !user;
	unsigned score = hosts + (user ? SCORE_USER : 0) + (mailbox ? SCORE_MAILBOX : 0);

	if (hosts == 0 ? !user || !mailbox : other && hosts < SCORE_SAME)
		return;
	if (account->since == 0 || score < fitting->best)
		return;
	if (score > fitting->best)
		fitting->count = 0;
	fitting->best = score;
	if (fitting->count < SCAN_LIKELY_MAX)
		fitting->likely[fitting->count] =
			(struct scan_likely){text_at(fitting->scan, account->name), account->since};
	fitting->count++;
}

/* The first of the domain; `domain` need not be in the texts. */
static size_t first_of(const struct scan *scan, const char *domain)
{
	const struct account_host *hosts = (const void *)scan->hosts.bytes;
	size_t from = 0, to = scan->hosts.length / sizeof(*hosts);

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (strcmp(text_at(scan, hosts[middle].domain), domain) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Every account with a host of the domain, its hosts one behind the other. */
static void by_host(struct fitting *fitting, const char *host)
{
	const struct scan *scan = fitting->scan;
	const struct account *accounts = (const void *)scan->accounts.bytes;
	const struct account_host *hosts = (const void *)scan->hosts.bytes;
	size_t count = scan->hosts.length / sizeof(*hosts);
	const char *domain = domain_of(host);
	size_t i = first_of(scan, domain);

	while (i < count && strcmp(text_at(scan, hosts[i].domain), domain) == 0) {
		uint32_t account = hosts[i].account;
		unsigned best = 0;

		for (; i < count && hosts[i].account == account &&
		       strcmp(text_at(scan, hosts[i].domain), domain) == 0;
		     i++) {
			unsigned score = score_of_hosts(host, text_at(scan, hosts[i].host));

			if (score > best && (fitting->mail || !hosts[i].of_mail))
				best = score;
		}
		if (best > 0)
			consider(fitting, &accounts[account], best);
	}
}

size_t scan_likely(const struct scan *scan, const struct scan_login *login,
                   struct scan_likely ret_likely[SCAN_LIKELY_MAX])
{
	struct fitting fitting = {.scan = scan,
	                          .mail = site_is_mail(login->address),
	                          .users = login->users,
	                          .likely = ret_likely};
	const struct account *accounts = (const void *)scan->accounts.bytes;
	char host[SITE_HOST_SIZE];

	fitting.n_users = fitting.mail ? login->n_users : 0;
	if (site_host(login->address, host))
		by_host(&fitting, host);
	if (fitting.count == 0 && login->form && site_host(login->form, host))
		by_host(&fitting, host);
	for (size_t i = 0; fitting.n_users > 0 && i < scan->accounts.length / sizeof(*accounts);
	     i++)
		consider(&fitting, &accounts[i], 0); /* nobody again: with a host it counts more */
	return fitting.count;
}
