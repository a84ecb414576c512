/*
 * The configuration: one small file, $XDG_CONFIG_HOME/vault/config (default
 * ~/.config/vault/config), of lines `key = value`. Empty lines and lines that begin with `#` say
 * nothing; blanks around key and value do not count; there are no quotes, no escapes and no
 * variables. One table of keys serves the reader and the check of the manual, vault-config(5).
 *
 * What the command line says comes before the file, and the file before the table's defaults. No
 * key names a command to run, save the clipboard's program: whoever can write the file must not
 * gain more by it than to choose among what vault does anyway.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>

struct config {
	char *vault;             /* path, or NULL */
	bool agent;              /* may the agent be asked and started? */
	int agent_idle;          /* seconds after the last use */
	int agent_cap;           /* seconds after the unlocking */
	bool pinentry;           /* may pinentry ask where there is no terminal? */
	int clipboard_clear;     /* seconds; 0: never */
	char *clipboard_program; /* path or name; NULL: found out */
	int generate_length;     /* 0: the built-in default */
	int generate_words;      /* 0: characters */
	char *generate_charset;  /* or NULL */
	char *breaches;          /* path, or NULL */
};

enum config_kind {
	CONFIG_KIND_PATH,    /* char *; begins with / or ~/, which is expanded; NULL when not set */
	CONFIG_KIND_PROGRAM, /* char *; the same, or a name without any / in it */
	CONFIG_KIND_CHARSET, /* char *; what generate_parse_charset reads */
	CONFIG_KIND_AUTO,    /* bool; "auto" or "off" */
	CONFIG_KIND_TIME,    /* int, whole seconds, as units_duration reads it */
	CONFIG_KIND_NUMBER,  /* int */
};

struct config_key {
	enum config_kind kind;
	const char *name; /* NULL ends the table */
	size_t offset;    /* of the member in struct config */
	int minimum, maximum;
	const char *initial; /* the default as it would stand in the file; NULL: 0 or NULL */
	const char *help;    /* one line, no capital in front, no full stop */
};

extern const struct config_key config_keys[];

#define CONFIG_MAX 16384      /* bytes of the file */
#define CONFIG_TAKES_SIZE 128 /* for config_takes */

/* What values a key has, in words: "a time from 10s to 24h". Returns `text`. */
const char *config_takes(const struct config_key *key, char text[CONFIG_TAKES_SIZE]);

/* The defaults alone. */
void config_init(struct config *ret_config);

/* Reads the file over the defaults; without a file they are all there is. Free with config_done.
 * Failures: VAULT_USAGE, with file and line, for what the table does not allow; VAULT_FAILED for a
 * file that is not a regular one, belongs to neither the user nor root, can be written by others,
 * or is larger than CONFIG_MAX. A symbolic link is followed: what it leads to counts. */
int config_load(struct config *ret_config, struct error *err);

/* The same with the file at `path`. VAULT_NOT_FOUND (> 0, no message): there is none. */
int config_read(struct config *ret_config, const char *path, struct error *err);

void config_done(struct config *config);

#endif
