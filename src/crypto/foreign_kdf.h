/*
 * Key derivations as foreign files ask for them: Argon2 (RFC 9106) by libargon2, and the older AES
 * one of KeePass (https://keepass.info/help/base/security.html#secdictprotect) by libcrypto.
 *
 * Parameters come from strangers. What they may cost is the caller's to decide, before: here only
 * what the algorithms themselves ask for is checked.
 */
#ifndef CRYPTO_FOREIGN_KDF_H
#define CRYPTO_FOREIGN_KDF_H

#include <stdbool.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/item.h>

#define FOREIGN_KEY_BYTES 32

struct foreign_argon2 {
	bool id;          /* Argon2id, not Argon2d */
	uint32_t version; /* 0x10 or 0x13 */
	uint32_t memory;  /* KiB */
	uint32_t passes, lanes;
	uint32_t threads; /* 1: in this thread alone, where there can be no other */
	struct span salt, secret, ad;
};

/* VAULT_USAGE failure for parameters that Argon2 does not have, VAULT_FAILED for want of memory. */
int foreign_argon2(const struct foreign_argon2 *how, const unsigned char key[FOREIGN_KEY_BYTES],
                   unsigned char ret_key[FOREIGN_KEY_BYTES], struct error *err);

/* Encrypts the key `rounds` times by AES-256 in ECB mode under `seed`, and hashes it by SHA-256. */
int foreign_aes_kdf(uint64_t rounds, const unsigned char seed[32],
                    const unsigned char key[FOREIGN_KEY_BYTES],
                    unsigned char ret_key[FOREIGN_KEY_BYTES], struct error *err);

#endif
