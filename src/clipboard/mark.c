#include "clipboard/mark.h"

void mark_make(struct mark *mark, const struct secret *value)
{
	crypto_random(mark->key, sizeof(mark->key));
	hash_bytes(mark->hash, value->bytes, value->length, mark->key);
}

bool mark_is(const struct mark *mark, const struct secret *value)
{
	unsigned char hash[HASH_BYTES];

	hash_bytes(hash, value->bytes, value->length, mark->key);
	return hash_equal(hash, mark->hash, sizeof(hash));
}
