/* From a password and a key file to the keys of a KDBX file. */
#include "format/kdbx.h"

#include "base/bytes.h"

#define PIECES(array) (sizeof(array) / sizeof((array)[0]))

int kdbx_key(const struct secret *password, const struct secret *key_file,
             unsigned char ret_key[KDBX_KEY_BYTES], struct error *err)
{
	unsigned char parts[2 * KDBX_KEY_BYTES];
	size_t length = 0;
	int r = 0;

	if (password) {
		const struct piece piece = {password->bytes, password->length};

		sha256(parts, &piece, 1);
		length += KDBX_KEY_BYTES;
	}
	if (key_file) {
		r = kdbx_key_file(key_file, parts + length, err);
		length += KDBX_KEY_BYTES;
	}
	if (r == 0)
		sha256(ret_key, &(struct piece){parts, length}, 1);
	secret_wipe(parts, sizeof(parts));
	return r;
}

int kdbx_derive(const struct kdbx_kdf *kdf, struct span master_seed,
                const unsigned char key[KDBX_KEY_BYTES], struct kdbx_keys *ret_keys,
                struct error *err)
{
	unsigned char transformed[KDBX_KEY_BYTES];
	const struct piece pieces[] = {
		{master_seed.bytes, master_seed.length},
		{transformed, sizeof(transformed)},
		{"\1", 1},
	};
	int r = kdf->aes ? foreign_aes_kdf(kdf->rounds, kdf->seed, key, transformed, err)
	                 : foreign_argon2(&kdf->argon2, key, transformed, err);

	if (r == 0) {
		sha256(ret_keys->cipher, pieces, 2);
		sha512(ret_keys->hmac_base, pieces, 3);
	}
	secret_wipe(transformed, sizeof(transformed));
	return r;
}

void kdbx_mac(const struct kdbx_keys *keys, uint64_t number, const void *bytes, size_t length,
              unsigned char ret_mac[SHA256_BYTES])
{
	unsigned char key[SHA512_BYTES], in_front[12];
	const struct piece of_key[] = {
		{in_front, 8},
		{keys->hmac_base, KDBX_HMAC_BASE_BYTES},
	};
	/* The header has neither number nor length in front. */
	const struct piece of_block[] = {
		{in_front, number == KDBX_HEADER_BLOCK ? 0 : sizeof(in_front)},
		{bytes, length},
	};

	put_u64(in_front, number);
	put_u32(in_front + 8, (uint32_t)length);
	sha512(key, of_key, PIECES(of_key));
	hmac_sha256(ret_mac, key, sizeof(key), of_block, PIECES(of_block));
	secret_wipe(key, sizeof(key));
}
