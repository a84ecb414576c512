/*
 * Lists of what is known about services, by host: the password rules that they have and the
 * addresses where a password is changed. The lists are those of the project Password Manager
 * Resources (https://github.com/apple/password-manager-resources), quirks/password-rules.json and
 * quirks/change-password-URLs.json.
 *
 * What was loaded lies in $XDG_DATA_HOME/vault, one file for each list, outside the vault: it is
 * public, the same for everybody, and the next load replaces it.
 */
#ifndef VAULT_SERVICES_H
#define VAULT_SERVICES_H

#include <stddef.h>

#include <vault/error.h>
#include <vault/realm.h>

#define SERVICES_FILE_MAX (4 * 1024 * 1024) /* bytes of a file to load, and of a loaded list */
#define SERVICES_TEXT_MAX 4096              /* bytes of what is said of one host */

enum service_list {
	SERVICE_RULES,
	SERVICE_CHANGE
};

struct services_loaded {
	enum service_list list;
	size_t taken, left;   /* hosts; left: what cannot be used */
	char first_left[256]; /* the first of these, or "" */
};

/* Loads a list from the JSON behind `fd` (borrowed, read to its end) and replaces the former one of
 * its kind, which the contents tell. It is taken apart by a child process that can do nothing else.
 * `label` names it in messages. VAULT_USAGE failure: it is neither list. */
int services_load(int fd, const char *label, struct services_loaded *ret_loaded, struct error *err);

/* Gives what the list says of `host`, as in a URL: in any case, with a port or without; free(3).
 * What is said of a domain holds for those below it, unless the list says otherwise; the longest
 * one counts. VAULT_NOT_FOUND (> 0, no message): nothing, or no list. */
int services_find(enum service_list list, const char *host, char **ret_text, struct error *err);

/* ---- sites with one account system ------------------------------------------------- */

/* What quirks/shared-credentials.json of the same project says: groups of domains where one account
 * is good at all of them. Sites whose accounts go one way only, or that are obsolete, are in their
 * group like the others: the password is the same. */
struct shared_sites {
	struct realm_site *sites; /* each domain with its group's name, which is its first domain */
	size_t n_sites;
	size_t left; /* that cannot be used */
	char *text;  /* which the sites borrow from */
};

/* Reads such a list, and keeps nothing of it. As services_load; VAULT_USAGE failure: it is none. */
int shared_sites_load(int fd, const char *label, struct shared_sites *ret_sites, struct error *err);
void shared_sites_done(struct shared_sites *sites);
#define SHARED_SITES_AUTO __attribute__((cleanup(shared_sites_done))) struct shared_sites

#endif
