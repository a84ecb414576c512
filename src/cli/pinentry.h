/*
 * Asking for a secret through pinentry, the little programs that ask for GnuPG's passphrases: for
 * programs without a terminal, as a mail program that runs `vault get` for its password.
 *
 * Only programs with the names and in the folders listed in pinentry.c are started, and only when
 * root or this user owns them and nobody else can write to them. Neither the environment nor the
 * configuration names one. What they send goes straight into struct secret; they are never asked
 * to store anything. The protocol is Assuan (the manual of libassuan, "Server responses").
 */
#ifndef CLI_PINENTRY_H
#define CLI_PINENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>
#include <vault/secret.h>

#define PINENTRY_SECRET_MAX ((size_t)4096) /* bytes; the programs themselves take fewer */

struct pinentry_question {
	const char *description; /* a sentence: what for */
	const char *prompt;      /* in front of the field: "Master password:" */
	const char *error;       /* what was wrong with the answer before; or NULL */
};

/* Is there a place for the question to appear (a display, or a terminal that GPG_TTY names
 * or this process has) and a program that fits it? */
bool pinentry_available(void);

/* Asks. Gives the secret, perhaps empty. VAULT_NOT_FOUND (> 0, no message): the person cancelled,
 * or let two minutes go by. VAULT_LOCKED failure: there is no pinentry that works. */
int pinentry_ask(const struct pinentry_question *question, struct secret **ret_secret,
                 struct error *err);

/* The same with the program at `path`. VAULT_FAILED failure: it cannot be started, or does not
 * behave. */
int pinentry_ask_program(const char *path, const struct pinentry_question *question,
                         struct secret **ret_secret, struct error *err);

#endif
