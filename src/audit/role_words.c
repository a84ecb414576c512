/*
 * What names and hosts say of a role. Each table is in order of bytes: it is searched by halves. A
 * word stands for itself alone, a site for all that is below it, too; the longest site counts. The
 * tables are short on purpose: who misses something has the tag.
 */
#include "audit/role.h"

#include <string.h>

#define MAILBOX ROLE_MAILBOX
#define MONEY ROLE_MONEY
#define IDENTITY ROLE_IDENTITY
#define WORK ROLE_WORK

/* clang-format off */
static const struct role_known words[] = {
	{"admin", WORK}, {"amex", MONEY}, {"apple", IDENTITY}, {"appleid", IDENTITY},
	{"arbeit", WORK}, {"auth0", IDENTITY}, {"aws", WORK}, {"azure", WORK}, {"bank", MONEY},
	{"banking", MONEY}, {"barclays", MONEY}, {"binance", MONEY}, {"bitbucket", WORK},
	{"bitcoin", MONEY}, {"broker", MONEY}, {"brokerage", MONEY}, {"citibank", MONEY},
	{"coinbase", MONEY}, {"commerzbank", MONEY}, {"company", WORK}, {"confluence", WORK},
	{"creditcard", MONEY}, {"crm", WORK}, {"crypto", MONEY}, {"database", WORK}, {"db", WORK},
	{"depot", MONEY}, {"dns", IDENTITY}, {"domain", IDENTITY}, {"domains", IDENTITY},
	{"dovecot", MAILBOX}, {"ebanking", MONEY}, {"eid", IDENTITY}, {"elster", MONEY},
	{"email", MAILBOX}, {"ethereum", MONEY}, {"facebook", IDENTITY}, {"fastmail", MAILBOX},
	{"fidelity", MONEY}, {"finance", MONEY}, {"firewall", WORK}, {"firma", WORK},
	{"gcp", WORK}, {"git", WORK}, {"gitea", WORK}, {"github", WORK}, {"gitlab", WORK},
	{"gmail", MAILBOX}, {"gmx", MAILBOX}, {"google", IDENTITY}, {"googlemail", MAILBOX},
	{"gov", IDENTITY}, {"government", IDENTITY}, {"hetzner", WORK}, {"hosting", WORK},
	{"hotmail", MAILBOX}, {"hsbc", MONEY}, {"icloud", IDENTITY}, {"id", IDENTITY},
	{"identity", IDENTITY}, {"idp", IDENTITY}, {"imap", MAILBOX}, {"imaps", MAILBOX},
	{"insurance", MONEY}, {"intranet", WORK}, {"jenkins", WORK}, {"jira", WORK},
	{"kerberos", IDENTITY}, {"keycloak", IDENTITY}, {"klarna", MONEY}, {"konto", MONEY},
	{"kraken", MONEY}, {"kreditkarte", MONEY}, {"kubernetes", WORK}, {"ldap", IDENTITY},
	{"mail", MAILBOX}, {"mailaccount", MAILBOX}, {"mailbox", MAILBOX}, {"mailboxes", MAILBOX},
	{"mailhost", MAILBOX}, {"mails", MAILBOX}, {"mailserver", MAILBOX}, {"mastercard", MONEY},
	{"microsoft", IDENTITY}, {"mobile", IDENTITY}, {"mysql", WORK}, {"n26", MONEY},
	{"nas", WORK}, {"netbank", MONEY}, {"nic", IDENTITY}, {"oauth", IDENTITY},
	{"office", WORK}, {"okta", IDENTITY}, {"onelogin", IDENTITY}, {"onlinebank", MONEY},
	{"onlinebanking", MONEY}, {"outlook", MAILBOX}, {"owa", MAILBOX}, {"passport", IDENTITY},
	{"payment", MONEY}, {"payments", MONEY}, {"paypal", MONEY}, {"payroll", MONEY},
	{"phone", IDENTITY}, {"pop3", MAILBOX}, {"pop3s", MAILBOX}, {"postbank", MONEY},
	{"posteo", MAILBOX}, {"postfach", MAILBOX}, {"postfinance", MONEY}, {"postfix", MAILBOX},
	{"postgres", WORK}, {"production", WORK}, {"protonmail", MAILBOX},
	{"raiffeisenbank", MONEY}, {"rainloop", MAILBOX}, {"registrar", IDENTITY},
	{"revolut", MONEY}, {"root", WORK}, {"roundcube", MAILBOX}, {"router", WORK},
	{"salesforce", WORK}, {"santander", MONEY}, {"sap", WORK}, {"server", WORK},
	{"sim", IDENTITY}, {"slack", WORK}, {"smtp", MAILBOX}, {"smtps", MAILBOX},
	{"sogo", MAILBOX}, {"sparkasse", MONEY}, {"squirrelmail", MAILBOX}, {"ssh", WORK},
	{"sso", IDENTITY}, {"staging", WORK}, {"steuer", MONEY}, {"steuern", MONEY},
	{"stripe", MONEY}, {"tax", MONEY}, {"teams", WORK}, {"telekom", IDENTITY},
	{"trading", MONEY}, {"tutanota", MAILBOX}, {"vanguard", MONEY}, {"verizon", IDENTITY},
	{"versicherung", MONEY}, {"visa", MONEY}, {"vodafone", IDENTITY}, {"volksbank", MONEY},
	{"vpn", WORK}, {"wallet", MONEY}, {"webmail", MAILBOX}, {"wise", MONEY}, {"work", WORK},
	{"zimbra", MAILBOX},
};

