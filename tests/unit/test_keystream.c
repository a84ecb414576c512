/* Ciphers and hashes of foreign formats, against published vectors. */
#include "unit.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chacha20),
		cmocka_unit_test(salsa20),
		cmocka_unit_test(pieces_are_one_stream),
		cmocka_unit_test(hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
