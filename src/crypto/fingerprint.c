#include "crypto/fingerprint.h"

#include "crypto/seal.h"

_Static_assert(FINGERPRINT_BYTES == HASH_BYTES, "a fingerprint is one hash");
_Static_assert(FINGERPRINT_KEY_BYTES == HASH_KEY_BYTES, "a fingerprint's key is a hash key");

void fingerprint_password(unsigned char fingerprint[FINGERPRINT_BYTES],
                          const struct secret *password,
                          const unsigned char key[FINGERPRINT_KEY_BYTES])
{
	hash_bytes(fingerprint, password->bytes, password->length, key);
}