static const struct role_known sites[] = {
	{"adyen.com", MONEY}, {"all-inkl.com", WORK}, {"amazon.co.uk", MONEY},
	{"amazon.com", MONEY}, {"amazon.de", MONEY}, {"amazonaws.com", WORK},
	{"americanexpress.com", MONEY}, {"aol.com", IDENTITY}, {"apple.com", IDENTITY},
	{"asana.com", WORK}, {"atlassian.com", WORK}, {"atlassian.net", WORK},
	{"att.com", IDENTITY}, {"auth0.com", IDENTITY}, {"aws.amazon.com", WORK},
	{"azure.com", WORK}, {"bankofamerica.com", MONEY}, {"barclays.co.uk", MONEY},
	{"binance.com", MONEY}, {"bitbucket.org", WORK}, {"bitpanda.com", MONEY},
	{"bitstamp.net", MONEY}, {"bnpparibas.com", MONEY}, {"bund.de", IDENTITY},
	{"capitalone.com", MONEY}, {"cash.app", MONEY}, {"chase.com", MONEY}, {"citi.com", MONEY},
	{"cloud.google.com", WORK}, {"cloudflare.com", IDENTITY}, {"codeberg.org", WORK},
	{"coinbase.com", MONEY}, {"comdirect.de", MONEY}, {"commerzbank.de", MONEY},
	{"consorsbank.de", MONEY}, {"crates.io", WORK}, {"deutsche-bank.de", MONEY},
	{"digitalocean.com", WORK}, {"discover.com", MONEY}, {"dkb.de", MONEY},
	{"docker.com", WORK}, {"dropbox.com", WORK}, {"ebay.com", MONEY}, {"elster.de", MONEY},
	{"etrade.com", MONEY}, {"facebook.com", IDENTITY}, {"fastmail.com", MAILBOX},
	{"fastmail.fm", MAILBOX}, {"fidelity.com", MONEY}, {"flatex.de", MONEY},
	{"freenetmail.de", MAILBOX}, {"gandi.net", IDENTITY}, {"github.com", WORK},
	{"gitlab.com", WORK}, {"gmail.com", MAILBOX}, {"gmx.at", MAILBOX}, {"gmx.ch", MAILBOX},
	{"gmx.com", MAILBOX}, {"gmx.de", MAILBOX}, {"gmx.net", MAILBOX}, {"godaddy.com", IDENTITY},
	{"google.com", IDENTITY}, {"googlemail.com", MAILBOX}, {"gov.uk", IDENTITY},
	{"heroku.com", WORK}, {"hetzner.com", WORK}, {"hetzner.de", WORK}, {"hey.com", MAILBOX},
	{"hotmail.com", MAILBOX}, {"hsbc.co.uk", MONEY}, {"hsbc.com", MONEY},
	{"hub.docker.com", WORK}, {"icloud.com", IDENTITY}, {"id.me", IDENTITY},
	{"ing.com", MONEY}, {"ing.de", MONEY}, {"interactivebrokers.com", MONEY},
	{"intuit.com", MONEY}, {"inwx.de", IDENTITY}, {"ionos.com", WORK}, {"ionos.de", WORK},
	{"jetbrains.com", WORK}, {"joker.com", IDENTITY}, {"klarna.com", MONEY},
	{"kraken.com", MONEY}, {"linkedin.com", IDENTITY}, {"linode.com", WORK},
	{"live.com", IDENTITY}, {"lloydsbank.com", MONEY}, {"login.gov", IDENTITY},
	{"mail.aol.com", MAILBOX}, {"mail.com", MAILBOX}, {"mail.de", MAILBOX},
	{"mail.google.com", MAILBOX}, {"mail.ru", MAILBOX}, {"mail.yahoo.com", MAILBOX},
	{"mail.yandex.com", MAILBOX}, {"mail.yandex.ru", MAILBOX}, {"mail.zoho.com", MAILBOX},
	{"mailbox.org", MAILBOX}, {"mailfence.com", MAILBOX}, {"mastercard.com", MONEY},
	{"microsoft.com", IDENTITY}, {"microsoftonline.com", IDENTITY}, {"migadu.com", MAILBOX},
	{"n26.com", MONEY}, {"namecheap.com", IDENTITY}, {"natwest.com", MONEY},
	{"notion.so", WORK}, {"npmjs.com", WORK}, {"o2online.de", IDENTITY}, {"office.com", WORK},
	{"okta.com", IDENTITY}, {"onelogin.com", IDENTITY}, {"outlook.com", MAILBOX},
	{"outlook.live.com", MAILBOX}, {"outlook.office.com", MAILBOX}, {"ovh.com", WORK},
	{"paypal.com", MONEY}, {"pm.me", MAILBOX}, {"porkbun.com", IDENTITY},
	{"postbank.de", MONEY}, {"posteo.de", MAILBOX}, {"posteo.net", MAILBOX},
	{"postfinance.ch", MONEY}, {"proton.me", MAILBOX}, {"protonmail.com", MAILBOX},
	{"pypi.org", WORK}, {"revolut.com", MONEY}, {"robinhood.com", MONEY},
	{"runbox.com", MAILBOX}, {"salesforce.com", WORK}, {"santander.com", MONEY},
	{"scalable.capital", MONEY}, {"schwab.com", MONEY}, {"sharepoint.com", WORK},
	{"skrill.com", MONEY}, {"slack.com", WORK}, {"sparkasse.de", MONEY}, {"square.com", MONEY},
	{"sr.ht", WORK}, {"startmail.com", MAILBOX}, {"strato.de", WORK}, {"stripe.com", MONEY},
	{"t-mobile.com", IDENTITY}, {"t-online.de", IDENTITY}, {"telekom.de", IDENTITY},
	{"traderepublic.com", MONEY}, {"trello.com", WORK}, {"tuta.com", MAILBOX},
	{"tutanota.com", MAILBOX}, {"twitter.com", IDENTITY}, {"ubs.com", MONEY},
	{"usa.gov", IDENTITY}, {"vanguard.com", MONEY}, {"venmo.com", MONEY},
	{"verimi.de", IDENTITY}, {"verizon.com", IDENTITY}, {"visa.com", MONEY},
	{"vodafone.com", IDENTITY}, {"vodafone.de", IDENTITY}, {"vultr.com", WORK},
	{"web.de", MAILBOX}, {"wellsfargo.com", MONEY}, {"westernunion.com", MONEY},
	{"wise.com", MONEY}, {"x.com", IDENTITY}, {"yahoo.com", IDENTITY},
	{"yandex.com", IDENTITY}, {"yandex.ru", IDENTITY}, {"zoom.us", WORK},
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct role_known *role_known_words(size_t *ret_count)
{
	*ret_count = COUNT(words);
	return words;
}

const struct role_known *role_known_sites(size_t *ret_count)
{
	*ret_count = COUNT(sites);
	return sites;
}

/* Where each letter begins in the table. It is asked several times for each entry of a vault, and
 * the first letter says of most that they are not in it. */
/* clang-format off */
static const unsigned char words_from[27] = {
	0, 8, 16, 24, 31, 36, 42, 53, 57, 65, 67, 74, 75, 86, 90, 98, 114, 114, 121, 138, 143, 143,
	150, 154, 154, 154, COUNT(words),
};
static const unsigned char sites_from[27] = {
	0, 16, 24, 36, 42, 45, 51, 64, 72, 81, 83, 85, 90, 105, 110, 118, 128, 128, 131, 144, 152,
	154, 162, 166, 167, 170, COUNT(sites),
};
/* clang-format on */

static int compare(const char *text, size_t length, const char *known)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] != known[i])
			return (unsigned char)text[i] < (unsigned char)known[i] ? -1 : 1;
	return known[length] == '\0' ? 0 : -1;
}

