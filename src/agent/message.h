/*
 * What the agent and its clients say to each other: docs/AGENT.md, "Protocol", version 1.
 *
 *     frame    length u32, little-endian: of what follows, 1 … 65532
 *              type   u8
 *              body   fields as the table in message.c lists them, one behind the other
 *
 * Decoding is strict: each type has one length, and whatever differs from it is refused as soon as
 * the first five bytes are there. A key is the last field of its frame, so that it can be sent from
 * where it lies and is never copied to build a frame.
 */
#ifndef AGENT_MESSAGE_H
#define AGENT_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include <vault/keys.h>

#define AGENT_SOCKET "agent.sock" /* where base/place.h says */

#define MESSAGE_VERSION_LOWEST 1 /* of the protocol; what this code speaks */
#define MESSAGE_VERSION_HIGHEST 1

#define FRAME_MAX ((size_t)64 * 1024)                     /* bytes of a frame, in any version */
#define MESSAGE_PREFIX 5                                  /* bytes: length and type */
#define MESSAGE_HEAD_MAX 32                               /* bytes in front of the key */
#define MESSAGE_MAX (MESSAGE_HEAD_MAX + VOLUME_KEY_BYTES) /* bytes of the longest frame today */
#define MESSAGE_UUID_BYTES 16

enum message_type {
	/* Requests. */
	MESSAGE_HELLO = 1,    /* the first: versions lowest … highest; answered by WELCOME */
	MESSAGE_GET = 2,      /* uuid; answered by KEY or NOT_HELD */
	MESSAGE_PUT = 3,      /* uuid, idle, cap, key; answered by DONE */
	MESSAGE_LOCK = 4,     /* uuid; answered by DONE, count 0 or 1 */
	MESSAGE_LOCK_ALL = 5, /* answered by DONE */
	MESSAGE_ASK = 6,      /* uuid; answered by HELD or NOT_HELD; no use of the key */
	MESSAGE_REPORT = 7,   /* answered by REPORTED */
	/* Answers. */
	MESSAGE_WELCOME = 129, /* the version that is spoken from now on */
	MESSAGE_KEY = 130,
	MESSAGE_NOT_HELD = 131,
	MESSAGE_DONE = 132,     /* count of keys */
	MESSAGE_HELD = 133,     /* idle, cap: seconds left */
	MESSAGE_REPORTED = 134, /* count of keys held, properties */
	MESSAGE_REFUSED = 135,  /* reason; the connection ends */
};

enum refusal {
	REFUSED_VERSION = 1, /* none in common */
	REFUSED_FULL = 2,    /* as many keys are held as there is room for */
};

/* Members that a type has no field for are ignored by encoding, and zero after decoding. */
struct message {
	enum message_type type;
	uint8_t lowest, highest, version;
	uint8_t reason; /* enum refusal */
	uint32_t idle, cap;
	uint32_t count;
	uint32_t properties; /* enum agent_property, or'ed */
	unsigned char uuid[MESSAGE_UUID_BYTES];
	const unsigned char *key; /* VOLUME_KEY_BYTES; borrowed, after decoding from the frame */
};

/* Encodes all but the key. Returns how many bytes of `head` that took. */
size_t message_encode(const struct message *message, unsigned char head[MESSAGE_HEAD_MAX]);

enum decoded {
	DECODED = 0,
	DECODED_SHORT = 1,      /* more bytes are needed */
	DECODED_MALFORMED = -1, /* whatever follows, this is none of the messages above */
};

/* Decodes the frame at the beginning of `length` bytes. *ret_frame is its length in bytes, or while
 * it is DECODED_SHORT how many there must be to go on. */
enum decoded message_decode(const unsigned char *bytes, size_t length, struct message *ret_message,
                            size_t *ret_frame);

/* Sends a message, and a second one behind it unless NULL, whole and without waiting; keys from
 * where they lie. Returns 0, or -errno when the peer is gone or its buffer is full: it is not worth
 * talking to any more. */
int message_send(int fd, const struct message *first, const struct message *second);

#endif
