/*
 * Presenting what opens a vault: a password, a key file, a recovery code, and where they come from.
 */
#ifndef CLI_PRESENT_H
#define CLI_PRESENT_H

#include <vault/error.h>
#include <vault/keys.h>
#include <vault/secret.h>

/* A credential with its secrets, which `credential` borrows. */
struct presented {
	struct credential credential;
	struct secret *password, *key_file;
};

void presented_done(struct presented *presented); /* wipes; the struct is reusable */
#define PRESENTED_AUTO __attribute__((cleanup(presented_done))) struct presented

/* Lets `credential` borrow from the secrets. */
void presented_set(struct presented *presented, enum key_type type);

/* Reads the first line of a file; `what` it is, for messages. Gives the secret. VAULT_NOT_FOUND
 * (> 0, no message): the file is empty. */
int present_line(const char *what, const char *file, struct secret **ret_line, struct error *err);

/* Reads the first line from the descriptor (≥ 0), or else from the file (not NULL). Gives the
 * secret. */
int present_password(int fd, const char *file, struct secret **ret_password, struct error *err);

/* Reads a key file whole. It must hold at least one byte and at most KEY_FILE_MAX. Gives the
 * secret. */
int present_key_file(const char *file, struct secret **ret_contents, struct error *err);

/* Reads a volume key, 64 hexadecimal digits on a line, from the descriptor. Gives VOLUME_KEY_BYTES
 * bytes. */
int present_volume_key(int fd, struct secret **ret_key, struct error *err);

#endif
