#include "vault/leaf.h"

#include "base/bytes.h"

static void add_int(struct hash *leaf, uint64_t value)
{
	unsigned char bytes[8];

	put_u64(bytes, value);
	hash_add(leaf, bytes, sizeof(bytes));
}

static void add_string(struct hash *leaf, struct span string)
{
	add_int(leaf, string.bytes ? string.length : UINT64_MAX);
	if (string.bytes)
		hash_add(leaf, string.bytes, string.length);
}

void leaf_start(struct hash *leaf, const unsigned char *key, const struct leaf_entry *entry)
{
	hash_start(leaf, key);
	hash_add(leaf, "leaf", 4);
	add_int(leaf, (uint64_t)entry->id);
	hash_add(leaf, entry->uuid, ITEM_UUID_BYTES);
	add_int(leaf, (uint64_t)entry->revision);
	add_int(leaf, (uint64_t)entry->state);
	add_int(leaf, (uint64_t)entry->created);
	add_int(leaf, (uint64_t)entry->modified);
	add_int(leaf, (uint64_t)entry->trashed);
	add_string(leaf, entry->name);
	add_string(leaf, entry->user);
}

void leaf_password(struct hash *leaf, int64_t position, int64_t since, const int64_t *until,
                   struct span value, const unsigned char fingerprint[FINGERPRINT_BYTES],
                   struct span reason)
{
	hash_add(leaf, "pass", 4);
	add_int(leaf, (uint64_t)position);
	add_int(leaf, (uint64_t)since);
	add_int(leaf, until ? (uint64_t)*until : UINT64_MAX);
	add_string(leaf, value);
	hash_add(leaf, fingerprint, FINGERPRINT_BYTES);
	add_string(leaf, reason);
}

void leaf_form(struct hash *leaf, int64_t position, struct span hashes)
{
	hash_add(leaf, "form", 4);
	add_int(leaf, (uint64_t)position);
	add_string(leaf, hashes);
}

void leaf_field(struct hash *leaf, int64_t kind, struct span key, struct span value)
{
	hash_add(leaf, "fiel", 4);
	add_int(leaf, (uint64_t)kind);
	add_string(leaf, key);
	add_string(leaf, value);
}
