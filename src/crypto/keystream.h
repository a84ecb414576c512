/*
 * Stream ciphers of foreign formats, by libsodium: a key stream that goes on from call to call.
 * Encrypting and decrypting are the same.
 */
#ifndef CRYPTO_KEYSTREAM_H
#define CRYPTO_KEYSTREAM_H

#include <stddef.h>
#include <stdint.h>

#define KEYSTREAM_KEY_BYTES 32
#define KEYSTREAM_BLOCK_BYTES 64
#define KEYSTREAM_AHEAD_BYTES ((size_t)1024)

enum keystream_cipher {
	KEYSTREAM_SALSA20 = 1, /* Bernstein; nonce of 8 bytes */
	KEYSTREAM_CHACHA20,    /* RFC 8439; nonce of 12 bytes, up to 256 GiB */
};

/* Holds the key: for locked memory, and wiped by whoever gives that back. */
struct keystream {
	enum keystream_cipher cipher;
	unsigned char key[KEYSTREAM_KEY_BYTES], nonce[12];
	uint64_t block;                             /* the next one's number */
	unsigned char ahead[KEYSTREAM_AHEAD_BYTES]; /* computed and not yet used, at its end */
	size_t left;                                /* bytes of that */
};

void keystream_start(struct keystream *stream, enum keystream_cipher cipher,
                     const unsigned char key[KEYSTREAM_KEY_BYTES], const unsigned char *nonce);

/* The next `length` bytes of the stream go over `bytes`, in place. */
void keystream_apply(struct keystream *stream, void *bytes, size_t length);

#endif
