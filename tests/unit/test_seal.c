/* The primitives against published vectors, and what tampering does to them. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <vault/secret.h>

#include "crypto/fingerprint.h"
#include "crypto/seal.h"

/* draft-irtf-cfrg-xchacha-03, appendix A.3.1 */
static const unsigned char ad[12] = {0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1,
                                     0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7};
static const char plain[] = "Ladies and Gentlemen of the class of '99: If I could offer you only "
			    "one tip for the future, sunscreen would be it.";
static const char sealed_hex[] =
	"bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4e"
	"da7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2"
	"383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49";

#define PLAIN_BYTES (sizeof(plain) - 1)
#define SEALED_BYTES (PLAIN_BYTES + SEAL_TAG_BYTES)

static void count_up(unsigned char *bytes, size_t length, unsigned first)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (unsigned char)(first + i);
}

static void assert_hex(const unsigned char *bytes, size_t length, const char *hex)
{
	char text[2 * 256 + 1] = "";

	assert_true(length <= 256);
	for (size_t i = 0; i < length; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	assert_string_equal(text, hex);
}

static void seals_as_published(void **state)
{
	unsigned char key[SEAL_KEY_BYTES], nonce[SEAL_NONCE_BYTES];
	unsigned char sealed[SEALED_BYTES], opened[PLAIN_BYTES];

	(void)state;
	count_up(key, sizeof(key), 0x80);
	count_up(nonce, sizeof(nonce), 0x40);
	seal_close(sealed, (const unsigned char *)plain, PLAIN_BYTES, ad, sizeof(ad), nonce, key);
	assert_hex(sealed, sizeof(sealed), sealed_hex);
	assert_int_equal(seal_open(opened, sealed, sizeof(sealed), ad, sizeof(ad), nonce, key), 0);
	assert_memory_equal(opened, plain, PLAIN_BYTES);
}

static void seals_nothing_too(void **state)
{
	unsigned char key[SEAL_KEY_BYTES] = {1}, nonce[SEAL_NONCE_BYTES] = {2};
	unsigned char sealed[SEAL_TAG_BYTES], opened[1];

	(void)state;
	seal_close(sealed, NULL, 0, NULL, 0, nonce, key);
	assert_int_equal(seal_open(opened, sealed, sizeof(sealed), NULL, 0, nonce, key), 0);
	sealed[0] ^= 1;
	assert_int_equal(seal_open(opened, sealed, sizeof(sealed), NULL, 0, nonce, key),
	                 VAULT_WRONG_KEY);
	assert_int_equal(seal_open(opened, sealed, SEAL_TAG_BYTES - 1, NULL, 0, nonce, key),
	                 VAULT_WRONG_KEY);
}

/* Everything that goes into opening, in one piece, so that each of its bits can be flipped. */
struct sealed_parts {
	unsigned char key[SEAL_KEY_BYTES], nonce[SEAL_NONCE_BYTES], ad[sizeof(ad)];
	unsigned char sealed[SEALED_BYTES];
};

static void notices_every_flipped_bit(void **state)
{
	static const unsigned char zero[PLAIN_BYTES];
	unsigned char opened[PLAIN_BYTES];
	struct sealed_parts parts;

	(void)state;
	crypto_random(parts.key, sizeof(parts.key));
	crypto_random(parts.nonce, sizeof(parts.nonce));
	memcpy(parts.ad, ad, sizeof(ad));
	seal_close(parts.sealed, (const unsigned char *)plain, PLAIN_BYTES, parts.ad,
	           sizeof(parts.ad), parts.nonce, parts.key);
	for (size_t bit = 0; bit < 8 * sizeof(parts); bit++) {
		((unsigned char *)&parts)[bit / 8] ^= (unsigned char)(1 << bit % 8);
		memset(opened, 0xaa, sizeof(opened));
		assert_int_equal(seal_open(opened, parts.sealed, SEALED_BYTES, parts.ad,
		                           sizeof(parts.ad), parts.nonce, parts.key),
		                 VAULT_WRONG_KEY);
		assert_memory_equal(opened, zero, sizeof(opened));
		((unsigned char *)&parts)[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	assert_int_equal(seal_open(opened, parts.sealed, SEALED_BYTES, parts.ad, sizeof(parts.ad),
	                           parts.nonce, parts.key),
	                 0);
}

/* RFC 7693 publishes 64 bytes of output; these of 32 are from Python's hashlib.blake2b, an
 * implementation of its own: blake2b(bytes, digest_size=32[, key=bytes(range(32))]). */
static void hashes_as_published(void **state)
{
	unsigned char hash[HASH_BYTES], key[HASH_KEY_BYTES], input[255];

	(void)state;
	count_up(key, sizeof(key), 0);
	count_up(input, sizeof(input), 0);
	hash_bytes(hash, "abc", 3, NULL);
	assert_hex(hash, 32, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	hash_bytes(hash, NULL, 0, NULL);
	assert_hex(hash, 32, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	hash_bytes(hash, input, sizeof(input), key);
	assert_hex(hash, 32, "f60f5c4a575c43db6c93608515866ea998e04b35792f5a92b27aa5880cd6721e");
	hash_bytes(hash, NULL, 0, key);
	assert_hex(hash, 32, "4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d");
}

static void hashes_in_pieces(void **state)
{
	unsigned char whole[HASH_BYTES], pieces[HASH_BYTES], key[HASH_KEY_BYTES] = {7}, input[300];
	static const struct hash zero;
	struct hash hash;

	(void)state;
	count_up(input, sizeof(input), 3);
	for (int keyed = 0; keyed <= 1; keyed++) {
		hash_bytes(whole, input, sizeof(input), keyed ? key : NULL);
		for (size_t cut = 0; cut <= sizeof(input); cut++) {
			hash_start(&hash, keyed ? key : NULL);
			hash_add(&hash, input, cut);
			hash_add(&hash, input + cut, sizeof(input) - cut);
			hash_finish(&hash, pieces);
			assert_memory_equal(pieces, whole, HASH_BYTES);
			assert_memory_equal(&hash, &zero, sizeof(hash)); /* wiped */
		}
	}
}

static void compares(void **state)
{
	unsigned char a[32] = {0}, b[32] = {0};

	(void)state;
	assert_true(hash_equal(a, b, 32));
	for (size_t i = 0; i < 32; i++) {
		b[i] ^= 0x80;
		assert_false(hash_equal(a, b, 32));
		assert_true(hash_equal(a, b, i));
		b[i] ^= 0x80;
	}
}

/* From Python: blake2b(b"", digest_size=32, key=bytes(range(32)), person=b"vaultkey" + bytes(8),
 * salt=n.to_bytes(8, "little") + bytes(8)), which is how libsodium documents crypto_kdf. */
static void derives_subkeys(void **state)
{
	static const char *const expected[] = {
		"6c429add9a5707f588acd71058ce4afe9c297415977a02cf62a3e856dd2fcc3d",
		"ca8b30d45be3260ca8c434927093d0d2a666970825d59d72ed308d2f0b6923f5",
		"7ad6620839f8565b6cdd8032099d74f30e0164e68cba74da669c3989d458d412",
		"5af50129243e8da3c63c0ac3e59424c977af9ed3304ead92eeb6aaa879a2a75f",
	};
	unsigned char key[32], subkey[32];

	(void)state;
	count_up(key, sizeof(key), 0);
	for (int which = SUBKEY_DATABASE; which <= SUBKEY_WITNESS; which++) {
		subkey_derive(subkey, (enum subkey)which, key);
		assert_hex(subkey, 32, expected[which - 1]);
	}
}

static void fingerprints_bytes_as_they_are(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} passwords[] = {{"hunter2", 7}, {"Hunter2", 7},   {"hunter2\n", 8},
	                 {"", 0},        {"hunter2\0", 8}, {"hunter2\0x", 9}};
	unsigned char prints[6][FINGERPRINT_BYTES], print[FINGERPRINT_BYTES];
	unsigned char key[FINGERPRINT_KEY_BYTES] = {1}, other_key[FINGERPRINT_KEY_BYTES] = {2};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		SECRET_AUTO *password = NULL;

		assert_done(secret_copy(&password, passwords[i].bytes, passwords[i].length, err));
		fingerprint_password(prints[i], password, key);
		hash_bytes(print, passwords[i].bytes, passwords[i].length, key);
		assert_memory_equal(prints[i], print, FINGERPRINT_BYTES);
		fingerprint_password(print, password, other_key);
		assert_memory_not_equal(prints[i], print, FINGERPRINT_BYTES);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(prints[i], prints[j], FINGERPRINT_BYTES);
	}
}

static int start(void **state)
{
	(void)state;
	return crypto_start(NULL) == 0 && crypto_start(NULL) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seals_as_published),
		cmocka_unit_test(seals_nothing_too),
		cmocka_unit_test(notices_every_flipped_bit),
		cmocka_unit_test(hashes_as_published),
		cmocka_unit_test(hashes_in_pieces),
		cmocka_unit_test(compares),
		cmocka_unit_test(derives_subkeys),
		cmocka_unit_test(fingerprints_bytes_as_they_are),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
