#include "crypto/plain_digest.h"

/* For MD4's functions, which are those behind the providers. The way that is not deprecated, the
 * legacy provider, is a module to be loaded from disk, which a static libcrypto cannot do. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/md4.h>

#include <vault/secret.h>
#include <vault/text.h>

#include "base/bytes.h"

#define STACK_WIPED ((size_t)16 * 1024) /* bytes; several times what libcrypto uses there */

size_t plain_digest_bytes(enum plain_digest which)
{
	return which == DIGEST_SHA1 ? 20 : 16;
}

static int sha1(const void *password, size_t length, unsigned char *digest, struct error *err)
{
	if (EVP_Digest(password, length, digest, NULL, EVP_sha1(), NULL) != 1)
		return error_set(err, VAULT_FAILED, "libcrypto cannot compute SHA-1");
	return 0;
}

#ifdef HAVE_MD4
/* In UTF-16LE; gives its bytes. */
static size_t encode(uint32_t point, unsigned char bytes[4])
{
	uint32_t high = 0xd800 + ((point - 0x10000) >> 10), low = 0xdc00 + (point & 0x3ff);

	if (point < 0x10000) {
		put_u16(bytes, (uint16_t)point);
		return 2;
	}
	put_u16(bytes, (uint16_t)high);
	put_u16(bytes + 2, (uint16_t)low);
	return 4;
}

static int ntlm(const char *password, size_t length, unsigned char *digest, struct error *err)
{
	unsigned char units[4];
	int32_t point = 0;
	MD4_CTX md4;
	int r = 0;

	if (MD4_Init(&md4) != 1)
		return error_set(err, VAULT_FAILED, "libcrypto cannot compute MD4");
	while (length > 0 && r == 0) {
		size_t n = text_next(password, length, &point);

		if (point >= TEXT_INVALID)
			r = VAULT_NOT_FOUND;
		else
			MD4_Update(&md4, units, encode((uint32_t)point, units));
		password += n;
		length -= n;
	}
	MD4_Final(digest, &md4);
	secret_wipe(&md4, sizeof(md4));
	secret_wipe(units, sizeof(units));
	secret_wipe(&point, sizeof(point));
	return r;
}
#else
static int ntlm(const char *password, size_t length, unsigned char *digest, struct error *err)
{
	(void)password;
	(void)length;
	(void)digest;
	return error_set(err, VAULT_FAILED,
	                 "this build has no MD4, which lists of NTLM hashes need: take a list of "
	                 "SHA-1 hashes");
}
#endif

int plain_digest_available(enum plain_digest which, struct error *err)
{
	unsigned char digest[PLAIN_DIGEST_MAX];

	return plain_digest(which, "", 0, digest, err);
}

int plain_digest(enum plain_digest which, const void *password, size_t length,
                 unsigned char digest[PLAIN_DIGEST_MAX], struct error *err)
{
	int r = which == DIGEST_SHA1 ? sha1(password, length, digest, err)
	                             : ntlm(password, length, digest, err);

	secret_leave_nothing(STACK_WIPED);
	return r;
}
