#include <string.h>

#include "format/format.h"

bool source_key_get(const struct source *source, void *key, size_t length)
{
	if (!source->key || source->key->length != length)
		return false;
	memcpy(key, source->key->bytes, length);
	return true;
}

void source_key_keep(const struct source *source, const void *key, size_t length)
{
	if (!source->key || length > sizeof(source->key->bytes))
		return;
	memcpy(source->key->bytes, key, length);
	source->key->length = length;
}
