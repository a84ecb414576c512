#include "store/libcrypto.h"

#ifdef HAVE_LIBCRYPTO
#define OPENSSL_SUPPRESS_DEPRECATED /* engines, see below */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#if !defined(OPENSSL_NO_ENGINE) && __has_include(<openssl/engine.h>)
#include <openssl/engine.h>
#define HAVE_ENGINES
#endif

#ifdef HAVE_ENGINES
/*
 * SQLCipher asks for AES-256-CBC as one did before OpenSSL 3: EVP_aes_256_cbc(). libcrypto then
 * looks the cipher up by name among its providers, for which it first makes objects of all 130
 * ciphers that it knows: a third of all instructions of a `vault get`. But it asks engines before
 * that. This one answers with the very EVP_aes_256_cbc() that was passed in, which still has the
 * same code of its own. An engine holds no code that is not libcrypto's, none is loaded, and where
 * there are no engines any more, it takes its time again.
 */
static int ciphers(ENGINE *engine, const EVP_CIPHER **ret_cipher, const int **ret_nids, int nid)
{
	static const int nids[] = {NID_aes_256_cbc};

	(void)engine;
	if (!ret_cipher) {
		*ret_nids = nids;
		return sizeof(nids) / sizeof(nids[0]);
	}
	*ret_cipher = nid == NID_aes_256_cbc ? EVP_aes_256_cbc() : NULL;
	return *ret_cipher != NULL;
}

static void answer_for_ciphers(void)
{
	ENGINE *engine = ENGINE_new();

	if (engine && ENGINE_set_id(engine, "vault") &&
	    ENGINE_set_name(engine, "libcrypto's own AES, found at once") &&
	    ENGINE_set_ciphers(engine, ciphers))
		ENGINE_set_default_ciphers(engine);
	ENGINE_free(engine); /* the table of defaults has a reference of its own */
}
#else
static void answer_for_ciphers(void)
{
}
#endif

/* It would read openssl.cnf, which can load code, fill tables of error texts and of old names of
 * algorithms, and clean up at exit: more time than reading an entry takes, and nothing of it is
 * wanted. */
void libcrypto_start(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
	                            OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
	                            OPENSSL_INIT_NO_ADD_ALL_DIGESTS | OPENSSL_INIT_NO_ATEXIT,
	                    NULL);
	/* The two names that a SQLCipher might look up. */
	EVP_add_cipher(EVP_aes_256_cbc());
	EVP_add_digest(EVP_sha512());
	answer_for_ciphers();
}
#else
void libcrypto_start(void)
{
}
#endif
