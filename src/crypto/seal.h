/*
 * libsodium's primitives under the names the vault gives them. None leaves parts of a key or of its
 * input on the stack.
 */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/secret.h>

#define SEAL_KEY_BYTES 32
#define SEAL_NONCE_BYTES 24
#define SEAL_TAG_BYTES 16
#define HASH_BYTES 32
#define HASH_KEY_BYTES 32

/* Initialises libsodium; every entry into the library does so first. Idempotent. */
int crypto_start(struct error *err);

/* Fills with random bytes from the kernel's generator. */
void crypto_random(void *bytes, size_t length);

/* XChaCha20-Poly1305 (crypto_aead_xchacha20poly1305_ietf). `sealed` has length + SEAL_TAG_BYTES
 * bytes. seal_open returns VAULT_WRONG_KEY (> 0) when it does not authenticate; `plain` is then
 * zero. */
void seal_close(unsigned char *sealed, const unsigned char *plain, size_t length,
                const unsigned char *ad, size_t ad_length,
                const unsigned char nonce[SEAL_NONCE_BYTES],
                const unsigned char key[SEAL_KEY_BYTES]);
int seal_open(unsigned char *plain, const unsigned char *sealed, size_t sealed_length,
              const unsigned char *ad, size_t ad_length,
              const unsigned char nonce[SEAL_NONCE_BYTES], const unsigned char key[SEAL_KEY_BYTES]);

/* BLAKE2b (RFC 7693) with 32 bytes of output; `key` of HASH_KEY_BYTES, or NULL for the plain
 * hash. */
void hash_bytes(unsigned char hash[HASH_BYTES], const void *bytes, size_t length,
                const unsigned char *key);

/* The same in pieces. The state holds key material: hash_finish wipes it. Not to be copied. */
struct hash {
	unsigned char opaque[384 + 63]; /* the state starts at the first multiple of 64 in it */
};
void hash_start(struct hash *state, const unsigned char *key);
void hash_add(struct hash *state, const void *bytes, size_t length);
void hash_finish(struct hash *state, unsigned char hash[HASH_BYTES]);

/* SipHash-2-4 (crypto_shorthash): for tables that live no longer than the key, a random one. */
#define SHORT_HASH_KEY_BYTES 16
uint64_t short_hash(const void *bytes, size_t length,
                    const unsigned char key[SHORT_HASH_KEY_BYTES]);

/* Constant-time comparison. */
bool hash_equal(const unsigned char *a, const unsigned char *b, size_t length);

/* Subkeys of the volume key by crypto_kdf (BLAKE2b; context "vaultkey"). The numbers are the file
 * format's. */
enum subkey {
	SUBKEY_DATABASE = 1,
	SUBKEY_HEADER = 2,
	SUBKEY_DIGEST = 3,
	SUBKEY_WITNESS = 4,
};
void subkey_derive(unsigned char subkey[32], enum subkey which, const unsigned char volume_key[32]);

#endif
