/*
 * KDBX, KeePass 2's file: a header, and behind it the XML of keepass_xml.h, compressed, encrypted,
 * and authenticated in blocks. Read are 2.x to 4.1, written is 4.1.
 *
 *     4    header · its SHA-256 · its HMAC · blocks, each: HMAC · u32 size · bytes; together
 *          cipher(gzip(inner header with stream key and attachments · XML))
 *     3    header · cipher(32 start bytes · blocks, each: u32 number · SHA-256 · u32 size · bytes);
 *          together gzip(XML), in which stand the attachments and the header's hash
 *
 *     key          SHA-256 of the parts' keys: SHA-256(password) · 32 bytes of the key file
 *     transformed  by the key derivation that the header names
 *     cipher's     SHA-256(master seed · transformed)
 *     HMAC's       of block n: SHA-512(u64 n · SHA-512(master seed · transformed · 0x01)); the
 *                  header counts as block 2^64 - 1
 *
 * Sources: https://keepass.info/help/kb/kdbx.html (KDBX 3.1, 4, 4.1),
 * https://keepass.info/help/base/keys.html (keys, key files).
 */
#ifndef FORMAT_KDBX_H
#define FORMAT_KDBX_H

#include "crypto/foreign_kdf.h"
#include "crypto/sha2.h"
#include "format/format.h"

#define KDBX_KEY_BYTES 32
#define KDBX_HMAC_BASE_BYTES SHA512_BYTES
#define KDBX_HEADER_BLOCK UINT64_MAX           /* the number of the header, as if it were a block */
#define KDBX_BLOCK_BYTES ((size_t)1024 * 1024) /* as written; read is any size */

#define KDBX_SIGNATURE 0x9aa2d903 /* of all of KeePass's files; behind it the kind's: */
#define KDBX_SIGNATURE_2 0xb54bfb67
#define KDBX_UUID_BYTES 16

/* Fields of the header. */
enum kdbx_outer {
	KDBX_OUTER_END = 0,
	KDBX_OUTER_CIPHER = 2,
	KDBX_OUTER_COMPRESSION = 3,
	KDBX_OUTER_MASTER_SEED = 4,
	KDBX_OUTER_TRANSFORM_SEED = 5,
	KDBX_OUTER_TRANSFORM_ROUNDS = 6,
	KDBX_OUTER_IV = 7,
	KDBX_OUTER_STREAM_KEY = 8,
	KDBX_OUTER_START_BYTES = 9,
	KDBX_OUTER_STREAM_KIND = 10,
	KDBX_OUTER_KDF = 11,
};

/* Of KDBX 4's header inside of the encryption. */
enum kdbx_inner_field {
	KDBX_INNER_END = 0,
	KDBX_INNER_STREAM_KIND = 1,
	KDBX_INNER_STREAM_KEY = 2,
	KDBX_INNER_BINARY = 3,
};

/* Types in the dictionary of a key derivation's parameters; read by their lengths. */
enum kdbx_variant {
	KDBX_VARIANT_U32 = 0x04,
	KDBX_VARIANT_U64 = 0x05,
	KDBX_VARIANT_BYTES = 0x42,
};

extern const unsigned char kdbx_cipher_chacha20[KDBX_UUID_BYTES];
extern const unsigned char kdbx_kdf_argon2id[KDBX_UUID_BYTES];

enum kdbx_cipher {
	KDBX_AES = 1,
	KDBX_TWOFISH,
	KDBX_CHACHA20,
};

struct kdbx_kdf {
	bool aes;                     /* else Argon2 */
	uint64_t rounds;              /* of AES */
	const unsigned char *seed;    /* of AES: 32 bytes */
	struct foreign_argon2 argon2; /* with one thread */
};

/* Spans and pointers are borrowed from the bytes that it was read from. */
struct kdbx_header {
	size_t length; /* of the header itself */
	bool four;     /* KDBX 4, else 3 or older */
	enum kdbx_cipher cipher;
	bool compressed;
	struct span master_seed; /* 32 bytes */
	struct span iv;          /* 16 bytes, 12 for ChaCha20 */
	struct kdbx_kdf kdf;
	struct span stream_key, start_bytes; /* KDBX 3 */
	uint32_t stream_kind;                /* KDBX 3 */
};

/* ---- the headers (kdbx_header.c) ------------------------------------------------------ */

bool kdbx_is(const struct source *source);     /* by its first bytes */
bool kdbx_is_kdb(const struct source *source); /* KeePass 1 */

/* VAULT_USAGE failure for what is damaged, cut off or not known here. */
int kdbx_header_read(const struct source *source, struct kdbx_header *ret_header,
                     struct error *err);

/* What a key derivation may cost unless its user said it may cost more: KDBX_MEMORY_KIB
 * and some seconds. VAULT_USAGE failure, before anything is computed. */
#define KDBX_MEMORY_KIB ((uint32_t)128 * 1024)
#define KDBX_MEMORY_COSTLY_KIB ((uint32_t)4 * 1024 * 1024)
int kdbx_kdf_check(const struct kdbx_kdf *kdf, bool costly, struct error *err);

/* ---- keys (kdbx_key.c): all results belong into locked memory where the process goes on ------ */

/* The key of a password and a key file, of which one may be NULL. VAULT_USAGE failure for a key
 * file that is damaged. */
int kdbx_key(const struct secret *password, const struct secret *key_file,
             unsigned char ret_key[KDBX_KEY_BYTES], struct error *err);

struct kdbx_keys {
	unsigned char cipher[KDBX_KEY_BYTES], hmac_base[KDBX_HMAC_BASE_BYTES];
};

/* Runs the key derivation. */
int kdbx_derive(const struct kdbx_kdf *kdf, struct span master_seed,
                const unsigned char key[KDBX_KEY_BYTES], struct kdbx_keys *ret_keys,
                struct error *err);

/* The HMAC of a block of KDBX 4, or of the header. */
void kdbx_mac(const struct kdbx_keys *keys, uint64_t number, const void *bytes, size_t length,
              unsigned char ret_mac[SHA256_BYTES]);

/* The 32 bytes of a key file of any kind: XML 1.0 and 2.0, 32 bytes, 64 hexadecimal digits, or the
 * hash of any other file (kdbx_key_file.c). */
int kdbx_key_file(const struct secret *key_file, unsigned char ret_key[KDBX_KEY_BYTES],
                  struct error *err);

/* ---- the whole file (kdbx_read.c): of format_code -------------------------------------- */

void kdbx_look(const struct format *format, const struct source *source, struct look *ret_look);
int kdbx_read(const struct format *format, const struct source *source, struct emit *emit,
              struct error *err);

/* ---- writing (kdbx_write.c): likewise --------------------------------------------------- */

#define KDBX_WRITE_BYTES ((size_t)16 * 1024) /* of state, at most */

int kdbx_write_begin(const struct format *format, struct sink *sink, struct error *err);
int kdbx_write_ahead(struct sink *sink, const struct item *item, struct error *err);
int kdbx_write_item(struct sink *sink, const struct item *item, struct error *err);
int kdbx_write_end(struct sink *sink, struct error *err);
void kdbx_write_drop(struct sink *sink);

#endif
