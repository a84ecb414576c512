/* Reading a KDBX file: what is in its blocks goes, verified, decrypted and decompressed piece by
 * piece, to the reader of the XML. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "crypto/block_cipher.h"
#include "crypto/keystream.h"
#include "crypto/seal.h"
#include "format/emit.h"
#include "format/kdbx_contents.h"

struct reading {
	const struct source *source;
	struct emit *emit;
	struct kdbx_header header;
	struct kdbx_keys keys;

	/* decryption */
	struct block_cipher *cipher; /* NULL: ChaCha20 */
	struct keystream stream;
	unsigned char held[BLOCK_BYTES]; /* the last block, which may be padding */
	bool holds;

	struct kdbx_contents contents;
};

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

static int cut_off(struct error *err)
{
	return error_set(err, VAULT_USAGE, "the file is cut off");
}

/* ---- decryption ------------------------------------------------------------------------- */

static int start_decryption(struct reading *reading, struct error *err)
{
	const struct kdbx_header *header = &reading->header;

	block_free(reading->cipher);
	reading->cipher = NULL;
	if (header->cipher == KDBX_CHACHA20) {
		keystream_start(&reading->stream, KEYSTREAM_CHACHA20, reading->keys.cipher,
		                header->iv.bytes);
		return 0;
	}
	return block_new(&reading->cipher, header->cipher == KDBX_AES ? BLOCK_AES : BLOCK_TWOFISH,
	                 reading->keys.cipher, header->iv.bytes, err);
}

static int decrypt(struct reading *reading, unsigned char *plain, const unsigned char *sealed,
                   size_t length, struct error *err)
{
	if (reading->cipher)
		return block_decrypt(reading->cipher, plain, sealed, length, err);
	memcpy(plain, sealed, length);
	keystream_apply(&reading->stream, plain, length);
	return 0;
}

/* How many of the last block's bytes are no padding (PKCS #7); more than there are: it is none. */
static size_t without_padding(const unsigned char block[BLOCK_BYTES])
{
	size_t count = block[BLOCK_BYTES - 1];

	if (count == 0 || count > BLOCK_BYTES)
		return BLOCK_BYTES + 1;
	for (size_t i = BLOCK_BYTES - count; i < BLOCK_BYTES; i++)
		if (block[i] != count)
			return BLOCK_BYTES + 1;
	return BLOCK_BYTES - count;
}

static int bad_padding(struct error *err)
{
	return error_set(err, VAULT_USAGE, "the encrypted contents are damaged or cut off");
}

/* A block's bytes end where they like, but for the cipher's own blocks: what is left over waits in
 * front of the next piece. */
static int feed_sealed(struct reading *reading, const unsigned char *sealed, size_t length,
                       struct error *err)
{
	static unsigned char plain[BLOCK_BYTES + KDBX_PIECE];
	int r = 0;

	while (r == 0 && length > 0) {
		size_t count = length < KDBX_PIECE ? length : KDBX_PIECE, in_front = 0, back = 0;

		if (reading->cipher) {
			in_front = reading->holds ? BLOCK_BYTES : 0;
			back = BLOCK_BYTES;
			memcpy(plain, reading->held, in_front);
		}
		r = decrypt(reading, plain + in_front, sealed, count, err);
		if (r == 0)
			r = kdbx_contents_feed(&reading->contents, plain, in_front + count - back,
			                       err);
		if (back)
			memcpy(reading->held, plain + in_front + count - back, back);
		reading->holds = back > 0;
		sealed += count;
		length -= count;
	}
	return r;
}

static int end_sealed(struct reading *reading, struct error *err)
{
	size_t left = reading->cipher ? BLOCK_BYTES + 1 : 0;
	int r;

	if (reading->cipher && reading->holds)
		left = without_padding(reading->held);
	if (left > BLOCK_BYTES)
		return bad_padding(err);
	r = kdbx_contents_feed(&reading->contents, reading->held, left, err);
	return r == 0 ? kdbx_contents_end(&reading->contents, err) : r;
}

/* ---- KDBX 4 ------------------------------------------------------------------------------ */

