/*
 * What Firefox, Thunderbird and their kin keep passwords in, as far as it can be read without their
 * key: a profile's `logins.json`, where the address and the dates of a login are plain and its user
 * name and password are encrypted, and the accounts of `prefs.js` beside it, which has none of the
 * passwords.
 *
 * Both are taken apart by the process of <vault/format.h> that can do nothing else. Call it before
 * the vault is unlocked.
 */
#ifndef VAULT_SAVED_H
#define VAULT_SAVED_H

#include <stdint.h>

#include <vault/error.h>

#define SAVED_ADDRESS_MAX 1024 /* bytes; a login or account with a longer one is passed over */

struct saved_login {
	const char *address; /* "imap://mail.example.com", "https://shop.example" */
	const char *form;    /* where its form is sent, if that is elsewhere; or NULL */
	int64_t changed;     /* when it was last given a password; 0: not known */
};

struct saved_account {
	const char *host; /* of the server that it is at */
	const char *user;
};

/* Each is borrowed during the call; 0 to go on, any other value ends the reading and is
 * returned. */
typedef int (*saved_login_each)(void *context, const struct saved_login *login);
typedef int (*saved_account_each)(void *context, const struct saved_account *account);

/* All logins of a `logins.json` behind `fd` (borrowed, a regular file). Tokens of OAuth, which are
 * kept in the same place, are no passwords and are left out. `label` names it in messages. */
int saved_logins(int fd, const char *label, saved_login_each each, void *context,
                 struct error *err);

/* The mail accounts of a `prefs.js`; what else is in it, or is not as it should be, is passed
 * over. */
int saved_accounts(int fd, const char *label, saved_account_each each, void *context,
                   struct error *err);

#endif
