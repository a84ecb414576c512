/* In the place of store/memory.c: SQLite's and libcrypto's own allocators, which wipe and lock
 * nothing. All else is set up in the same way, so that wiping is the only difference. */
#include "store/memory.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sqlcipher/sqlite3.h>

int memory_install(void)
{
	static bool installed;
	int rc;

	if (installed)
		return SQLITE_OK;
	installed = true;
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
	                            OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
	                            OPENSSL_INIT_NO_ADD_ALL_DIGESTS | OPENSSL_INIT_NO_ATEXIT,
	                    NULL);
	EVP_add_cipher(EVP_aes_256_cbc());
	EVP_add_digest(EVP_sha512());
	rc = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (rc == SQLITE_OK)
		rc = sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	return rc;
}

bool memory_is_locked(void)
{
	return false;
}

void memory_lock_again(void)
{
}

bool memory_reserve(size_t size)
{
	(void)size;
	return true;
}