static int damaged_block(uint64_t number, size_t at, struct error *err)
{
	return error_set(err, VAULT_USAGE, "block %llu, at byte %zu, is damaged",
	                 (unsigned long long)number, at);
}

static int read_blocks(struct reading *reading, struct error *err)
{
	const struct source *source = reading->source;
	size_t at = reading->header.length + 2 * SHA256_BYTES, size = 0;
	unsigned char mac[SHA256_BYTES];
	int r = 0;

	for (uint64_t number = 0; r == 0; number++) {
		const unsigned char *block = source->bytes + at;

		if (source->length - at < SHA256_BYTES + 4)
			return cut_off(err);
		size = get_u32(block + SHA256_BYTES);
		at += SHA256_BYTES + 4;
		if (source->length - at < size)
			return cut_off(err);
		kdbx_mac(&reading->keys, number, source->bytes + at, size, mac);
		if (!hash_equal(mac, block, sizeof(mac)))
			return damaged_block(number, at, err);
		if (size == 0)
			break;
		if (reading->cipher && size % BLOCK_BYTES != 0)
			return bad_padding(err);
		r = feed_sealed(reading, source->bytes + at, size, err);
		at += size;
		emit_progress(reading->emit, at, source->length);
	}
	return r == 0 ? end_sealed(reading, err) : r;
}

/* Do the keys fit? */
static bool check_mac(const struct reading *reading)
{
	const struct source *source = reading->source;
	size_t length = reading->header.length;
	const unsigned char *behind = source->bytes + length;
	unsigned char mac[SHA256_BYTES];

	kdbx_mac(&reading->keys, KDBX_HEADER_BLOCK, source->bytes, length, mac);
	return hash_equal(mac, behind + SHA256_BYTES, sizeof(mac));
}

static int check_hash(const struct reading *reading, struct error *err)
{
	const struct source *source = reading->source;
	const struct piece header = {source->bytes, reading->header.length};
	unsigned char hash[SHA256_BYTES];

	if (source->length - header.length < 2 * SHA256_BYTES)
		return cut_off(err);
	sha256(hash, &header, 1);
	if (!hash_equal(hash, source->bytes + header.length, sizeof(hash)))
		return error_set(err, VAULT_USAGE, "its header is damaged");
	return 0;
}

/* ---- KDBX 3 ------------------------------------------------------------------------------ */

#define START_BYTES 32
#define BLOCK_HEAD 40 /* number, hash, size */

static int read_hashed(struct reading *reading, const unsigned char *plain, size_t length,
                       struct error *err)
{
	size_t at = START_BYTES, size;
	unsigned char hash[SHA256_BYTES];
	int r = 0;

	for (uint64_t number = 0; r == 0; number++) {
		struct piece piece;

		if (length - at < BLOCK_HEAD)
			return cut_off(err);
		size = get_u32(plain + at + 36);
		if (length - at - BLOCK_HEAD < size)
			return cut_off(err);
		/* The last one is empty, and has zeros for its hash. */
		piece = (struct piece){plain + at + BLOCK_HEAD, size};
		if (size > 0)
			sha256(hash, &piece, 1);
		else
			memset(hash, 0, sizeof(hash));
		if (get_u32(plain + at) != number ||
		    !hash_equal(hash, plain + at + 4, sizeof(hash)))
			return damaged_block(number, at, err);
		if (size == 0)
			break;
		r = kdbx_contents_feed(&reading->contents, piece.bytes, size, err);
		at += BLOCK_HEAD + size;
		emit_progress(reading->emit, at, length);
	}
	return r == 0 ? kdbx_contents_end(&reading->contents, err) : r;
}

/* All of it at once: it is authenticated from within, block by block. */
static int read_encrypted(struct reading *reading, struct error *err)
{
	const unsigned char *sealed = reading->source->bytes + reading->header.length;
	size_t length = reading->source->length - reading->header.length, left;
	unsigned char *plain;
	int r;

	if (reading->cipher && (length % BLOCK_BYTES != 0 || length <= START_BYTES))
		return cut_off(err);
	plain = malloc(length + 1);
	if (!plain)
		return no_memory(err);
	r = start_decryption(reading, err); /* once more from the beginning */
	if (r == 0)
		r = decrypt(reading, plain, sealed, length, err);
	left = r == 0 && reading->cipher ? without_padding(plain + length - BLOCK_BYTES)
	                                 : BLOCK_BYTES;
	if (left > BLOCK_BYTES)
		r = bad_padding(err);
	if (r == 0)
		r = read_hashed(reading, plain, length - BLOCK_BYTES + left, err);
	free(plain);
	return r;
}

