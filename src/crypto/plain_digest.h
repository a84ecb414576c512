/*
 * Digests of passwords without key and salt, as lists of leaked passwords hold them. Whoever sees
 * one can test guesses against it at full speed: it is as secret as the password, compared in
 * memory, wiped, and never stored.
 */
#ifndef CRYPTO_PLAIN_DIGEST_H
#define CRYPTO_PLAIN_DIGEST_H

#include <stddef.h>

#include <vault/error.h>

enum plain_digest {
	DIGEST_SHA1 = 1, /* FIPS 180-4, over the bytes as they are */
	DIGEST_NTLM = 2, /* MD4 (RFC 1320) over UTF-16LE, as [MS-NLMP] 3.3.1 has it */
};

#define PLAIN_DIGEST_MAX 20 /* bytes of the longest */

size_t plain_digest_bytes(enum plain_digest which);

/* VAULT_FAILED failure where libcrypto cannot compute it at all: distributions build it without
 * MD4. Looked at before any password is asked for. */
int plain_digest_available(enum plain_digest which, struct error *err);

/* `digest` has plain_digest_bytes. Bytes that are no UTF-8 have no NTLM hash: VAULT_NOT_FOUND
 * (> 0), such a password is in no list. Leaves nothing of the password. */
int plain_digest(enum plain_digest which, const void *password, size_t length,
                 unsigned char digest[PLAIN_DIGEST_MAX], struct error *err);

#endif
