#include "format/kdbx_pack.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "crypto/seal.h"

/* The quickest: what is stored is random for the most part, and the rest are tags. */
#define LEVEL Z_BEST_SPEED
#define WINDOW (15 + 16)                /* with gzip's header and check sum */
#define ZLIB_BYTES ((size_t)320 * 1024) /* of memory; it was seen to take 268 KB */
#define ALIGNMENT _Alignof(max_align_t)

/* RFC 9106 recommends three passes over 64 MiB where memory is short; telephones open this, too.
 * More passes, since a file that leaves the house is what somebody may try guesses on. */
#define MEMORY_KIB ((uint32_t)64 * 1024)
#define PASSES 10
#define LANES 4

#define VERSION 0x00040001

/* ---- memory of zlib's, locked ----------------------------------------------------------- */

static voidpf give(voidpf opaque, uInt items, uInt size)
{
	struct secret *memory = opaque;
	size_t wanted = ((size_t)items * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	size_t at = memory->length;

	if (at == 0) /* a secret begins wherever its length leaves it */
		at = (ALIGNMENT - (uintptr_t)memory->bytes % ALIGNMENT) % ALIGNMENT;
	if (items > 0 && wanted / items < size)
		return Z_NULL;
	if (wanted > memory->capacity - at)
		return Z_NULL;
	memory->length = at + wanted;
	return memory->bytes + at;
}

/* All of it goes at once. */
static void take_back(voidpf opaque, voidpf address)
{
	(void)opaque;
	(void)address;
}

static int start_deflate(struct kdbx_pack *pack, struct error *err)
{
	int r = secret_new(&pack->memory, ZLIB_BYTES, err);

	if (r < 0)
		return r;
	pack->deflate.zalloc = give;
	pack->deflate.zfree = take_back;
	pack->deflate.opaque = pack->memory;
	if (deflateInit2(&pack->deflate, LEVEL, Z_DEFLATED, WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return error_set(err, VAULT_FAILED, "out of memory");
	pack->deflates = true;
	return 0;
}

/* ---- the header ------------------------------------------------------------------------- */

static void put_number(struct buf *buf, uint32_t number)
{
	unsigned char bytes[4];

	put_u32(bytes, number);
	buf_add(buf, bytes, sizeof(bytes));
}

static void put_sized(struct buf *buf, const void *bytes, size_t length)
{
	put_number(buf, (uint32_t)length);
	buf_add(buf, bytes, length);
}

static void put_field(struct buf *buf, enum kdbx_outer field, const void *bytes, size_t length)
{
	const unsigned char id = (unsigned char)field;

	buf_add(buf, &id, 1);
	put_sized(buf, bytes, length);
}

static void put_parameter(struct buf *buf, enum kdbx_variant type, const char *name,
                          const void *bytes, size_t length)
{
	const unsigned char id = (unsigned char)type;

	buf_add(buf, &id, 1);
	put_sized(buf, name, strlen(name));
	put_sized(buf, bytes, length);
}

static void put_kdf(struct buf *buf, const struct foreign_argon2 *argon2)
{
	BUF_AUTO dictionary = BUF_EMPTY;
	unsigned char number[8];

	buf_add(&dictionary, "\0\1", 2); /* its version */
	put_parameter(&dictionary, KDBX_VARIANT_BYTES, "$UUID", kdbx_kdf_argon2id, KDBX_UUID_BYTES);
	put_parameter(&dictionary, KDBX_VARIANT_BYTES, "S", argon2->salt.bytes,
	              argon2->salt.length);
	put_u32(number, argon2->lanes);
	put_parameter(&dictionary, KDBX_VARIANT_U32, "P", number, 4);
	put_u64(number, (uint64_t)argon2->memory * 1024);
	put_parameter(&dictionary, KDBX_VARIANT_U64, "M", number, 8);
	put_u64(number, argon2->passes);
	put_parameter(&dictionary, KDBX_VARIANT_U64, "I", number, 8);
	put_u32(number, argon2->version);
	put_parameter(&dictionary, KDBX_VARIANT_U32, "V", number, 4);
	buf_add(&dictionary, "", 1);
	buf->failed |= dictionary.failed;
	if (!dictionary.failed)
		put_field(buf, KDBX_OUTER_KDF, dictionary.bytes, dictionary.length);
}

/* What is random in a header, and no secret. */
struct seeds {
	unsigned char master[32], salt[32], nonce[12];
};

static void put_header(struct buf *buf, const struct seeds *seeds,
                       const struct foreign_argon2 *argon2)
{
	static const unsigned char compressed[4] = {1};

	put_number(buf, KDBX_SIGNATURE);
	put_number(buf, KDBX_SIGNATURE_2);
	put_number(buf, VERSION);
	put_field(buf, KDBX_OUTER_CIPHER, kdbx_cipher_chacha20, KDBX_UUID_BYTES);
	put_field(buf, KDBX_OUTER_COMPRESSION, compressed, sizeof(compressed));
	put_field(buf, KDBX_OUTER_MASTER_SEED, seeds->master, sizeof(seeds->master));
	put_field(buf, KDBX_OUTER_IV, seeds->nonce, sizeof(seeds->nonce));
	put_kdf(buf, argon2);
	put_field(buf, KDBX_OUTER_END, "\r\n\r\n", 4);
}

static int write_header(struct kdbx_pack *pack, const struct seeds *seeds,
                        const struct foreign_argon2 *argon2, struct error *err)
{
	unsigned char hash[SHA256_BYTES];
	BUF_AUTO header = BUF_EMPTY;
	int r;

	put_header(&header, seeds, argon2);
	r = buf_check(&header, err);
	if (r < 0)
		return r;
	sink_bytes(pack->sink, header.bytes, header.length);
	sha256(hash, &(struct piece){header.bytes, header.length}, 1);
	sink_bytes(pack->sink, hash, sizeof(hash));
	kdbx_mac(&pack->keys, KDBX_HEADER_BLOCK, header.bytes, header.length, hash);
	sink_bytes(pack->sink, hash, sizeof(hash));
	return sink_check(pack->sink, err);
}

int kdbx_pack_begin(struct kdbx_pack *pack, struct sink *sink, const struct secret *password,
                    const struct secret *key_file, struct error *err)
{
	struct seeds seeds;
	const struct kdbx_kdf kdf = {
		.argon2 =
			{
				.id = true,
				.version = 0x13,
				.memory = MEMORY_KIB,
				.passes = PASSES,
				.lanes = LANES,
				.threads = LANES,
				.salt = {seeds.salt, sizeof(seeds.salt)},
			},
	};
	unsigned char key[KDBX_KEY_BYTES];
	int r = crypto_start(err);

	pack->sink = sink;
	if (r == 0)
		r = kdbx_key(password, key_file, key, err);
	if (r < 0)
		return r;
	crypto_random(&seeds, sizeof(seeds));
	r = kdbx_derive(&kdf, (struct span){seeds.master, sizeof(seeds.master)}, key, &pack->keys,
	                err);
	secret_wipe(key, sizeof(key));
	if (r == 0)
		r = write_header(pack, &seeds, &kdf.argon2, err);
	if (r == 0)
		r = secret_new(&pack->block, KDBX_BLOCK_BYTES, err);
	if (r == 0)
		r = start_deflate(pack, err);
	keystream_start(&pack->stream, KEYSTREAM_CHACHA20, pack->keys.cipher, seeds.nonce);
	return r;
}

/* ---- blocks ------------------------------------------------------------------------------ */

static void write_block(struct kdbx_pack *pack)
{
	struct secret *block = pack->block;
	unsigned char mac[SHA256_BYTES], size[4];

	keystream_apply(&pack->stream, block->bytes, block->length);
	kdbx_mac(&pack->keys, pack->blocks++, block->bytes, block->length, mac);
	put_u32(size, (uint32_t)block->length);
	sink_bytes(pack->sink, mac, sizeof(mac));
	sink_bytes(pack->sink, size, sizeof(size));
	sink_bytes(pack->sink, block->bytes, block->length);
	block->length = 0;
}

/* Until all that was given is taken, or all that there is has come out. */
static int deflate_all(struct kdbx_pack *pack, int flush, struct error *err)
{
	struct secret *block = pack->block;
	z_stream *stream = &pack->deflate;
	int r;

	do {
		size_t room = block->capacity - block->length;

		stream->next_out = block->bytes + block->length;
		stream->avail_out = (uInt)room;
		r = deflate(stream, flush);
		if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
			return error_set(err, VAULT_FAILED, "zlib cannot compress");
		block->length += room - stream->avail_out;
		if (block->length == block->capacity)
			write_block(pack);
	} while (flush == Z_FINISH ? r != Z_STREAM_END : stream->avail_in > 0);
	return sink_check(pack->sink, err);
}

int kdbx_pack_bytes(struct kdbx_pack *pack, const void *bytes, size_t length, struct error *err)
{
	const unsigned char *next = bytes;
	int r = 0;

	while (r == 0 && length > 0) {
		size_t count = length < INT_MAX ? length : INT_MAX;

		pack->deflate.next_in = (z_const Bytef *)(uintptr_t)next;
		pack->deflate.avail_in = (uInt)count;
		r = deflate_all(pack, Z_NO_FLUSH, err);
		next += count;
		length -= count;
	}
	return r;
}

int kdbx_pack_end(struct kdbx_pack *pack, struct error *err)
{
	int r;

	pack->deflate.avail_in = 0;
	r = deflate_all(pack, Z_FINISH, err);
	if (r < 0)
		return r;
	if (pack->block->length > 0)
		write_block(pack);
	write_block(pack); /* an empty one is the end */
	return sink_check(pack->sink, err);
}

void kdbx_pack_done(struct kdbx_pack *pack)
{
	if (pack->deflates)
		deflateEnd(&pack->deflate);
	pack->deflates = false;
	secret_free(pack->memory);
	secret_free(pack->block);
	pack->memory = pack->block = NULL;
}
