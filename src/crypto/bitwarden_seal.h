/*
 * What Bitwarden encrypts under a password, after its white paper
 * (https://bitwarden.com/help/bitwarden-security-white-paper/): PBKDF2-HMAC-SHA-256
 * (RFC 8018) or Argon2id (RFC 9106) to 32 bytes, these by HKDF-Expand with SHA-256 (RFC 5869) to
 * a key for AES-256 in CBC mode with the padding of PKCS #7, and one for HMAC-SHA-256 over initial
 * vector and ciphertext.
 *
 * libcrypto keeps its state in its own allocations. The keys given here lie in the caller's locked
 * memory.
 */
#ifndef CRYPTO_BITWARDEN_SEAL_H
#define CRYPTO_BITWARDEN_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/item.h>
#include <vault/secret.h>

#define BITWARDEN_IV_BYTES 16
#define BITWARDEN_BLOCK_BYTES 16
#define BITWARDEN_MAC_BYTES 32
#define BITWARDEN_KEY_BYTES 32

struct bitwarden_kdf {
	bool argon2;                  /* else PBKDF2 */
	int64_t iterations;           /* passes */
	int64_t memory_mib, parallel; /* Argon2's */
	unsigned threads;             /* that it may use; 1: where a process may have no other */
	struct span salt;             /* as it stands in the file */
};

struct bitwarden_keys {
	unsigned char encryption[BITWARDEN_KEY_BYTES], mac[BITWARDEN_KEY_BYTES];
};

/* What Bitwarden itself allows, and nothing beyond: VAULT_USAGE failure. Unless it is `costly`,
 * also for what takes more than some seconds or 128 MiB. Costs nothing. */
int bitwarden_kdf_check(const struct bitwarden_kdf *kdf, bool costly, struct error *err);

/* Parameters have been checked. `ret_keys` is locked memory, and is wiped after a failure. */
int bitwarden_derive(const struct bitwarden_kdf *kdf, const struct secret *password,
                     struct bitwarden_keys *ret_keys, struct error *err);

/* Verifies and decrypts. `plain` has `length` bytes, and may be `sealed` itself. VAULT_WRONG_KEY
 * (> 0, no message): it was not made with these keys, or was changed. */
int bitwarden_unseal(const struct bitwarden_keys *keys, const unsigned char iv[BITWARDEN_IV_BYTES],
                     const unsigned char *sealed, size_t length,
                     const unsigned char mac[BITWARDEN_MAC_BYTES], unsigned char *plain,
                     size_t *ret_length, struct error *err);

/* Encrypts piece by piece. Zeroed, locked memory of the caller's. */
struct bitwarden_sealing {
	void *aes;                              /* libcrypto's */
	_Alignas(16) unsigned char opaque[256]; /* libsodium's state of the code */
};

int bitwarden_seal_start(struct bitwarden_sealing *sealing, const struct bitwarden_keys *keys,
                         const unsigned char iv[BITWARDEN_IV_BYTES], struct error *err);
void bitwarden_seal_done(struct bitwarden_sealing *sealing); /* also of a zeroed one, and twice */

/* `sealed` has room for a block more than `length`; *ret_length is what was put there. */
int bitwarden_seal_next(struct bitwarden_sealing *sealing, const void *plain, size_t length,
                        unsigned char *sealed, size_t *ret_length, struct error *err);

/* The last block, and the code. */
int bitwarden_seal_end(struct bitwarden_sealing *sealing, unsigned char last[BITWARDEN_BLOCK_BYTES],
                       unsigned char mac[BITWARDEN_MAC_BYTES], struct error *err);

#endif
