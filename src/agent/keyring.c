#include "agent/keyring.h"

#include <string.h>

#include "agent/clock.h"

int keyring_start(struct keyring *ring, struct error *err)
{
	*ring = (struct keyring){0};
	return hidden_start(&ring->memory, sizeof(unsigned char[KEYRING_SLOTS][VOLUME_KEY_BYTES]),
	                    err);
}

void keyring_done(struct keyring *ring)
{
	keyring_lock(ring, NULL);
	hidden_done(&ring->memory);
}

static unsigned char *key_of(const struct keyring *ring, const struct held *held)
{
	return ring->memory.bytes + (held - ring->held) * VOLUME_KEY_BYTES;
}

static void forget(struct keyring *ring, struct held *held)
{
	secret_wipe(key_of(ring, held), VOLUME_KEY_BYTES);
	*held = (struct held){0};
	ring->count--;
}

const struct held *keyring_find(const struct keyring *ring,
                                const unsigned char uuid[MESSAGE_UUID_BYTES])
{
	for (size_t i = 0; i < KEYRING_SLOTS; i++)
		if (ring->held[i].used && memcmp(ring->held[i].uuid, uuid, MESSAGE_UUID_BYTES) == 0)
			return &ring->held[i];
	return NULL;
}

/* The slot of this vault, else a free one. */
static struct held *slot_for(struct keyring *ring, const unsigned char uuid[MESSAGE_UUID_BYTES])
{
	const struct held *found = keyring_find(ring, uuid);

	if (found)
		return &ring->held[found - ring->held];
	for (size_t i = 0; i < KEYRING_SLOTS; i++)
		if (!ring->held[i].used)
			return &ring->held[i];
	return NULL;
}

int keyring_put(struct keyring *ring, const unsigned char uuid[MESSAGE_UUID_BYTES],
                const unsigned char key[VOLUME_KEY_BYTES], uint32_t idle, uint32_t cap, int64_t now)
{
	struct held *held = slot_for(ring, uuid);

	if (!held)
		return VAULT_EXISTS;
	ring->count += !held->used;
	*held = (struct held){
		.used = true,
		.idle = (int64_t)(idle ? idle : IDLE_DEFAULT) * 1000,
	};
	held->idle_end = now + held->idle;
	held->cap_end = now + (int64_t)(cap ? cap : CAP_DEFAULT) * 1000;
	memcpy(held->uuid, uuid, MESSAGE_UUID_BYTES);
	memcpy(key_of(ring, held), key, VOLUME_KEY_BYTES);
	return 0;
}

const unsigned char *keyring_use(struct keyring *ring, const unsigned char uuid[MESSAGE_UUID_BYTES],
                                 int64_t now)
{
	const struct held *found = keyring_find(ring, uuid);

	if (!found)
		return NULL;
	ring->held[found - ring->held].idle_end = now + found->idle;
	return key_of(ring, found);
}

unsigned keyring_lock(struct keyring *ring, const unsigned char *uuid)
{
	unsigned locked = 0;

	for (struct held *held = ring->held; held < ring->held + KEYRING_SLOTS; held++) {
		if (!held->used || (uuid && memcmp(held->uuid, uuid, MESSAGE_UUID_BYTES) != 0))
			continue;
		forget(ring, held);
		locked++;
	}
	return locked;
}

static int64_t end_of(const struct held *held)
{
	return held->idle_end < held->cap_end ? held->idle_end : held->cap_end;
}

unsigned keyring_expire(struct keyring *ring, int64_t now)
{
	unsigned locked = 0;

	for (struct held *held = ring->held; held < ring->held + KEYRING_SLOTS; held++) {
		if (!held->used || now < end_of(held))
			continue;
		forget(ring, held);
		locked++;
	}
	return locked;
}

int64_t keyring_deadline(const struct keyring *ring)
{
	int64_t next = CLOCK_NEVER;

	for (const struct held *held = ring->held; held < ring->held + KEYRING_SLOTS; held++)
		if (held->used && end_of(held) < next)
			next = end_of(held);
	return next;
}
