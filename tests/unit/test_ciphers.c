/* Ciphers, hashes and key derivations of foreign formats, against published vectors. */
#include "unit.h"

#include <stdio.h>

#include "crypto/block_cipher.h"
#include "crypto/foreign_kdf.h"
#include "crypto/keystream.h"
#include "crypto/sha2.h"

/* RFC 8439, 2.4.2: the message is encrypted from block 1 on. */
static const char plain[] = "Ladies and Gentlemen of the class of '99: If I could offer you only "
			    "one tip for the future, sunscreen would be it.";
static const unsigned char sealed[] = {
	0x6e, 0x2e, 0x35, 0x9a, 0x25, 0x68, 0xf9, 0x80, 0x41, 0xba, 0x07, 0x28, 0xdd, 0x0d, 0x69,
	0x81, 0xe9, 0x7e, 0x7a, 0xec, 0x1d, 0x43, 0x60, 0xc2, 0x0a, 0x27, 0xaf, 0xcc, 0xfd, 0x9f,
	0xae, 0x0b, 0xf9, 0x1b, 0x65, 0xc5, 0x52, 0x47, 0x33, 0xab, 0x8f, 0x59, 0x3d, 0xab, 0xcd,
	0x62, 0xb3, 0x57, 0x16, 0x39, 0xd6, 0x24, 0xe6, 0x51, 0x52, 0xab, 0x8f, 0x53, 0x0c, 0x35,
	0x9f, 0x08, 0x61, 0xd8, 0x07, 0xca, 0x0d, 0xbf, 0x50, 0x0d, 0x6a, 0x61, 0x56, 0xa3, 0x8e,
	0x08, 0x8a, 0x22, 0xb6, 0x5e, 0x52, 0xbc, 0x51, 0x4d, 0x16, 0xcc, 0xf8, 0x06, 0x81, 0x8c,
	0xe9, 0x1a, 0xb7, 0x79, 0x37, 0x36, 0x5a, 0xf9, 0x0b, 0xbf, 0x74, 0xa3, 0x5b, 0xe6, 0xb4,
	0x0b, 0x8e, 0xed, 0xf2, 0x78, 0x5e, 0x42, 0x87, 0x4d,
};

static void chacha20(void **state)
{
	const unsigned char nonce[12] = {0, 0, 0, 0, 0, 0, 0, 0x4a};
	unsigned char key[KEYSTREAM_KEY_BYTES], text[64 + sizeof(sealed)] = {0};
	struct keystream stream;

	(void)state;
	for (unsigned i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)i;
	memcpy(text + 64, plain, sizeof(sealed));
	keystream_start(&stream, KEYSTREAM_CHACHA20, key, nonce);
	keystream_apply(&stream, text, sizeof(text));
	assert_memory_equal(text + 64, sealed, sizeof(sealed));
}

/* eSTREAM, Salsa20/20 with 256 bits, set 1, vector 0. */
static void salsa20(void **state)
{
	static const unsigned char first[16] = {0xe3, 0xbe, 0x8f, 0xdd, 0x8b, 0xec, 0xa2, 0xe3,
	                                        0xea, 0x8e, 0xf9, 0x47, 0x5b, 0x29, 0xa6, 0xe7};
	static const unsigned char far[16] = {0x69, 0x6a, 0xfc, 0xfd, 0x0c, 0xdd, 0xcc, 0x83,
	                                      0xc7, 0xe7, 0x7f, 0x11, 0xa6, 0x49, 0xd7, 0x9a};
	const unsigned char key[KEYSTREAM_KEY_BYTES] = {0x80}, nonce[8] = {0};
	unsigned char text[512] = {0};
	struct keystream stream;

	(void)state;
	keystream_start(&stream, KEYSTREAM_SALSA20, key, nonce);
	keystream_apply(&stream, text, sizeof(text));
	assert_memory_equal(text, first, sizeof(first));
	assert_memory_equal(text + 448, far, sizeof(far));
}

/* However it is cut into pieces, it is one stream. */
static void pieces_are_one_stream(void **state)
{
	static const size_t lengths[] = {0, 1, 63, 64, 65, 0, 1000, 1024, 1025, 5000, 7, 2048, 3};
	const unsigned char key[KEYSTREAM_KEY_BYTES] = {7}, nonce[12] = {9};
	static unsigned char whole[16384], parts[16384];
	struct keystream stream;

	(void)state;
	for (int cipher = KEYSTREAM_SALSA20; cipher <= KEYSTREAM_CHACHA20; cipher++) {
		size_t at = 0;

		memset(whole, 0, sizeof(whole));
		memset(parts, 0, sizeof(parts));
		keystream_start(&stream, (enum keystream_cipher)cipher, key, nonce);
		keystream_apply(&stream, whole, sizeof(whole));
		keystream_start(&stream, (enum keystream_cipher)cipher, key, nonce);
		for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
			keystream_apply(&stream, parts + at, lengths[i]);
			at += lengths[i];
		}
		assert_memory_equal(parts, whole, at);
	}
}

static void assert_hex(const unsigned char *bytes, size_t length, const char *hex)
{
	static const char digits[] = "0123456789abcdef";

	assert_int_equal(strlen(hex), 2 * length);
	for (size_t i = 0; i < length; i++) {
		assert_int_equal(hex[2 * i], digits[bytes[i] >> 4]);
		assert_int_equal(hex[2 * i + 1], digits[bytes[i] & 15]);
	}
}

