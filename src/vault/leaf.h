/*
 * The leaf of an entry in the digest: keyed BLAKE2b under the digest subkey over its rows in a
 * fixed order; integers are 8 bytes little-endian, NULL is 2^64 - 1; a string is its length, then
 * its bytes:
 *
 *     "leaf" id uuid[16] revision state created modified trashed name user
 *     "pass" position since until value fingerprint[32] reason      for each password, by position
 *     "form" position hashes                                        for each list of forms, by
 *                                                                   position
 *     "fiel" kind key value                                         for each field, by kind and
 *                                                                   position
 *
 * entry.folded is not hashed: it follows from the name, and the check compares it.
 */
#ifndef VAULT_LEAF_H
#define VAULT_LEAF_H

#include <stdint.h>

#include <vault/item.h>

#include "crypto/fingerprint.h"
#include "crypto/seal.h"

struct leaf_entry {
	int64_t id, revision, state, created, modified, trashed;
	const unsigned char *uuid; /* 16 bytes */
	struct span name, user;
};

void leaf_start(struct hash *leaf, const unsigned char *key, const struct leaf_entry *entry);

/* `until` NULL: in use. */
void leaf_password(struct hash *leaf, int64_t position, int64_t since, const int64_t *until,
                   struct span value, const unsigned char fingerprint[FINGERPRINT_BYTES],
                   struct span reason);
void leaf_form(struct hash *leaf, int64_t position, struct span hashes);
void leaf_field(struct hash *leaf, int64_t kind, struct span key, struct span value);

#endif
