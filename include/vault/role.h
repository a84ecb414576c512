/*
 * What an account is for, as far as its damage goes: a transparent guess that a tag overrules.
 *
 * A tag "role:WORD" decides, whatever else there is. Without one, everything that says something is
 * looked at, and the most damaging role counts:
 *
 *   the hosts of the addresses, and those in the name: a known service (of it or below it), else
 *     known words among the host's labels ("mail.example.org"); a scheme of mail ("imap:")
 *   the words of the name ("bank", "webmail", "vpn")
 *   the user name: an address of a mail provider, where a host or the name is this provider's
 *     ("google", joe@gmail.com); a name that is a mail address and nothing else
 *
 * The known services and words are tables in src/audit/role_words.c. No password is looked at.
 */
#ifndef VAULT_ROLE_H
#define VAULT_ROLE_H

#include <stdbool.h>

#include <vault/entry.h>

/* By the damage that somebody else could do with it; the worst is the highest. */
enum role {
	ROLE_OTHER,
	ROLE_WORK,     /* code, servers, networks, an employer's accounts */
	ROLE_IDENTITY, /* what other accounts are opened with, domains, authorities */
	ROLE_MONEY,    /* banks, payment, brokers, money that is a number */
	ROLE_MAILBOX,  /* mail: what passwords are reset through */
};

#define ROLE_TAG "role:" /* in front of a role's word in a tag */

/* "other", "work", "identity", "money", "mailbox". */
const char *role_word(enum role role);

/* False: it is no role's word. */
bool role_by_word(const char *word, enum role *ret_role);

enum role role_of(const struct entry *entry);

#endif
