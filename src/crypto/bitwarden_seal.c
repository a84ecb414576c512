#include "crypto/bitwarden_seal.h"

#include <limits.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "crypto/argon2_run.h"
#include "crypto/sha2.h"

#define PBKDF2_MOST 2000000 /* iterations; the range that Bitwarden's settings offer … */
#define ARGON2_MIB_MOST 1024
#define ARGON2_PASSES_MOST 10
#define ARGON2_PARALLEL_MOST 16
#define MIB_UNASKED 128 /* … and what a stranger's file gets without a question */
#define KIB 1024
#define STACK_WIPED ((size_t)32 * 1024)
#define AT_ONCE ((size_t)INT_MAX / BITWARDEN_BLOCK_BYTES * BITWARDEN_BLOCK_BYTES)

int bitwarden_kdf_check(const struct bitwarden_kdf *kdf, bool costly, struct error *err)
{
	if (!kdf->argon2 && (kdf->iterations < 1 || kdf->iterations > PBKDF2_MOST))
		return error_set(err, VAULT_USAGE,
		                 "it asks for more iterations of its key derivation than the %d "
		                 "that Bitwarden allows, or for none",
		                 PBKDF2_MOST);
	if (kdf->argon2 && (kdf->iterations < 1 || kdf->iterations > ARGON2_PASSES_MOST ||
	                    kdf->memory_mib < 1 || kdf->memory_mib > ARGON2_MIB_MOST ||
	                    kdf->parallel < 1 || kdf->parallel > ARGON2_PARALLEL_MOST))
		return error_set(
			err, VAULT_USAGE,
			"its key derivation has a cost that Bitwarden does not allow: 1 to "
			"%d passes over 1 to %d MiB by 1 to %d threads",
			ARGON2_PASSES_MOST, ARGON2_MIB_MOST, ARGON2_PARALLEL_MOST);
	if (kdf->argon2 && kdf->memory_mib > MIB_UNASKED && !costly)
		return error_set(err, VAULT_USAGE,
		                 "its key derivation asks for %d MiB of memory; --costly-key lets "
		                 "it, where you know who made the file",
		                 (int)kdf->memory_mib);
	return 0;
}

/* ---- keys ---------------------------------------------------------------------------- */

static int argon2id(const struct bitwarden_kdf *kdf, const struct secret *password,
                    unsigned char key[BITWARDEN_KEY_BYTES], struct error *err)
{
	unsigned char salt[SHA256_BYTES];
	const struct piece piece = {kdf->salt.bytes, kdf->salt.length};
	unsigned lanes = (unsigned)kdf->parallel;
	argon2_context context = {
		.out = key,
		.outlen = BITWARDEN_KEY_BYTES,
		.pwd = password->bytes,
		.pwdlen = (uint32_t)password->length,
		.salt = salt,
		.saltlen = sizeof(salt),
		.t_cost = (uint32_t)kdf->iterations,
		.m_cost = (uint32_t)kdf->memory_mib * KIB,
		.lanes = lanes,
		.threads = kdf->threads < lanes ? kdf->threads : lanes,
		.version = ARGON2_VERSION_13,
		.flags = ARGON2_DEFAULT_FLAGS,
	};

	sha256(salt, &piece, 1);
	return argon2_run(&context, Argon2_id, err);
}

static int pbkdf2(const struct bitwarden_kdf *kdf, const struct secret *password,
                  unsigned char key[BITWARDEN_KEY_BYTES], struct error *err)
{
	if (kdf->salt.length <= INT_MAX && password->length <= INT_MAX &&
	    PKCS5_PBKDF2_HMAC((const char *)password->bytes, (int)password->length, kdf->salt.bytes,
	                      (int)kdf->salt.length, (int)kdf->iterations, EVP_sha256(),
	                      BITWARDEN_KEY_BYTES, key) == 1)
		return 0;
	return error_set(err, VAULT_FAILED, "libcrypto cannot derive a key by PBKDF2");
}

/* One block of HKDF-Expand. */
static void expand(const unsigned char key[BITWARDEN_KEY_BYTES], const char info[3],
                   unsigned char ret_key[BITWARDEN_KEY_BYTES])
{
	static const unsigned char first = 1;
	const struct piece pieces[] = {{info, 3}, {&first, 1}};

	hmac_sha256(ret_key, key, BITWARDEN_KEY_BYTES, pieces, 2);
}

/* No file of the system is to be read, nor could it be in a sandbox. */
static void start_libcrypto(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
}

int bitwarden_derive(const struct bitwarden_kdf *kdf, const struct secret *password,
                     struct bitwarden_keys *ret_keys, struct error *err)
{
	unsigned char key[BITWARDEN_KEY_BYTES];
	int r;

