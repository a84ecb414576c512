#include "audit/role.h"

#include <string.h>

#define WORD_SIZE 32 /* no word of the tables is longer */

static const char *const role_words[] = {
	[ROLE_OTHER] = "other", [ROLE_WORK] = "work",       [ROLE_IDENTITY] = "identity",
	[ROLE_MONEY] = "money", [ROLE_MAILBOX] = "mailbox",
};

const char *role_word(enum role role)
{
	return role_words[role];
}

bool role_by_word(const char *word, enum role *ret_role)
{
	for (size_t i = 0; i < sizeof(role_words) / sizeof(role_words[0]); i++)
		if (strcmp(word, role_words[i]) == 0) {
			*ret_role = (enum role)i;
			return true;
		}
	return false;
}

static void see(struct role_sight *sight, enum role role)
{
	if (!sight->tagged && role > sight->role)
		sight->role = role;
}

static bool begins_site(const char *site, const char *word, size_t length)
{
	return strncmp(site, word, length) == 0 && site[length] == '.';
}

/* Is it an account at the provider of the address that is the user name? Told by a host, or by
 * `length` bytes of a word. */
static bool at_its_provider(const struct role_sight *sight, const char *host, const char *word,
                            size_t length)
{
	size_t count;
	const struct mail_provider *providers = mail_providers(&count);

	for (size_t i = 0; i < count && sight->providers >> i; i++)
		if (sight->providers >> i & 1 &&
		    (host ? site_belongs(host, providers[i].host)
		          : begins_site(providers[i].host, word, length)))
			return true;
	return false;
}

static void see_word(struct role_sight *sight, const char *word, size_t length)
{
	if (length == 0 || length >= WORD_SIZE)
		return;
	see(sight, role_of_word(word, length));
	if (sight->providers && at_its_provider(sight, NULL, word, length))
		see(sight, ROLE_MAILBOX);
}

/* Words are of letters, in small ones from here on, and digits. */
static void see_words(struct role_sight *sight, const char *text, size_t length)
{
	char word[WORD_SIZE];
	size_t at = 0;

	for (size_t i = 0; i < length; i++) {
		char c = site_letter(text[i]);

		if (!c) {
			see_word(sight, word, at);
			at = 0;
		} else if (at < WORD_SIZE) {
			word[at++] = c;
		}
	}
	see_word(sight, word, at);
}

/* A known service decides; else the labels count, all but the last, which is nobody's. */
static void see_host(struct role_sight *sight, const char *host)
{
	enum role role = role_of_site(host);

	if (role == ROLE_OTHER)
		see_words(sight, host, (size_t)(strrchr(host, '.') - host));
	see(sight, role);
	if (sight->providers && at_its_provider(sight, host, NULL, 0))
		see(sight, ROLE_MAILBOX);
}

static void see_piece(struct role_sight *sight, const char *text, size_t length)
{
	SITE_BUFFER char piece[SITE_HOST_SIZE], host[SITE_HOST_SIZE];

	if (length >= sizeof(piece) || memchr(text, '@', length))
		return;
	memcpy(piece, text, length);
	piece[length] = '\0';
	if (site_host(piece, host))
		see_host(sight, host);
	else
		see_words(sight, text, length);
}

void role_begin(struct role_sight *sight, const char *name, uint32_t providers)
{
	SITE_BUFFER char address[SITE_ADDRESS_SIZE];
	const char *piece, *rest = name;
	size_t length;

	*sight = (struct role_sight){.providers = providers};
	while (site_piece(&rest, &piece, &length))
		see_piece(sight, piece, length);
	if (strchr(name, '@') && site_address(name, strlen(name), address))
		see(sight, ROLE_MAILBOX);
}

void role_see_url(struct role_sight *sight, const char *url, const char *host)
{
	if (site_is_mail(url))
		see(sight, ROLE_MAILBOX);
	if (host)
		see_host(sight, host);
}

void role_see_tag(struct role_sight *sight, const char *tag)
{
	enum role role;

	if (strncmp(tag, ROLE_TAG, strlen(ROLE_TAG)) != 0 ||
	    !role_by_word(tag + strlen(ROLE_TAG), &role))
		return;
	if (!sight->tagged || role > sight->role) /* of several the worst */
		sight->role = role;
	sight->tagged = true;
}

enum role role_of(const struct entry *entry)
{
	const char *user = entry->user ? entry->user : "";
	char address[SITE_ADDRESS_SIZE], host[SITE_HOST_SIZE];
	struct role_sight sight;

	role_begin(&sight, entry->name,
	           site_address(user, strlen(user), address)
	                   ? mail_providers_of(strchr(address, '@') + 1)
	                   : 0);
	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];

		if (field->kind == FIELD_URL)
			role_see_url(&sight, field->text,
			             site_host(field->text, host) ? host : NULL);
		else if (field->kind == FIELD_TAG)
			role_see_tag(&sight, field->text);
	}
	return sight.role;
}