/* FIPS 180-2, B.1 and C.1; RFC 4231, test case 2. */
static void hashes(void **state)
{
	const struct piece abc[] = {{"a", 1}, {"", 0}, {"bc", 2}};
	const struct piece what = {"what do ya want for nothing?", 28};
	unsigned char hash[SHA512_BYTES];

	(void)state;
	sha256(hash, abc, 3);
	assert_hex(hash, SHA256_BYTES,
	           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha512(hash, abc, 3);
	assert_hex(hash, SHA512_BYTES,
	           "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	           "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
	hmac_sha256(hash, "Jefe", 4, &what, 1);
	assert_hex(hash, SHA256_BYTES,
	           "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void from_hex(unsigned char *bytes, const char *hex)
{
	for (size_t i = 0; hex[2 * i]; i++) {
		unsigned value;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &value), 1);
		bytes[i] = (unsigned char)value;
	}
}

static void assert_decrypts(enum block_algorithm algorithm, const char *key_hex, const char *iv_hex,
                            const char *sealed_hex, const char *plain_hex)
{
	unsigned char key[BLOCK_KEY_BYTES], iv[BLOCK_BYTES], in[32], out[32];
	struct block_cipher *cipher;

	from_hex(key, key_hex);
	from_hex(iv, iv_hex);
	from_hex(in, sealed_hex);
	assert_done(block_new(&cipher, algorithm, key, iv, err));
	/* In two calls: the second goes on where the first ended. */
	assert_done(block_decrypt(cipher, out, in, BLOCK_BYTES, err));
	assert_done(block_decrypt(cipher, out + BLOCK_BYTES, in + BLOCK_BYTES, BLOCK_BYTES, err));
	block_free(cipher);
	assert_hex(out, sizeof(out), plain_hex);
}

/* NIST SP 800-38A, F.2.6. */
static void aes_cbc(void **state)
{
	(void)state;
	assert_decrypts(BLOCK_AES,
	                "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
	                "000102030405060708090a0b0c0d0e0f",
	                "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
	                "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
}

/* The known answer of the Twofish paper, twice: in CBC mode the first one's ciphertext lies over
 * the second. */
static void twofish_cbc(void **state)
{
#ifdef HAVE_NETTLE
	(void)state;
	assert_decrypts(BLOCK_TWOFISH,
	                "0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff",
	                "00000000000000000000000000000000",
	                "37527be0052334b89f0cfccae87cfa2037527be0052334b89f0cfccae87cfa20",
	                "0000000000000000000000000000000037527be0052334b89f0cfccae87cfa20");
#else
	static const unsigned char key[BLOCK_KEY_BYTES], iv[BLOCK_BYTES];
	struct block_cipher *cipher;

	(void)state;
	assert_fails(block_new(&cipher, BLOCK_TWOFISH, key, iv, err), VAULT_USAGE, "Twofish");
#endif
}

/* RFC 9106, 5.1 and 5.3. */
static void argon2(void **state)
{
	unsigned char password[32], salt[16], secret[8], ad[12], key[FOREIGN_KEY_BYTES];
	struct foreign_argon2 how = {
		.version = 0x13,
		.memory = 32,
		.passes = 3,
		.lanes = 4,
		.threads = 1,
		.salt = {salt, sizeof(salt)},
		.secret = {secret, sizeof(secret)},
		.ad = {ad, sizeof(ad)},
	};

	(void)state;
	memset(password, 1, sizeof(password));
	memset(salt, 2, sizeof(salt));
	memset(secret, 3, sizeof(secret));
	memset(ad, 4, sizeof(ad));
	assert_done(foreign_argon2(&how, password, key, err));
	assert_hex(key, sizeof(key),
	           "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb");
	how.id = true;
	how.threads = 4;
	assert_done(foreign_argon2(&how, password, key, err));
	assert_hex(key, sizeof(key),
	           "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
	how.memory = 31; /* eight blocks a lane are the least */
	assert_fails(foreign_argon2(&how, password, key, err), VAULT_USAGE, "parameters");
	how.memory = 32;
	how.version = 0x14;
	assert_fails(foreign_argon2(&how, password, key, err), VAULT_USAGE, "version");
}

/* Computed by PyCryptodome, round by round. */
static void aes_kdf(void **state)
{
	unsigned char seed[32], key[FOREIGN_KEY_BYTES];

	(void)state;
	for (unsigned i = 0; i < sizeof(seed); i++)
		seed[i] = key[i] = (unsigned char)i;
	assert_done(foreign_aes_kdf(2500, seed, key, key, err));
	assert_hex(key, sizeof(key),
	           "b4c422acdf9ae03f7fe54f19faa08f8b3821d56300e65ff78bec732762e1c311");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chacha20),
		cmocka_unit_test(salsa20),
		cmocka_unit_test(pieces_are_one_stream),
		cmocka_unit_test(hashes),
		cmocka_unit_test(aes_cbc),
		cmocka_unit_test(twofish_cbc),
		cmocka_unit_test(argon2),
		cmocka_unit_test(aes_kdf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