/* Do the first bytes become what the header says? 1: yes. */
static int check_start(struct reading *reading, struct error *err)
{
	const struct source *source = reading->source;
	unsigned char start[START_BYTES];
	int r;

	if (source->length - reading->header.length < START_BYTES)
		return cut_off(err);
	r = start_decryption(reading, err);
	if (r == 0)
		r = decrypt(reading, start, source->bytes + reading->header.length, sizeof(start),
		            err);
	return r < 0 ? r : hash_equal(start, reading->header.start_bytes.bytes, sizeof(start));
}

/* ---- both --------------------------------------------------------------------------------- */

/* 1: this is the key. */
static int try_key(struct reading *reading, const struct secret *password, struct error *err)
{
	unsigned char key[KDBX_KEY_BYTES];
	int r = kdbx_key(password, reading->source->key_file, key, err);

	if (r == 0)
		r = kdbx_derive(&reading->header.kdf, reading->header.master_seed, key,
		                &reading->keys, err);
	if (r < 0)
		return r;
	return reading->header.four ? check_mac(reading) : check_start(reading, err);
}

/* Some programs take an empty password for a part of the key, others for none. */
static int unlock(struct reading *reading, struct error *err)
{
	const struct secret *password = reading->source->password;
	const struct secret *key_file = reading->source->key_file;
	int r = 0;

	if (password || key_file)
		r = try_key(reading, password, err);
	if (r == 0 && password && password->length == 0 && key_file)
		r = try_key(reading, NULL, err);
	if (r != 0)
		return r < 0 ? r : 0;
	error_set(err, VAULT_WRONG_KEY,
	          !password && !key_file ? "it needs a password, a key file or both"
	          : key_file             ? "this password with this key file does not open it"
	                                 : "this password does not open it");
	return VAULT_WRONG_KEY;
}

static int read_all(struct reading *reading, struct error *err)
{
	int r = kdbx_header_read(reading->source, &reading->header, err);

	if (r == 0)
		r = kdbx_kdf_check(&reading->header.kdf, reading->source->costly, err);
	if (r == 0 && reading->header.four)
		r = check_hash(reading, err);
	if (r == 0)
		r = unlock(reading, err);
	if (r == 0)
		r = kdbx_contents_start(&reading->contents, &reading->header, reading->source,
		                        reading->emit, err);
	if (r != 0)
		return r;
	if (!reading->header.four)
		return read_encrypted(reading, err);
	r = start_decryption(reading, err);
	return r == 0 ? read_blocks(reading, err) : r;
}

int kdbx_read(const struct format *format, const struct source *source, struct emit *emit,
              struct error *err)
{
	struct reading *reading;
	int r;

	(void)format;
	if (kdbx_is_kdb(source))
		return error_set(err, VAULT_USAGE,
		                 "it is a database of KeePass 1: open it with KeePassXC or KeePass "
		                 "2, and save it as KDBX");
	reading = calloc(1, sizeof(*reading));
	if (!reading)
		return no_memory(err);
	reading->source = source;
	reading->emit = emit;
	r = read_all(reading, err);
	kdbx_contents_done(&reading->contents);
	block_free(reading->cipher);
	secret_wipe(reading, sizeof(*reading));
	free(reading);
	return r;
}

void kdbx_look(const struct format *format, const struct source *source, struct look *ret_look)
{
	struct kdbx_header header;

	(void)format;
	if (!kdbx_is(source) && !kdbx_is_kdb(source))
		return;
	ret_look->score = 100;
	/* What cannot be opened anyway should not be asked a password for. */
	ret_look->sealed = kdbx_is(source) && kdbx_header_read(source, &header, NULL) == 0;
}
