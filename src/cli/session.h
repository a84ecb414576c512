/*
 * What all commands share: the global options, the vault's path, opening and unlocking, and telling
 * what opening brought to light (a healed header, an older file).
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>

#include <vault/error.h>
#include <vault/vault.h>

#include "config.h"
#include "options.h"
#include "present.h"

struct globals {
	const char *vault, *password_file, *key_file;
	int password_fd, volume_key_fd;
	bool json, quiet, recovery, accept_rollback, no_agent, pinentry, help, version;
};

extern const struct option_spec globals_options[];

struct session {
	struct globals global;
	struct config config; /* set by session_start */
	char *path;           /* of the vault */
	struct vault *vault;  /* NULL until it is open */
	bool unlocked;        /* it is open, and so are its contents */
	bool keep_presented;  /* set before unlocking by commands that make a new key of the same
	                        kind */
	struct presented presented; /* what opened the vault, when it was to be kept */
	bool by_hand; /* set before unlocking by commands that change what opens the vault or give
	                 a key away: what the agent holds is not enough */
	struct error refused; /* what was wrong with the answer before, for the next question */
	bool expect_older;    /* a backup is opened: its age is nothing to tell */
	bool rolled_back;     /* an older file was announced: exit status 9 */
};

/* Reads the configuration and finds the path: what the option says, else the configuration, else
 * the default. The session's strings are borrowed from argv. */
int session_start(struct session *session, struct error *err);

/* Wipes and closes everything. */
void session_done(struct session *session);

/* Closes the vault before something slow; session_unlock may follow. */
void session_close(struct session *session);

/* Opens the vault unless it is open. VAULT_NOT_FOUND (> 0, message set) when there is none. */
int session_open(struct session *session, unsigned flags, struct error *err);

/* Opens and unlocks: with what the options name; else with what the agent holds; else, at a
 * terminal, by asking, after which the agent is given the key. Returns 0, at once when it is
 * unlocked already; VAULT_NOT_FOUND as above; VAULT_WRONG_KEY (> 0, message set). `flags` as for
 * vault_open. */
int session_unlock(struct session *session, unsigned flags, struct error *err);

/* The same without ever asking or starting an agent: with a secret that the options name, else with
 * what the agent holds. VAULT_LOCKED (> 0) when there is neither; the message may be set, and is
 * not worth more than a warning. */
int session_unlock_held(struct session *session, unsigned flags, struct error *err);

/* Does a global option give a secret, so that nobody is to be asked for one? */
bool session_scripted(const struct session *session);

/* Does a global option say what to unlock with? Commands that need no key take it as a wish to
 * unlock. */
bool session_presents(const struct session *session);

/* Does VAULT_NOT_FOUND in `r` speak of something in the vault? Otherwise there is no vault. */
bool session_lacks(const struct session *session, int r);

/* Sets the message "no entry 'NAME'" with names that resemble it. Returns VAULT_NOT_FOUND. */
int session_no_entry(struct session *session, const char *name, struct error *err);

/* vault_get, with the message. Gives the entry. */
int session_get(struct session *session, const char *name, struct entry **ret_entry,
                struct error *err);

/* The same for a command that needs no more of the vault: unlocks before and closes after it. */
int session_read(struct session *session, const char *name, struct entry **ret_entry,
                 struct error *err);

#endif
