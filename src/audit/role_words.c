/*
 * What names and hosts say of a role. Each table is in order of bytes: it is searched by halves. A
 * word stands for itself alone, a site for all that is below it, too; the longest site counts. The
 * tables are short on purpose: who misses something has the tag.
 */
#include "audit/role.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const char *const mailbox_words[] = {
	"dovecot", "email", "fastmail", "gmail", "gmx", "googlemail", "hotmail", "imap", "imaps",
	"mail", "mailaccount", "mailbox", "mailboxes", "mailhost", "mails", "mailserver",
	"outlook", "owa", "pop3", "pop3s", "posteo", "postfach", "postfix", "protonmail",
	"rainloop", "roundcube", "smtp", "smtps", "sogo", "squirrelmail", "tutanota", "webmail",
	"zimbra",
};

static const char *const money_words[] = {
	"amex", "bank", "banking", "barclays", "binance", "bitcoin", "broker", "brokerage",
	"citibank", "coinbase", "commerzbank", "creditcard", "crypto", "depot", "ebanking",
	"elster", "ethereum", "fidelity", "finance", "hsbc", "insurance", "klarna", "konto",
	"kraken", "kreditkarte", "mastercard", "n26", "netbank", "onlinebank", "onlinebanking",
	"payment", "payments", "paypal", "payroll", "postbank", "postfinance", "raiffeisenbank",
	"revolut", "santander", "sparkasse", "steuer", "steuern", "stripe", "tax", "trading",
	"vanguard", "versicherung", "visa", "volksbank", "wallet", "wise",
};

static const char *const identity_words[] = {
	"apple", "appleid", "auth0", "dns", "domain", "domains", "eid", "facebook", "google",
	"gov", "government", "icloud", "id", "identity", "idp", "kerberos", "keycloak", "ldap",
	"microsoft", "mobile", "nic", "oauth", "okta", "onelogin", "passport", "phone",
	"registrar", "sim", "sso", "telekom", "verizon", "vodafone",
};

static const char *const work_words[] = {
	"admin", "arbeit", "aws", "azure", "bitbucket", "company", "confluence", "crm", "database",
	"db", "firewall", "firma", "gcp", "git", "gitea", "github", "gitlab", "hetzner", "hosting",
	"intranet", "jenkins", "jira", "kubernetes", "mysql", "nas", "office", "postgres",
	"production", "root", "router", "salesforce", "sap", "server", "slack", "ssh", "staging",
	"teams", "vpn", "work",
};

static const char *const mailbox_sites[] = {
	"fastmail.com", "fastmail.fm", "freenetmail.de", "gmail.com", "gmx.at", "gmx.ch",
	"gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.com", "mail.aol.com",
	"mail.com", "mail.de", "mail.google.com", "mail.ru", "mail.yahoo.com", "mail.yandex.com",
	"mail.yandex.ru", "mail.zoho.com", "mailbox.org", "mailfence.com", "migadu.com",
	"outlook.com", "outlook.live.com", "outlook.office.com", "pm.me", "posteo.de",
	"posteo.net", "proton.me", "protonmail.com", "runbox.com", "startmail.com", "tuta.com",
	"tutanota.com", "web.de",
};

static const char *const money_sites[] = {
	"adyen.com", "amazon.co.uk", "amazon.com", "amazon.de", "americanexpress.com",
	"bankofamerica.com", "barclays.co.uk", "binance.com", "bitpanda.com", "bitstamp.net",
	"bnpparibas.com", "capitalone.com", "cash.app", "chase.com", "citi.com", "coinbase.com",
	"comdirect.de", "commerzbank.de", "consorsbank.de", "deutsche-bank.de", "discover.com",
	"dkb.de", "ebay.com", "elster.de", "etrade.com", "fidelity.com", "flatex.de", "hsbc.co.uk",
	"hsbc.com", "ing.com", "ing.de", "interactivebrokers.com", "intuit.com", "klarna.com",
	"kraken.com", "lloydsbank.com", "mastercard.com", "n26.com", "natwest.com", "paypal.com",
	"postbank.de", "postfinance.ch", "revolut.com", "robinhood.com", "santander.com",
	"scalable.capital", "schwab.com", "skrill.com", "sparkasse.de", "square.com", "stripe.com",
	"traderepublic.com", "ubs.com", "vanguard.com", "venmo.com", "visa.com", "wellsfargo.com",
	"westernunion.com", "wise.com",
};

static const char *const identity_sites[] = {
	"aol.com", "apple.com", "att.com", "auth0.com", "bund.de", "cloudflare.com",
	"facebook.com", "gandi.net", "godaddy.com", "google.com", "gov.uk", "icloud.com", "id.me",
	"inwx.de", "joker.com", "linkedin.com", "live.com", "login.gov", "microsoft.com",
	"microsoftonline.com", "namecheap.com", "o2online.de", "okta.com", "onelogin.com",
	"porkbun.com", "t-mobile.com", "t-online.de", "telekom.de", "twitter.com", "usa.gov",
	"verimi.de", "verizon.com", "vodafone.com", "vodafone.de", "x.com", "yahoo.com",
	"yandex.com", "yandex.ru",
};

