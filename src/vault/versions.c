#include "vault/versions.h"

#include <string.h>

#include "base/bytes.h"
#include "vault/internal.h"

void versions_read(struct versions *versions, const void *bytes, size_t length)
{
	size_t count = length / VERSION_BYTES;

	versions->count = count < VERSIONS_MAX ? count : VERSIONS_MAX;
	memcpy(versions->ids, bytes, versions->count * VERSION_BYTES);
}

static void finish(struct hash *hash, unsigned char id[VERSION_BYTES])
{
	unsigned char output[HASH_BYTES];

	hash_finish(hash, output);
	memcpy(id, output, VERSION_BYTES);
}

void version_of(const struct record *record, unsigned char id[VERSION_BYTES])
{
	const struct versions *versions = &record->versions;
	unsigned char numbers[16];
	struct hash hash;

	if (versions->count > 0) {
		memcpy(id, versions->ids[versions->count - 1], VERSION_BYTES);
		return;
	}
	put_u64(numbers, (uint64_t)record->revision);
	put_u64(numbers + 8, (uint64_t)record->modified);
	hash_start(&hash, NULL);
	hash_add(&hash, "version", 7);
	hash_add(&hash, record->uuid, sizeof(record->uuid));
	hash_add(&hash, numbers, sizeof(numbers));
	finish(&hash, id);
}

static bool listed(const struct versions *versions, const unsigned char id[VERSION_BYTES])
{
	for (size_t i = 0; i < versions->count; i++)
		if (memcmp(versions->ids[i], id, VERSION_BYTES) == 0)
			return true;
	return false;
}

bool versions_have(const struct record *record, const unsigned char id[VERSION_BYTES])
{
	unsigned char now[VERSION_BYTES];

	version_of(record, now);
	return memcmp(now, id, VERSION_BYTES) == 0 || listed(&record->versions, id);
}

static void add(struct versions *versions, const unsigned char id[VERSION_BYTES])
{
	if (versions->count == VERSIONS_MAX)
		memmove(versions->ids, versions->ids + 1, --versions->count * VERSION_BYTES);
	memcpy(versions->ids[versions->count++], id, VERSION_BYTES);
}

/* The present one among them, where it is not. */
static void begin(struct record *record)
{
	unsigned char id[VERSION_BYTES];

	version_of(record, id);
	if (record->versions.count == 0)
		add(&record->versions, id);
}

void versions_step(struct record *record)
{
	unsigned char id[VERSION_BYTES];

	begin(record);
	crypto_random(id, sizeof(id));
	add(&record->versions, id);
}

void versions_join(struct record *into, const struct record *from)
{
	unsigned char a[VERSION_BYTES], b[VERSION_BYTES], id[VERSION_BYTES];
	bool ordered;
	struct hash hash;

	version_of(into, a);
	version_of(from, b);
	ordered = memcmp(a, b, VERSION_BYTES) < 0;
	begin(into);
	for (size_t i = 0; i < from->versions.count; i++)
		if (!listed(&into->versions, from->versions.ids[i]))
			add(&into->versions, from->versions.ids[i]);
	if (!listed(&into->versions, b))
		add(&into->versions, b);
	hash_start(&hash, NULL);
	hash_add(&hash, "joined", 6);
	hash_add(&hash, ordered ? a : b, VERSION_BYTES);
	hash_add(&hash, ordered ? b : a, VERSION_BYTES);
	finish(&hash, id);
	add(&into->versions, id);
}

void versions_rename(struct record *record, const char *name)
{
	unsigned char id[VERSION_BYTES];
	struct hash hash;

	begin(record);
	version_of(record, id);
	hash_start(&hash, NULL);
	hash_add(&hash, "named", 5);
	hash_add(&hash, id, VERSION_BYTES);
	hash_add(&hash, name, strlen(name));
	finish(&hash, id);
	add(&record->versions, id);
}
