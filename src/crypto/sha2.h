/*
 * SHA-256 and SHA-512 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) of foreign formats, by libsodium.
 * What is our own is hashed by BLAKE2b (seal.h). None leaves its input on the stack.
 */
#ifndef CRYPTO_SHA2_H
#define CRYPTO_SHA2_H

#include <stddef.h>

#define SHA256_BYTES 32
#define SHA512_BYTES 64

/* A piece of what is hashed; several count as one after the other. */
struct piece {
	const void *bytes;
	size_t length;
};

void sha256(unsigned char hash[SHA256_BYTES], const struct piece *pieces, size_t count);
void sha512(unsigned char hash[SHA512_BYTES], const struct piece *pieces, size_t count);
void hmac_sha256(unsigned char mac[SHA256_BYTES], const void *key, size_t key_length,
                 const struct piece *pieces, size_t count);

#endif
