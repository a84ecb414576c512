#include "crypto/seal.h"

#include <sodium.h>

#include <vault/keys.h> /* VOLUME_KEY_BYTES */

#include "base/bytes.h"

_Static_assert(SEAL_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key size");
_Static_assert(SEAL_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce size");
_Static_assert(SEAL_TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag size");
_Static_assert(sizeof(struct hash) >= sizeof(crypto_generichash_state) + 63, "hash state size");
_Static_assert(_Alignof(crypto_generichash_state) <= 64, "hash state alignment");
_Static_assert(SHORT_HASH_KEY_BYTES == crypto_shorthash_KEYBYTES, "short hash key size");
_Static_assert(VOLUME_KEY_BYTES == crypto_kdf_KEYBYTES, "volume key size");

/* BLAKE2b leaves words of its key and input on the stack; this is several times what it uses
 * there. */
#define STACK_WIPED 4096 /* bytes */

int crypto_start(struct error *err)
{
	if (sodium_init() < 0)
		return error_set(err, VAULT_FAILED, "cannot start the cryptographic library");
	return 0;
}

void crypto_random(void *bytes, size_t length)
{
	randombytes_buf(bytes, length);
}

void seal_close(unsigned char *sealed, const unsigned char *plain, size_t length,
                const unsigned char *ad, size_t ad_length,
                const unsigned char nonce[SEAL_NONCE_BYTES],
                const unsigned char key[SEAL_KEY_BYTES])
{
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, plain, length, ad, ad_length, NULL,
	                                           nonce, key);
}

int seal_open(unsigned char *plain, const unsigned char *sealed, size_t sealed_length,
              const unsigned char *ad, size_t ad_length,
              const unsigned char nonce[SEAL_NONCE_BYTES], const unsigned char key[SEAL_KEY_BYTES])
{
	if (sealed_length < SEAL_TAG_BYTES)
		return VAULT_WRONG_KEY;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed, sealed_length, ad,
	                                               ad_length, nonce, key) != 0) {
		sodium_memzero(plain, sealed_length - SEAL_TAG_BYTES);
		return VAULT_WRONG_KEY;
	}
	return 0;
}

void hash_bytes(unsigned char hash[HASH_BYTES], const void *bytes, size_t length,
                const unsigned char *key)
{
	crypto_generichash(hash, HASH_BYTES, bytes, length, key, key != NULL ? HASH_KEY_BYTES : 0);
	secret_leave_nothing(STACK_WIPED);
}

/* The struct is libsodium's state under another name, so that only this file sees sodium.h. It is
 * aligned here, because not every compiler gives 64 bytes of alignment on every stack (GCC 12 under
 * its address sanitizer does not). */
static crypto_generichash_state *hash_state(struct hash *state)
{
	uintptr_t at = ((uintptr_t)state->opaque + 63) & ~(uintptr_t)63;

	return (crypto_generichash_state *)at;
}

void hash_start(struct hash *state, const unsigned char *key)
{
	crypto_generichash_init(hash_state(state), key, key != NULL ? HASH_KEY_BYTES : 0,
	                        HASH_BYTES);
}

void hash_add(struct hash *state, const void *bytes, size_t length)
{
	crypto_generichash_update(hash_state(state), bytes, length);
}

void hash_finish(struct hash *state, unsigned char hash[HASH_BYTES])
{
	crypto_generichash_final(hash_state(state), hash, HASH_BYTES);
	sodium_memzero(state, sizeof(*state));
	secret_leave_nothing(STACK_WIPED);
}

uint64_t short_hash(const void *bytes, size_t length, const unsigned char key[SHORT_HASH_KEY_BYTES])
{
	unsigned char hash[crypto_shorthash_BYTES];

	crypto_shorthash(hash, bytes, length, key);
	return get_u64(hash);
}

bool hash_equal(const unsigned char *a, const unsigned char *b, size_t length)
{
	return sodium_memcmp(a, b, length) == 0;
}

void subkey_derive(unsigned char subkey[32], enum subkey which, const unsigned char volume_key[32])
{
	_Static_assert(crypto_kdf_CONTEXTBYTES == 8, "the context has eight characters");
	crypto_kdf_derive_from_key(subkey, 32, (uint64_t)which, "vaultkey", volume_key);
	secret_leave_nothing(STACK_WIPED);
}
