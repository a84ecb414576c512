/*
 * The vault's header: who may open the file.
 *
 * Two copies of HEADER_BYTES stand in front of the database. Integers are little-endian; what is
 * not listed is zero, and a reader refuses anything else there.
 *
 *      offset  size
 *           0     8  magic 8F 'v' 'a' 'u' 'l' 't' 0D 0A (a transfer in text mode breaks it visibly)
 *           8     2  format, 1
 *          10     2 suite, 1: Argon2id, XChaCha20-Poly1305, BLAKE2b, SQLCipher 4. Nothing to
 *                 negotiate
 *          12     1  copy: 0 for the one at offset 0, 1 for the one at 4096
 *          16     8  sequence: counts writes of the header; the higher intact copy is the header
 *          24    16  uuid of the vault
 *          40     8  created, seconds since 1970
 *          48     8  flags: none is defined, a set bit is refused
 *          64  2048  8 slots of 256 bytes
 *        4032    32  MAC: keyed BLAKE2b of bytes 0…4031 under the header subkey
 *        4064    32  checksum: plain BLAKE2b of bytes 0…4063
 *
 *      slot
 *           0     1  state: 0 empty (all zero), 1 in use
 *           1     1  type: enum key_type
 *           4     4  Argon2id memory in KiB
 *           8     4  Argon2id passes
 *          12     4  Argon2id lanes, 4
 *          16    32  salt
 *          48    24  nonce
 *          72    48  volume key, sealed: 32 bytes and the tag
 *         120    32  commitment: the second half of the Argon2id output
 *         152     8  created, seconds since 1970
 *         160    64  label, UTF-8, zero-padded; at most 63 bytes
 *
 * The checksum tells a torn write (use the other copy, heal this one); the MAC tells a change by
 * someone without the volume key (refuse). The MAC can only be verified once a slot was opened:
 * what happens before (parameter ranges, zero padding, known values) must be safe on hostile bytes.
 */
#ifndef STORE_HEADER_H
#define STORE_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/keys.h>

#include "crypto/kdf.h"
#include "crypto/seal.h"

#define HEADER_BYTES 4096
#define HEADER_COPIES 2
#define HEADER_AREA (HEADER_COPIES * HEADER_BYTES)
#define HEADER_FORMAT 1
#define HEADER_UUID_BYTES 16

/* One slot in memory. It holds nothing secret: the volume key is sealed. */
struct slot {
	bool used;
	enum key_type type;
	struct kdf_cost cost;
	unsigned char salt[KDF_SALT_BYTES];
	unsigned char nonce[SEAL_NONCE_BYTES];
	unsigned char sealed[VOLUME_KEY_BYTES + SEAL_TAG_BYTES];
	unsigned char commitment[HASH_BYTES];
	int64_t created;
	char label[KEY_LABEL_MAX + 1];
};

struct header {
	uint64_t sequence;
	unsigned char uuid[HEADER_UUID_BYTES];
	int64_t created;
	struct slot slots[KEY_SLOTS];
};

enum copy_state {
	COPY_INTACT,
	COPY_TORN,  /* the checksum does not fit */
	COPY_STALE, /* intact, but of an older write than the other */
};

/* Writes copy `copy` (0 or 1) of the header, MAC and checksum included. */
void header_encode(unsigned char bytes[HEADER_BYTES], const struct header *header, unsigned copy,
                   const unsigned char mac_key[HASH_KEY_BYTES]);

/* Reads one copy. VAULT_NOT_FOUND (> 0): the checksum does not fit. Failures: VAULT_FAILED for a
 * newer format, VAULT_DAMAGED for values no vault writes. */
int header_decode(const unsigned char bytes[HEADER_BYTES], unsigned copy, struct header *ret_header,
                  struct error *err);

/* Chooses the header out of both copies and tells the state of each; *ret_chosen is the copy's
 * number. Fails when the file is no vault, of a newer format, or when neither copy is intact. */
int header_choose(const unsigned char area[HEADER_AREA], struct header *ret_header,
                  unsigned *ret_chosen, enum copy_state ret_states[HEADER_COPIES],
                  struct error *err);

/* Was this copy written by someone who has the volume key? */
bool header_authentic(const unsigned char bytes[HEADER_BYTES],
                      const unsigned char mac_key[HASH_KEY_BYTES]);

/* What the seal of slot `index` is bound to: vault, place, type and cost. */
#define SLOT_AD_BYTES 36
void slot_associated_data(unsigned char ad[SLOT_AD_BYTES], const struct header *header,
                          unsigned index);

#endif