static enum role look_up(const struct role_known *table, const unsigned char from[27],
                         const char *text, size_t length)
{
	size_t letter = length > 0 ? (size_t)((unsigned char)text[0] - 'a') : 26, low, high;

	if (letter >= 26)
		return ROLE_OTHER;
	low = from[letter];
	high = from[letter + 1];
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int difference = compare(text, length, table[middle].text);

		if (difference == 0)
			return table[middle].role;
		if (difference < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return ROLE_OTHER;
}

enum role role_of_word(const char *word, size_t length)
{
	return look_up(words, words_from, word, length);
}

enum role role_of_site(const char *host)
{
	enum role role = ROLE_OTHER;

	for (; host && role == ROLE_OTHER; host = site_above(host))
		role = look_up(sites, sites_from, host, strlen(host));
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

_Static_assert(COUNT(providers) <= MAIL_PROVIDERS_MAX, "each has a bit");

const struct mail_provider *mail_providers(size_t *ret_count)
{
	*ret_count = COUNT(providers);
	return providers;
}

uint32_t mail_providers_of(const char *domain)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < COUNT(providers); i++)
		for (size_t j = 0; providers[i].domains[j]; j++)
			if (strcmp(providers[i].domains[j], domain) == 0)
				mask |= UINT32_C(1) << i;
	return mask;
}