	start_libcrypto();
	r = kdf->argon2 ? argon2id(kdf, password, key, err) : pbkdf2(kdf, password, key, err);
	if (r == 0) {
		expand(key, "enc", ret_keys->encryption);
		expand(key, "mac", ret_keys->mac);
	} else {
		secret_wipe(ret_keys, sizeof(*ret_keys));
	}
	secret_wipe(key, sizeof(key));
	secret_leave_nothing(STACK_WIPED);
	return r;
}

/* ---- decryption ---------------------------------------------------------------------- */

static bool decrypt(EVP_CIPHER_CTX *aes, const unsigned char *sealed, size_t length,
                    unsigned char *plain, size_t *ret_length)
{
	size_t at = 0;
	int count = 0;

	for (size_t read = 0; read < length;) {
		size_t piece = length - read < AT_ONCE ? length - read : AT_ONCE;

		if (EVP_DecryptUpdate(aes, plain + at, &count, sealed + read, (int)piece) != 1)
			return false;
		read += piece;
		at += (size_t)count;
	}
	if (EVP_DecryptFinal_ex(aes, plain + at, &count) != 1)
		return false;
	*ret_length = at + (size_t)count;
	return true;
}

int bitwarden_unseal(const struct bitwarden_keys *keys, const unsigned char iv[BITWARDEN_IV_BYTES],
                     const unsigned char *sealed, size_t length,
                     const unsigned char mac[BITWARDEN_MAC_BYTES], unsigned char *plain,
                     size_t *ret_length, struct error *err)
{
	const struct piece pieces[] = {{iv, BITWARDEN_IV_BYTES}, {sealed, length}};
	unsigned char right[SHA256_BYTES];
	EVP_CIPHER_CTX *aes;
	bool good;

	hmac_sha256(right, keys->mac, sizeof(keys->mac), pieces, 2);
	if (sodium_memcmp(right, mac, sizeof(right)) != 0)
		return VAULT_WRONG_KEY;
	start_libcrypto();
	aes = EVP_CIPHER_CTX_new();
	good = aes && EVP_DecryptInit_ex(aes, EVP_aes_256_cbc(), NULL, keys->encryption, iv) == 1 &&
	       decrypt(aes, sealed, length, plain, ret_length);
	EVP_CIPHER_CTX_free(aes);
	return good ? 0 : error_set(err, VAULT_USAGE, "what is encrypted in it is damaged");
}

/* ---- encryption ---------------------------------------------------------------------- */

_Static_assert(sizeof(crypto_auth_hmacsha256_state) <=
                       sizeof(((struct bitwarden_sealing *)NULL)->opaque),
               "room for libsodium's state");

static crypto_auth_hmacsha256_state *mac_of(struct bitwarden_sealing *sealing)
{
	return (crypto_auth_hmacsha256_state *)(void *)sealing->opaque;
}

int bitwarden_seal_start(struct bitwarden_sealing *sealing, const struct bitwarden_keys *keys,
                         const unsigned char iv[BITWARDEN_IV_BYTES], struct error *err)
{
	start_libcrypto();
	sealing->aes = EVP_CIPHER_CTX_new();
	if (!sealing->aes ||
	    EVP_EncryptInit_ex(sealing->aes, EVP_aes_256_cbc(), NULL, keys->encryption, iv) != 1) {
		bitwarden_seal_done(sealing);
		return error_set(err, VAULT_FAILED, "libcrypto cannot encrypt by AES");
	}
	crypto_auth_hmacsha256_init(mac_of(sealing), keys->mac, sizeof(keys->mac));
	crypto_auth_hmacsha256_update(mac_of(sealing), iv, BITWARDEN_IV_BYTES);
	return 0;
}

void bitwarden_seal_done(struct bitwarden_sealing *sealing)
{
	EVP_CIPHER_CTX_free(sealing->aes);
	secret_wipe(sealing, sizeof(*sealing));
}

int bitwarden_seal_next(struct bitwarden_sealing *sealing, const void *plain, size_t length,
                        unsigned char *sealed, size_t *ret_length, struct error *err)
{
	int count = 0;

	if (length > AT_ONCE ||
	    EVP_EncryptUpdate(sealing->aes, sealed, &count, plain, (int)length) != 1)
		return error_set(err, VAULT_FAILED, "libcrypto cannot encrypt by AES");
	crypto_auth_hmacsha256_update(mac_of(sealing), sealed, (size_t)count);
	*ret_length = (size_t)count;
	return 0;
}

int bitwarden_seal_end(struct bitwarden_sealing *sealing, unsigned char last[BITWARDEN_BLOCK_BYTES],
                       unsigned char mac[BITWARDEN_MAC_BYTES], struct error *err)
{
	int count = 0;

	if (EVP_EncryptFinal_ex(sealing->aes, last, &count) != 1 || count != BITWARDEN_BLOCK_BYTES)
		return error_set(err, VAULT_FAILED, "libcrypto cannot encrypt by AES");
	crypto_auth_hmacsha256_update(mac_of(sealing), last, BITWARDEN_BLOCK_BYTES);
	crypto_auth_hmacsha256_final(mac_of(sealing), mac);
	return 0;
}
