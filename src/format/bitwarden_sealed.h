/* The writing half of Bitwarden's encrypted JSON: as in struct format_code. */
#ifndef FORMAT_BITWARDEN_SEALED_H
#define FORMAT_BITWARDEN_SEALED_H

#include "crypto/bitwarden_seal.h"
#include "format/sink.h"

#define BITWARDEN_PLAIN_BYTES ((size_t)3 * 1024) /* encrypted at once: base 64 without padding */

struct bitwarden_sealed_write {
	struct bitwarden_keys keys;
	struct sink inner;     /* the plain file … */
	struct export_how how; /* … of this format */
	struct bitwarden_sealing sealing;
	struct sink *outer;
	/* Ciphertext that has not been written. */
	unsigned char held[BITWARDEN_PLAIN_BYTES + BITWARDEN_BLOCK_BYTES];
	size_t n_held;
};

int bitwarden_sealed_begin(const struct format *format, struct sink *sink, struct error *err);
int bitwarden_sealed_item(struct sink *sink, const struct item *item, struct error *err);
int bitwarden_sealed_end(struct sink *sink, struct error *err);
void bitwarden_sealed_drop(struct sink *sink);

#endif
