/*
 * What `exec` gives to a program: values of entries, each in an environment variable or behind a
 * descriptor.
 *
 *      VARIABLE=NAME[:FIELD]     the variable holds the value
 *      VARIABLE=@NAME[:FIELD]    the variable holds /dev/fd/N, where the value is to be read
 *      N=NAME[:FIELD]            descriptor N gives the value (--fd)
 *
 * A backslash takes the character behind it for a part of a name or field: `\:`, `\@`, `\\`.
 */
#ifndef CLI_GRANT_H
#define CLI_GRANT_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>
#include <vault/secret.h>

#include "options.h"
#include "session.h"

#define GRANT_DESCRIPTOR_MAX 255 /* for --fd */

struct grant {
	const char *variable;    /* "VARIABLE=…", borrowed from argv; NULL for --fd */
	bool readable;           /* behind a descriptor */
	int descriptor;          /* its number where it was asked for, else -1 */
	char *name, *field;      /* field NULL: the password */
	int memory;              /* where the value waits, or -1 */
	struct secret *assigned; /* "VARIABLE=value" */
};

struct grants {
	struct grant *items;
	size_t count;
	char **variables; /* see grants_place */
};

void grants_done(struct grants *grants);
#define GRANTS_AUTO __attribute__((cleanup(grants_done))) struct grants

/* Reads the words in front of "--" and the values of --fd. VAULT_USAGE failure. */
int grants_read(char *const *words, const struct texts *descriptors, struct grants *ret_grants,
                struct error *err);

/* Takes the values from the open vault. VAULT_NOT_FOUND (> 0, message set): an entry or a field is
 * not there. VAULT_USAGE failure: a NUL byte, which no variable can hold. */
int grants_fetch(struct grants *grants, struct session *session, struct error *err);

/* Puts the descriptors where the program finds them; `grants->variables` is for harden_exec then.
 * Nothing may be opened any more. */
int grants_place(struct grants *grants, struct error *err);

#endif
