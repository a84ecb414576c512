#include "crypto/block_cipher.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h> /* for a macro of nettle */

#include <openssl/crypto.h>
#include <openssl/evp.h>
#ifdef HAVE_NETTLE
#include <nettle/cbc.h>
#include <nettle/twofish.h>
#endif

#include <vault/secret.h>

#define AT_ONCE ((size_t)INT_MAX / BLOCK_BYTES * BLOCK_BYTES)

struct block_cipher {
	EVP_CIPHER_CTX *aes; /* NULL for Twofish */
#ifdef HAVE_NETTLE
	struct CBC_CTX(struct twofish_ctx, BLOCK_BYTES) twofish;
#endif
};

static int start_aes(struct block_cipher *cipher, const unsigned char *key, const unsigned char *iv,
                     struct error *err)
{
	/* No file of the system is to be read, nor could it be in a sandbox. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
	cipher->aes = EVP_CIPHER_CTX_new();
	if (!cipher->aes ||
	    EVP_DecryptInit_ex(cipher->aes, EVP_aes_256_cbc(), NULL, key, iv) != 1 ||
	    EVP_CIPHER_CTX_set_padding(cipher->aes, 0) != 1)
		return error_set(err, VAULT_FAILED, "libcrypto cannot decrypt AES");
	return 0;
}

#ifdef HAVE_NETTLE
static int start_twofish(struct block_cipher *cipher, const unsigned char *key,
                         const unsigned char *iv, struct error *err)
{
	(void)err;
	twofish256_set_key(&cipher->twofish.ctx, key);
	CBC_SET_IV(&cipher->twofish, iv);
	return 0;
}

static void decrypt_twofish(struct block_cipher *cipher, unsigned char *plain,
                            const unsigned char *sealed, size_t length)
{
	CBC_DECRYPT(&cipher->twofish, twofish_decrypt, length, plain, sealed);
}
#else
static int start_twofish(struct block_cipher *cipher, const unsigned char *key,
                         const unsigned char *iv, struct error *err)
{
	(void)cipher;
	(void)key;
	(void)iv;
	return error_set(err, VAULT_USAGE,
	                 "it is encrypted by Twofish, which this build cannot read: save it with "
	                 "AES or ChaCha20");
}

static void decrypt_twofish(struct block_cipher *cipher, unsigned char *plain,
                            const unsigned char *sealed, size_t length)
{
	(void)cipher;
	(void)plain;
	(void)sealed;
	(void)length;
}
#endif

int block_new(struct block_cipher **ret_cipher, enum block_algorithm algorithm,
              const unsigned char key[BLOCK_KEY_BYTES], const unsigned char iv[BLOCK_BYTES],
              struct error *err)
{
	struct block_cipher *cipher = calloc(1, sizeof(*cipher));
	int r;

	if (!cipher)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = algorithm == BLOCK_AES ? start_aes(cipher, key, iv, err)
	                           : start_twofish(cipher, key, iv, err);
	if (r < 0)
		block_free(cipher);
	else
		*ret_cipher = cipher;
	return r;
}

void block_free(struct block_cipher *cipher)
{
	if (!cipher)
		return;
	EVP_CIPHER_CTX_free(cipher->aes);
	secret_wipe(cipher, sizeof(*cipher));
	free(cipher);
}

int block_decrypt(struct block_cipher *cipher, unsigned char *plain, const unsigned char *sealed,
                  size_t length, struct error *err)
{
	if (!cipher->aes) {
		decrypt_twofish(cipher, plain, sealed, length);
		return 0;
	}
	while (length > 0) {
		size_t count = length < AT_ONCE ? length : AT_ONCE;
		int done;

		if (EVP_DecryptUpdate(cipher->aes, plain, &done, sealed, (int)count) != 1)
			return error_set(err, VAULT_FAILED, "libcrypto cannot decrypt AES");
		plain += count;
		sealed += count;
		length -= count;
	}
	return 0;
}
