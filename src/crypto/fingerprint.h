/*
 * Fingerprints: keyed BLAKE2b of a password, so that sharing is found by index, also after the
 * password itself is gone. The key is random, born with the vault and kept inside its database: it
 * outlives a change of the volume key, as must the fingerprints of passwords that were erased.
 */
#ifndef CRYPTO_FINGERPRINT_H
#define CRYPTO_FINGERPRINT_H

#include <vault/secret.h>

#define FINGERPRINT_BYTES 32
#define FINGERPRINT_KEY_BYTES 32

/* The password's bytes as they are: no normalisation, as a service compares bytes too. */
void fingerprint_password(unsigned char fingerprint[FINGERPRINT_BYTES],
                          const struct secret *password,
                          const unsigned char key[FINGERPRINT_KEY_BYTES]);

#endif
