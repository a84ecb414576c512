#include "crypto/sha2.h"

#include <sodium.h>

#include <vault/secret.h>

#define STACK_WIPED 4096 /* bytes; several times what libsodium uses there */

_Static_assert(SHA256_BYTES == crypto_hash_sha256_BYTES, "hash size");
_Static_assert(SHA512_BYTES == crypto_hash_sha512_BYTES, "hash size");
_Static_assert(SHA256_BYTES == crypto_auth_hmacsha256_BYTES, "code size");

void sha256(unsigned char hash[SHA256_BYTES], const struct piece *pieces, size_t count)
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < count; i++)
		crypto_hash_sha256_update(&state, pieces[i].bytes, pieces[i].length);
	crypto_hash_sha256_final(&state, hash);
	sodium_memzero(&state, sizeof(state));
	secret_leave_nothing(STACK_WIPED);
}

void sha512(unsigned char hash[SHA512_BYTES], const struct piece *pieces, size_t count)
{
	crypto_hash_sha512_state state;

	crypto_hash_sha512_init(&state);
	for (size_t i = 0; i < count; i++)
		crypto_hash_sha512_update(&state, pieces[i].bytes, pieces[i].length);
	crypto_hash_sha512_final(&state, hash);
	sodium_memzero(&state, sizeof(state));
	secret_leave_nothing(STACK_WIPED);
}

void hmac_sha256(unsigned char mac[SHA256_BYTES], const void *key, size_t key_length,
                 const struct piece *pieces, size_t count)
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, key_length);
	for (size_t i = 0; i < count; i++)
		crypto_auth_hmacsha256_update(&state, pieces[i].bytes, pieces[i].length);
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(&state, sizeof(state));
	secret_leave_nothing(STACK_WIPED);
}