static const char *const work_sites[] = {
	"all-inkl.com", "amazonaws.com", "asana.com", "atlassian.com", "atlassian.net",
	"aws.amazon.com", "azure.com", "bitbucket.org", "cloud.google.com", "codeberg.org",
	"crates.io", "digitalocean.com", "docker.com", "dropbox.com", "github.com", "gitlab.com",
	"heroku.com", "hetzner.com", "hetzner.de", "hub.docker.com", "ionos.com", "ionos.de",
	"jetbrains.com", "linode.com", "notion.so", "npmjs.com", "office.com", "ovh.com",
	"pypi.org", "salesforce.com", "sharepoint.com", "slack.com", "sr.ht", "strato.de",
	"trello.com", "vultr.com", "zoom.us",
};
/* clang-format on */

#define TABLE(role, list) \
	{ \
		role, list, sizeof(list) / sizeof((list)[0]) \
	}

struct table {
	enum role role;
	const char *const *items;
	size_t count;
};

/* The most damaging first: it is what counts where two have a word. */
static const struct table words[] = {
	TABLE(ROLE_MAILBOX, mailbox_words),
	TABLE(ROLE_MONEY, money_words),
	TABLE(ROLE_IDENTITY, identity_words),
	TABLE(ROLE_WORK, work_words),
};

static const struct table sites[] = {
	TABLE(ROLE_MAILBOX, mailbox_sites),
	TABLE(ROLE_MONEY, money_sites),
	TABLE(ROLE_IDENTITY, identity_sites),
	TABLE(ROLE_WORK, work_sites),
};

struct key {
	const char *text;
	size_t length;
};

static int compare(const void *left, const void *right)
{
	const struct key *key = left;
	const char *item = *(const char *const *)right;
	int difference = strncmp(key->text, item, key->length);

	return difference != 0 ? difference : item[key->length] == '\0' ? 0 : -1;
}

static enum role look_up(const struct table *tables, const struct key *key)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (bsearch(key, tables[i].items, tables[i].count, sizeof(char *), compare))
			return tables[i].role;
	return ROLE_OTHER;
}

enum role role_of_word(const char *word, size_t length)
{
	return look_up(words, &(struct key){word, length});
}

enum role role_of_site(const char *host)
{
	enum role role = ROLE_OTHER;

	for (; host && role == ROLE_OTHER; host = site_above(host))
		role = look_up(sites, &(struct key){host, strlen(host)});
	return role;
}

/* ---- mail providers ----------------------------------------------------------------- */

#define DOMAINS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define APPLE DOMAINS("icloud.com", "mac.com", "me.com")
#define GMX DOMAINS("gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net")
#define MICROSOFT \
	DOMAINS("hotmail.com", "hotmail.de", "hotmail.fr", "hotmail.co.uk", "live.com", "live.de", \
	        "msn.com", "outlook.com", "outlook.de")
#define PROTON DOMAINS("pm.me", "proton.me", "protonmail.com")
#define TUTA DOMAINS("keemail.me", "tuta.com", "tuta.io", "tutamail.com", "tutanota.com")

static const struct mail_provider providers[] = {
	{"aol.com", DOMAINS("aol.com", "aim.com")},
	{"apple.com", APPLE},
	{"fastmail.com", DOMAINS("fastmail.com", "fastmail.fm")},
	{"freenet.de", DOMAINS("freenet.de")},
	{"gmx.com", GMX},
	{"gmx.net", GMX},
	{"google.com", DOMAINS("gmail.com", "googlemail.com")},
	{"icloud.com", APPLE},
	{"live.com", MICROSOFT},
	{"mail.ru", DOMAINS("bk.ru", "inbox.ru", "list.ru", "mail.ru")},
	{"mailbox.org", DOMAINS("mailbox.org")},
	{"microsoft.com", MICROSOFT},
	{"microsoftonline.com", MICROSOFT},
	{"office.com", MICROSOFT},
	{"outlook.com", MICROSOFT},
	{"posteo.de", DOMAINS("posteo.de", "posteo.net")},
	{"proton.me", PROTON},
	{"protonmail.com", PROTON},
	{"telekom.de", DOMAINS("magenta.de", "t-online.de")},
	{"t-online.de", DOMAINS("magenta.de", "t-online.de")},
	{"tuta.com", TUTA},
	{"tutanota.com", TUTA},
	{"web.de", DOMAINS("web.de")},
	{"yahoo.com", DOMAINS("rocketmail.com", "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr",
                              "ymail.com")},
	{"yandex.com", DOMAINS("ya.ru", "yandex.com", "yandex.ru")},
	{"yandex.ru", DOMAINS("ya.ru", "yandex.com", "yandex.ru")},
	{"zoho.com", DOMAINS("zoho.com", "zohomail.com")},
};

const struct mail_provider *mail_providers(size_t *ret_count)
{
	*ret_count = sizeof(providers) / sizeof(providers[0]);
	return providers;
}

bool mail_provider_has(const struct mail_provider *provider, const char *domain)
{
	for (size_t i = 0; provider->domains[i]; i++)
		if (strcmp(provider->domains[i], domain) == 0)
			return true;
	return false;
}
