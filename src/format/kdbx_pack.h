/* The outer layers of a KDBX 4 file that is written: plain bytes are compressed, encrypted, and go
 * in blocks of KDBX_BLOCK_BYTES, each with its HMAC, into a sink. */
#ifndef FORMAT_KDBX_PACK_H
#define FORMAT_KDBX_PACK_H

#include <zlib.h>

#include "crypto/keystream.h"
#include "format/kdbx.h"
#include "format/sink.h"

/* In locked memory. Starts zeroed. */
struct kdbx_pack {
	struct sink *sink;
	struct kdbx_keys keys;
	struct keystream stream;
	struct secret *block; /* what is compressed and not yet encrypted */
	uint64_t blocks;      /* so far */
	z_stream deflate;
	bool deflates;
	struct secret *memory; /* zlib's: its window has plain bytes in it */
};

/* Makes keys, and writes the header: ChaCha20, Argon2id, gzip. The sink is borrowed. To be given up
 * by kdbx_pack_done also after a failure. */
int kdbx_pack_begin(struct kdbx_pack *pack, struct sink *sink, const struct secret *password,
                    const struct secret *key_file, struct error *err);
int kdbx_pack_bytes(struct kdbx_pack *pack, const void *bytes, size_t length, struct error *err);
int kdbx_pack_end(struct kdbx_pack *pack, struct error *err);
void kdbx_pack_done(struct kdbx_pack *pack);

#endif
