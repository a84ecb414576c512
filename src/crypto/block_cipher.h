/*
 * Block ciphers of foreign formats in CBC mode (NIST SP 800-38A), read only: AES-256 by libcrypto,
 * Twofish with 256 bits by nettle where it was there when this was built.
 *
 * The libraries keep their state on the ordinary heap: for a process that ends soon.
 */
#ifndef CRYPTO_BLOCK_CIPHER_H
#define CRYPTO_BLOCK_CIPHER_H

#include <stddef.h>

#include <vault/error.h>

#define BLOCK_KEY_BYTES 32
#define BLOCK_BYTES 16

enum block_algorithm {
	BLOCK_AES = 1,
	BLOCK_TWOFISH,
};

struct block_cipher;

/* Gives a decryption at its beginning; free with block_free. VAULT_USAGE failure for Twofish where
 * this build cannot read it. */
int block_new(struct block_cipher **ret_cipher, enum block_algorithm algorithm,
              const unsigned char key[BLOCK_KEY_BYTES], const unsigned char iv[BLOCK_BYTES],
              struct error *err);
void block_free(struct block_cipher *cipher); /* NULL is fine */

/* Decrypts the next whole blocks. `plain` has `length` bytes, too, and is not `sealed`. Padding is
 * the caller's affair. */
int block_decrypt(struct block_cipher *cipher, unsigned char *plain, const unsigned char *sealed,
                  size_t length, struct error *err);

#endif
