#include "crypto/foreign_kdf.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <vault/secret.h>

#include "crypto/argon2_run.h"
#include "crypto/sha2.h"

#define ROUNDS_AT_ONCE 1024 /* as many blocks of 16 bytes stay in the first cache */
#define STACK_WIPED ((size_t)16 * 1024)

int foreign_argon2(const struct foreign_argon2 *how, const unsigned char key[FOREIGN_KEY_BYTES],
                   unsigned char ret_key[FOREIGN_KEY_BYTES], struct error *err)
{
	/* The members are not const, but without the flags to clear them libargon2 only reads. */
	argon2_context context = {
		.out = ret_key,
		.outlen = FOREIGN_KEY_BYTES,
		.pwd = (uint8_t *)(uintptr_t)key,
		.pwdlen = FOREIGN_KEY_BYTES,
		.salt = (uint8_t *)(uintptr_t)how->salt.bytes,
		.saltlen = (uint32_t)how->salt.length,
		.secret = (uint8_t *)(uintptr_t)how->secret.bytes,
		.secretlen = (uint32_t)how->secret.length,
		.ad = (uint8_t *)(uintptr_t)how->ad.bytes,
		.adlen = (uint32_t)how->ad.length,
		.t_cost = how->passes,
		.m_cost = how->memory,
		.lanes = how->lanes,
		.threads = how->threads,
		.version = how->version,
		.flags = ARGON2_DEFAULT_FLAGS,
	};

	if (how->version != ARGON2_VERSION_10 && how->version != ARGON2_VERSION_13)
		return error_set(err, VAULT_USAGE, "its key derivation is of an unknown version");
	if (how->salt.length < ARGON2_MIN_SALT_LENGTH || how->passes < ARGON2_MIN_TIME ||
	    how->lanes < ARGON2_MIN_LANES || how->lanes > ARGON2_MAX_LANES ||
	    how->memory < 8 * how->lanes)
		return error_set(err, VAULT_USAGE,
		                 "its key derivation has parameters that Argon2 does not have");
	return argon2_run(&context, how->id ? Argon2_id : Argon2_d, err);
}

/* Encrypting zeros in CBC mode encrypts the initial vector again and again: many rounds in one
 * call. */
static int encrypt_half(EVP_CIPHER_CTX *aes, uint64_t rounds, const unsigned char *seed,
                        unsigned char half[16])
{
	static const unsigned char zeros[16 * ROUNDS_AT_ONCE];
	unsigned char blocks[sizeof(zeros)];
	int length, good;

	good = EVP_EncryptInit_ex(aes, EVP_aes_256_cbc(), NULL, seed, half) &&
	       EVP_CIPHER_CTX_set_padding(aes, 0);
	while (good && rounds > 0) {
		int count = 16 * (int)(rounds < ROUNDS_AT_ONCE ? rounds : ROUNDS_AT_ONCE);

		good = EVP_EncryptUpdate(aes, blocks, &length, zeros, count) && length == count;
		rounds -= (uint64_t)count / 16;
		memcpy(half, blocks + count - 16, 16);
	}
	secret_wipe(blocks, sizeof(blocks));
	return good;
}

int foreign_aes_kdf(uint64_t rounds, const unsigned char seed[32],
                    const unsigned char key[FOREIGN_KEY_BYTES],
                    unsigned char ret_key[FOREIGN_KEY_BYTES], struct error *err)
{
	unsigned char halves[FOREIGN_KEY_BYTES];
	const struct piece piece = {halves, sizeof(halves)};
	EVP_CIPHER_CTX *aes;
	int good;

	/* No file of the system is to be read, nor could it be in a sandbox. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
	aes = EVP_CIPHER_CTX_new();
	memcpy(halves, key, sizeof(halves));
	good = aes && encrypt_half(aes, rounds, seed, halves) &&
	       encrypt_half(aes, rounds, seed, halves + 16);
	EVP_CIPHER_CTX_free(aes);
	if (good)
		sha256(ret_key, &piece, 1);
	secret_wipe(halves, sizeof(halves));
	secret_leave_nothing(STACK_WIPED);
	return good ? 0 : error_set(err, VAULT_FAILED, "libcrypto cannot encrypt by AES");
}
