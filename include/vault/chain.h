/*
 * The recovery chain: what falls with an account, because its password can be reset through it.
 *
 * That an entry's password is reset through another one is known in two ways:
 *
 *   it was said: the entry has a field FIELD_RESETS
 *   it follows: one of the entry's mail addresses is that of a mailbox in the vault
 *
 * What was said takes the place of what would follow. An entry's mail addresses are its user name,
 * where that is one, else those in its name, and those in its plain fields whose key has "mail" or
 * "recovery" in it. Nothing else makes a chain, least of all two equal user names that are no
 * addresses.
 *
 * A mailbox is an entry with the role ROLE_MAILBOX (see vault/role.h). Its address is
 *
 *   its user name, where that is an address, else the addresses in its name
 *   else its user name at the hosts that its URLs and its name tell, and at the domains above them
 *     ("joe" at https://mail.example.org: joe@mail.example.org and joe@example.org), and at the
 *     domains of the mail provider they belong to
 *   without a user name: every address at these that no other mailbox has
 *
 * A mailbox is not reset through its own address. Upper and lower case are the same.
 */
#ifndef VAULT_CHAIN_H
#define VAULT_CHAIN_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>
#include <vault/role.h>
#include <vault/vault.h>

struct chain; /* of all live entries, as they were when it was made; owns all that it gives */

struct chain_entry {
	const char *name, *user; /* user may be NULL */
	const char *realm;       /* that it is in, see vault/realm.h; or NULL */
	enum role role;
	size_t falls; /* how many other entries fall with it, at any remove */
};

/* Time and memory in proportion to the vault; more only where an entry falls with another in two
 * ways, for a walk from each hub in front of it. As with vault_list rows are not verified. Give it
 * back with chain_free. */
int chain_make(struct vault *vault, struct chain **ret_chain, struct error *err);
void chain_free(struct chain *chain);
void chain_freep(struct chain **chain);
#define CHAIN_AUTO __attribute__((cleanup(chain_freep))) struct chain

/* All entries, in no order to rely on. */
const struct chain_entry *chain_entries(const struct chain *chain, size_t *ret_count);

/* Those that others fall with, most first, then by name. */
const struct chain_entry *const *chain_hubs(const struct chain *chain, size_t *ret_count);

/* The entry of exactly this name, or NULL. */
const struct chain_entry *chain_find(const struct chain *chain, const char *name);

/* How an entry falls. */
struct chain_link {
	const struct chain_entry *entry;
	const struct chain_entry *via; /* through which its password can be reset */
	const char *address;           /* the mail address that both have; NULL: it was said */
	unsigned steps;                /* 1: through the hub itself */
};

/* Everything that falls with `hub`, of this chain, each entry once and not the hub itself, the
 * nearest first, then by name. Circles end where they began. `each` returns 0 to go on; any other
 * value ends the walk and is returned. Time in proportion to what is told and the links between. */
int chain_falls(struct chain *chain, const struct chain_entry *hub,
                int (*each)(void *context, const struct chain_link *link), void *context,
                struct error *err);

#endif
