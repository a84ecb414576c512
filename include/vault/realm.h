/*
 * Realms: entries that share one password on purpose, such as one directory login for many
 * services, or one account system under several names.
 *
 * A realm is its members: each has a field FIELD_REALM with the realm's name and the reason. An
 * entry is in one realm at most. Inside a realm the reuse guard finds nothing to refuse, and the
 * audit nothing to tell; a leak spreads in it all the same.
 */
#ifndef VAULT_REALM_H
#define VAULT_REALM_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/entry.h>
#include <vault/error.h>
#include <vault/text.h>
#include <vault/vault.h>

#define REALM_NAME_SIZE (NAME_MAX_BYTES + 1)

/* Takes the text of a FIELD_REALM apart: the name, a tab, the reason. False: it is none. The reason
 * is the end of `text`, borrowed. */
bool realm_split(const char *text, size_t length, char ret_name[REALM_NAME_SIZE],
                 const char **ret_reason);

/* The realm that the entry is in, with the reason, borrowed; false: in none. */
bool realm_of(const struct entry *entry, char ret_name[REALM_NAME_SIZE], const char **ret_reason);

/* Makes the entries of these names (NULL-terminated) members, all or none, and gives every member
 * the reason. Without a reason (NULL) that of the realm as it is. *ret_changed counts the entries
 * that were written. Answers:
 * VAULT_NOT_FOUND  there is no such entry, or no realm that could have a reason (message set)
 * VAULT_EXISTS     an entry is in another realm (message set)
 * VAULT_USAGE failure: the name is none that an entry could have, or the reason no line of text. */
int realm_add(struct vault *vault, const char *realm, const char *const *names, const char *reason,
              size_t *ret_changed, struct error *err);

/* Takes these members out (NULL: all of them), and with them the realm when none is left.
 * VAULT_NOT_FOUND (> 0, message set): there is no such realm, or no such member. */
int realm_remove(struct vault *vault, const char *realm, const char *const *names,
                 size_t *ret_changed, struct error *err);

struct realm_info {
	const char *name, *reason;
	const char *const *members; /* live ones, in order of name */
	size_t n_members;
	bool one_password; /* all of them have the same password now */
};

/* Realms in order of name; where `realm` is not NULL, that one alone. Borrowed during the call;
 * `each` returns 0 to go on, any other value ends the walk and is returned. Not verified, as a
 * list. Cost: a walk over the table of fields. */
int realm_list(struct vault *vault, const char *realm,
               int (*each)(void *context, const struct realm_info *info), void *context,
               struct error *err);

/* vault_edit, and the new password to all members of the entry's realm, in one transaction.
 * *ret_others counts these. The answers of vault_edit; VAULT_NOT_FOUND (> 0, message set) also when
 * the entry is in no realm. */
int realm_edit(struct vault *vault, const char *name, struct entry_edit *edit,
               const char *allow_reuse, struct write_result *result, size_t *ret_others,
               struct error *err);

/* ---- proposals ---------------------------------------------------------------------- */

/* A site, and the name of the group of sites that have one account system. */
struct realm_site {
	const char *domain, *group;
};

struct realm_proposal {
	const char *realm;        /* what it would be called: GROUP, or "GROUP (USER)" */
	const char *const *names; /* the entries, in order of name, members among them */
	size_t n_names;
	size_t n_members;  /* that are in this realm already */
	bool one_password; /* all of them have the same password now */
};

/* Tells the entries that look like one account: the host of a URL is one of a group's domains, or
 * below it, and they have the same user name, or none and the same password. Entries in other
 * realms are left out, and so is what is a realm already. `sites` is borrowed, and is put in
 * order. `each` as above. Cost: a walk over the vault. */
int realm_propose(struct vault *vault, struct realm_site *sites, size_t n_sites,
                  int (*each)(void *context, const struct realm_proposal *proposal), void *context,
                  struct error *err);

#endif
