/* What comes out of a KDBX file's blocks, on its way to the XML's reader, piece by piece: nothing
 * of it is kept but the attachments in front of the XML. */
#ifndef FORMAT_KDBX_CONTENTS_H
#define FORMAT_KDBX_CONTENTS_H

#include <zlib.h>

#include "format/kdbx.h"
#include "format/keepass_xml.h"

#define KDBX_PIECE ((size_t)64 * 1024)

struct kdbx_contents {
	bool four, compressed;
	size_t file_length;
	unsigned char header_hash[SHA256_BYTES]; /* KDBX 3 */
	struct emit *emit;

	z_stream inflate;
	bool inflates, ended;
	uint64_t inflated; /* bytes so far */
	unsigned char piece[KDBX_PIECE];

	/* KDBX 4's inner header, field by field */
	bool in_xml;
	unsigned char head[5]; /* which, and its size */
	unsigned char *body;
	size_t head_length, body_length, body_size;
	uint32_t stream_kind;
	unsigned char *key;
	size_t key_length;
	struct span *binaries;
	size_t binaries_room;
	struct kdbx_binaries binary_list;

	struct kdbx_inner *inner;
	struct keepass_xml *xml;
};

/* `contents` is zeroed, and stays where it is. To be freed also after a failure. */
int kdbx_contents_start(struct kdbx_contents *contents, const struct kdbx_header *header,
                        const struct source *source, struct emit *emit, struct error *err);
void kdbx_contents_done(struct kdbx_contents *contents);

/* The next bytes, of any number; their end. */
int kdbx_contents_feed(struct kdbx_contents *contents, const unsigned char *bytes, size_t length,
                       struct error *err);
int kdbx_contents_end(struct kdbx_contents *contents, struct error *err);

#endif
