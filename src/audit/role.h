/* How a role is judged, piece by piece as they come. The rule is in <vault/role.h>. */
#ifndef AUDIT_ROLE_H
#define AUDIT_ROLE_H

#include <vault/role.h>

#include <stddef.h>
#include <stdint.h>

#include "audit/site.h"

struct role_sight {
	enum role role;     /* as far as it was seen */
	bool tagged;        /* a tag has decided */
	uint32_t providers; /* whose the user name is an address of; a bit each */
};

/* `providers` are those of the user name where it is an address, else 0. `host` is the URL's, NULL
 * where it has none. */
void role_begin(struct role_sight *sight, const char *name, uint32_t providers);
void role_see_url(struct role_sight *sight, const char *url, const char *host);
void role_see_tag(struct role_sight *sight, const char *tag);

/* ---- the tables (role_words.c) ------------------------------------------------------ */

struct role_known {
	const char *text; /* in small letters; the table is in order of bytes */
	enum role role;
};
const struct role_known *role_known_words(size_t *ret_count);
const struct role_known *role_known_sites(size_t *ret_count);

/* ROLE_OTHER: not in the table. */
enum role role_of_word(const char *word, size_t length);
enum role role_of_site(const char *host); /* of it, or of a domain above it */

/* A company that is known for its mail. */
struct mail_provider {
	const char *host;           /* where its accounts are */
	const char *const *domains; /* of its addresses; NULL-terminated */
};
#define MAIL_PROVIDERS_MAX 32 /* each has a bit in a mask */
const struct mail_provider *mail_providers(size_t *ret_count);

/* Whose addresses are of this domain: a bit for each. */
uint32_t mail_providers_of(const char *domain);

#endif
