/*
 * The two steps of a change of password, as `rotate` takes them. The contract of the steps
 * themselves is in vault/rotate.h.
 */
#ifndef CLI_ROTATION_H
#define CLI_ROTATION_H

#include <stdbool.h>

#include <vault/rotate.h>

#include "entry_options.h"
#include "session.h"

struct rotation_options {
	struct entry_options entry; /* of these: rule, from_stdin, all_stdin, allow_reuse */
	bool done, abort, next, realm_too;
	bool open, print, copy, copy_old, reveal; /* what is to be done with the two passwords */
};

/* A change that is pending. */
struct rotation {
	struct entry *entry; /* with both passwords */
	char *address;       /* where it is changed at the service; NULL: not known */
	bool made;           /* just now */
};
void rotation_done(struct rotation *rotation);
#define ROTATION_AUTO __attribute__((cleanup(rotation_done))) struct rotation

/* Makes the password to be, or reads it from standard input, unless one is pending. The vault is
 * closed then. VAULT_NOT_FOUND, VAULT_EXISTS, VAULT_REFUSED (> 0, told already). */
int rotation_begin(struct session *session, const char *name,
                   const struct rotation_options *options, struct rotation *ret_rotation,
                   struct error *err);

/* The second step, either way, and what is told of it: after the first of them the list of who has
 * to be given the new password. `ask`: somebody can be asked whether the realm gets it, too.
 * Answers as of rotate_done; VAULT_REFUSED was told already. */
int rotation_finish(struct session *session, const char *name,
                    const struct rotation_options *options, bool ask, struct error *err);
int rotation_drop(struct session *session, const char *name, struct error *err);

/* Goes through a change with the person at the terminal: copies, opens, and takes the second step,
 * or leaves it for later. */
int rotation_talk(struct session *session, const struct rotation *rotation, struct error *err);

/* Gives the name (free(3)) of the entry to be changed first: that of the first open incident, else
 * of the audit's plan. Says so. VAULT_NOT_FOUND (> 0, message set): none needs to. The vault is
 * left unlocked. */
int rotation_next(struct session *session, char **ret_name, struct error *err);

/* Lists the entries with a pending change. */
int rotation_list(struct session *session, struct error *err);

/* Opens the page where the password is changed. */
int rotation_open(const struct rotation *rotation, struct error *err);

/* Whoever uses a password that is about to change should know. */
void rotation_note(const struct entry *entry);

#endif
