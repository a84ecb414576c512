/*
 * What is kept of a value to recognise it by: a hash under a key of this process alone. The value
 * itself need not be held.
 */
#ifndef CLIPBOARD_MARK_H
#define CLIPBOARD_MARK_H

#include <stdbool.h>

#include <vault/secret.h>

#include "crypto/seal.h"

struct mark {
	unsigned char key[HASH_KEY_BYTES], hash[HASH_BYTES];
};

void mark_make(struct mark *mark, const struct secret *value);
bool mark_is(const struct mark *mark, const struct secret *value);

#endif
