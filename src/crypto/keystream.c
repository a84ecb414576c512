#include "crypto/keystream.h"

#include <string.h>

#include <sodium.h>

_Static_assert(KEYSTREAM_KEY_BYTES == crypto_stream_salsa20_KEYBYTES, "key size");
_Static_assert(KEYSTREAM_KEY_BYTES == crypto_stream_chacha20_ietf_KEYBYTES, "key size");
_Static_assert(KEYSTREAM_AHEAD_BYTES % KEYSTREAM_BLOCK_BYTES == 0, "whole blocks");

void keystream_start(struct keystream *stream, enum keystream_cipher cipher,
                     const unsigned char key[KEYSTREAM_KEY_BYTES], const unsigned char *nonce)
{
	stream->cipher = cipher;
	memcpy(stream->key, key, KEYSTREAM_KEY_BYTES);
	memset(stream->nonce, 0, sizeof(stream->nonce));
	memcpy(stream->nonce, nonce,
	       cipher == KEYSTREAM_SALSA20 ? crypto_stream_salsa20_NONCEBYTES
	                                   : crypto_stream_chacha20_ietf_NONCEBYTES);
	stream->block = 0;
	stream->left = 0;
}

/* Whole blocks. */
static void apply_blocks(struct keystream *stream, unsigned char *bytes, size_t length)
{
	if (stream->cipher == KEYSTREAM_SALSA20)
		crypto_stream_salsa20_xor_ic(bytes, bytes, length, stream->nonce, stream->block,
		                             stream->key);
	else
		crypto_stream_chacha20_ietf_xor_ic(bytes, bytes, length, stream->nonce,
		                                   (uint32_t)stream->block, stream->key);
	stream->block += length / KEYSTREAM_BLOCK_BYTES;
}

/* From what was computed ahead; gives how many bytes that was. */
static size_t apply_ahead(struct keystream *stream, unsigned char *bytes, size_t length)
{
	size_t count = length < stream->left ? length : stream->left;
	const unsigned char *ahead = stream->ahead + sizeof(stream->ahead) - stream->left;

	for (size_t i = 0; i < count; i++)
		bytes[i] ^= ahead[i];
	stream->left -= count;
	return count;
}

void keystream_apply(struct keystream *stream, void *bytes, size_t length)
{
	unsigned char *next = bytes;
	size_t count = apply_ahead(stream, next, length);

	next += count;
	length -= count;
	count = length < KEYSTREAM_AHEAD_BYTES
	                ? 0
	                : length / KEYSTREAM_BLOCK_BYTES * KEYSTREAM_BLOCK_BYTES;
	if (count > 0)
		apply_blocks(stream, next, count);
	next += count;
	length -= count;
	if (length == 0)
		return;
	memset(stream->ahead, 0, sizeof(stream->ahead));
	apply_blocks(stream, stream->ahead, sizeof(stream->ahead));
	stream->left = sizeof(stream->ahead);
	apply_ahead(stream, next, length);
}
