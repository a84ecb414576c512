/*
 * What opens a vault: credentials, key slots and their cost.
 */
#ifndef VAULT_KEYS_H
#define VAULT_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/secret.h>

#define KEY_SLOTS 8
#define KEY_LABEL_MAX 63           /* bytes of UTF-8 */
#define KEY_FILE_MAX (1024 * 1024) /* bytes; the file's bytes count, not their meaning */
#define VOLUME_KEY_BYTES 32
#define RECOVERY_CODE_BITS 140

/* The numbers are the file format's. */
enum key_type {
	KEY_PASSWORD = 1,
	KEY_PASSWORD_AND_FILE = 2,
	KEY_FILE = 3,
	KEY_RECOVERY_CODE = 4,
};

/* What the user presents. Members are borrowed by every function that takes one. */
struct credential {
	enum key_type type;
	const struct secret *password; /* or the recovery code as typed; not for KEY_FILE */
	const struct secret *key_file; /* its contents, for KEY_FILE and KEY_PASSWORD_AND_FILE */
};

/* Zero members are chosen when a slot is made: memory 256 MiB, or an eighth of the machine's where
 * that is less (never under 64 MiB); as many passes as fit into `milliseconds` here and now, at
 * least three. */
struct kdf_cost {
	uint32_t memory;       /* KiB; 64 MiB … 4 GiB */
	uint32_t time;         /* passes; 3 … 64 */
	uint32_t milliseconds; /* a derivation's time when `time` is chosen; 0: 500. Not stored */
};

struct key_slot {
	unsigned index; /* 0 … KEY_SLOTS - 1 */
	enum key_type type;
	struct kdf_cost cost;
	int64_t created; /* seconds since 1970 */
	bool current;    /* the slot that opened this vault */
	char label[KEY_LABEL_MAX + 1];
};

const char *key_type_name(enum key_type type); /* "password", "password and key file", … */

/*
 * Recovery codes: RECOVERY_CODE_BITS random bits as seven groups of five characters of Crockford's
 * base 32 alphabet, joined by '-': four characters of 5 bits, then a check character (Luhn's
 * algorithm modulo 32, started at the group's number so that exchanged groups are noticed too).
 *
 * recovery_code_new gives a fresh code, as it is shown to the user.
 * recovery_code_read takes what a user typed (case, blanks and dashes do not matter; O is 0, I and
 *     L are 1) and gives the 28 data characters that enter the KDF. VAULT_USAGE failure names the
 *     first group with a typing error, or tells that the length is wrong.
 */
int recovery_code_new(struct secret **ret_code, struct error *err);
int recovery_code_read(const struct secret *typed, struct secret **ret_normal, struct error *err);

#endif
