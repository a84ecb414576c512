/*
 * The keys that are held, each with its two deadlines. Times are the agent's clock, in
 * milliseconds; limits are seconds.
 */
#ifndef AGENT_KEYRING_H
#define AGENT_KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/keys.h>

#include "agent/hidden.h"
#include "agent/message.h"

#define KEYRING_SLOTS 64
#define IDLE_DEFAULT 600  /* seconds after the last use */
#define CAP_DEFAULT 28800 /* seconds after the unlocking */

struct held {
	bool used;
	unsigned char uuid[MESSAGE_UUID_BYTES];
	int64_t idle;              /* milliseconds a use gives */
	int64_t idle_end, cap_end; /* locked when the first of them comes */
};

struct keyring {
	struct held held[KEYRING_SLOTS];
	unsigned count;
	struct hidden memory; /* VOLUME_KEY_BYTES for each slot */
};

int keyring_start(struct keyring *ring, struct error *err);
void keyring_done(struct keyring *ring); /* wipes all */

/* Holds a copy of the key, in place of one that is held for this vault. 0 means the default.
 * VAULT_EXISTS (> 0, no message) when all slots are in use. */
int keyring_put(struct keyring *ring, const unsigned char uuid[MESSAGE_UUID_BYTES],
                const unsigned char key[VOLUME_KEY_BYTES], uint32_t idle, uint32_t cap,
                int64_t now);

/* What is held of a vault, or NULL. Borrowed until the next call that changes the ring. What is
 * past its deadline was forgotten by keyring_expire, which comes first. */
const struct held *keyring_find(const struct keyring *ring,
                                const unsigned char uuid[MESSAGE_UUID_BYTES]);

/* The key, borrowed as above, or NULL; a use that puts off the first deadline. */
const unsigned char *keyring_use(struct keyring *ring, const unsigned char uuid[MESSAGE_UUID_BYTES],
                                 int64_t now);

/* Wipes the key of one vault, or all with NULL; returns how many. */
unsigned keyring_lock(struct keyring *ring, const unsigned char *uuid);

/* Wipes what is past a deadline; returns how many. */
unsigned keyring_expire(struct keyring *ring, int64_t now);

/* The next deadline, CLOCK_NEVER when nothing is held. */
int64_t keyring_deadline(const struct keyring *ring);

#endif
