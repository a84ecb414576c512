/* The agent's protocol: every message goes through, and nothing else does. */
#include "unit.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/message.h"
#include "base/bytes.h"

#define TYPES 256

static const unsigned char key[VOLUME_KEY_BYTES] = "the key of a vault, 32 bytes ...";

static const struct message sample = {
	.lowest = 1,
	.highest = 9,
	.version = 7,
	.reason = REFUSED_FULL,
	.idle = 0x01020304,
	.cap = 0xfffefdfc,
	.count = 3,
	.properties = 21,
	.uuid = "0123456789abcdef",
	.key = key,
};

static const enum message_type types[] = {
	MESSAGE_HELLO, MESSAGE_GET,    MESSAGE_PUT,      MESSAGE_LOCK,    MESSAGE_LOCK_ALL,
	MESSAGE_ASK,   MESSAGE_REPORT, MESSAGE_WELCOME,  MESSAGE_KEY,     MESSAGE_NOT_HELD,
	MESSAGE_DONE,  MESSAGE_HELD,   MESSAGE_REPORTED, MESSAGE_REFUSED,
};

#define N_TYPES (sizeof(types) / sizeof(types[0]))

static struct message sample_of(enum message_type type)
{
	struct message message = sample;

	message.type = type;
	return message;
}

/* The whole frame, as it goes over the wire. */
static size_t frame_of(enum message_type type, unsigned char frame[MESSAGE_MAX])
{
	const struct message message = sample_of(type);
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(message_send(ends[0], &message, NULL), 0);
	close(ends[0]);
	ssize_t length = recv(ends[1], frame, MESSAGE_MAX, MSG_WAITALL);
	close(ends[1]);
	assert_true(length >= MESSAGE_PREFIX);
	return (size_t)length;
}

/* A copy of exactly this length, so that the sanitizer sees a byte read behind it. */
static enum decoded decode(const unsigned char *bytes, size_t length, struct message *message,
                           size_t *frame)
{
	unsigned char *copy = malloc(length + !length);
	enum decoded decoded;

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	decoded = message_decode(copy, length, message, frame);
	if (decoded == DECODED && message->key) {
		assert_ptr_equal(message->key + VOLUME_KEY_BYTES, copy + *frame);
		message->key = bytes + (message->key - copy);
	}
	free(copy);
	return decoded;
}

static void every_message_comes_back(void **state)
{
	unsigned char frame[MESSAGE_MAX];
	struct message got;
	size_t used;

	(void)state;
	for (size_t i = 0; i < N_TYPES; i++) {
		size_t length = frame_of(types[i], frame);
		assert_int_equal(get_u32(frame), length - 4);
		assert_int_equal(decode(frame, length, &got, &used), DECODED);
		assert_int_equal(used, length);
		assert_int_equal(got.type, types[i]);
	}
	frame_of(MESSAGE_PUT, frame);
	assert_int_equal(decode(frame, sizeof(frame), &got, &used), DECODED);
	assert_memory_equal(got.uuid, sample.uuid, MESSAGE_UUID_BYTES);
	assert_int_equal(got.idle, sample.idle);
	assert_int_equal(got.cap, sample.cap);
	assert_memory_equal(got.key, key, sizeof(key));
	assert_int_equal(got.properties, 0); /* no field of this type */
	frame_of(MESSAGE_REPORTED, frame);
	assert_int_equal(decode(frame, sizeof(frame), &got, &used), DECODED);
	assert_int_equal(got.count, 3);
	assert_int_equal(got.properties, 21);
	assert_null(got.key);
}

static void every_prefix_is_short(void **state)
{
	unsigned char frame[MESSAGE_MAX];
	struct message got;
	size_t wanted;

	(void)state;
	for (size_t i = 0; i < N_TYPES; i++) {
		size_t length = frame_of(types[i], frame);
		for (size_t n = 0; n < length; n++) {
			assert_int_equal(decode(frame, n, &got, &wanted), DECODED_SHORT);
			assert_int_equal(wanted, n < MESSAGE_PREFIX ? MESSAGE_PREFIX : length);
		}
	}
}

static void what_follows_is_left_alone(void **state)
{
	unsigned char frames[2 * MESSAGE_MAX];
	struct message got;
	size_t used;

	(void)state;
	size_t first = frame_of(MESSAGE_GET, frames),
	       second = frame_of(MESSAGE_LOCK, frames + first);
	assert_int_equal(decode(frames, first + second, &got, &used), DECODED);
	assert_int_equal(got.type, MESSAGE_GET);
	assert_int_equal(decode(frames + used, second, &got, &used), DECODED);
	assert_int_equal(got.type, MESSAGE_LOCK);
}

/* Every type, with every length around those there are, and the extremes of the field. */
static void any_other_length_is_refused(void **state)
{
	static const uint32_t far[] = {FRAME_MAX - 4, FRAME_MAX - 3, FRAME_MAX, 0x7fffffff,
	                               0x80000000,    0xffffffff,    0};
	unsigned char frame[4 * MESSAGE_MAX] = {0};
	size_t right = 0, used;
	struct message got;

	(void)state;
	for (unsigned type = 0; type < TYPES; type++) {
		frame[4] = (unsigned char)type;
		for (uint32_t length = 1; length < 2 * MESSAGE_MAX; length++) {
			put_u32(frame, length);
			right += decode(frame, sizeof(frame), &got, &used) == DECODED;
		}
		for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
			put_u32(frame, far[i]);
			assert_int_equal(decode(frame, sizeof(frame), &got, &used),
			                 DECODED_MALFORMED);
			/* At once: nobody waits for 64 KiB that are refused then. */
			assert_int_equal(decode(frame, MESSAGE_PREFIX, &got, &used),
			                 DECODED_MALFORMED);
		}
	}
	assert_int_equal(right, N_TYPES);
}

static void any_change_of_the_prefix_is_noticed_or_another_message(void **state)
{
	unsigned char frame[MESSAGE_MAX], changed[MESSAGE_MAX];
	struct message got;
	size_t used;

	(void)state;
	for (size_t i = 0; i < N_TYPES; i++) {
		size_t length = frame_of(types[i], frame);
		for (unsigned bit = 0; bit < 8 * MESSAGE_PREFIX; bit++) {
			memcpy(changed, frame, length);
			changed[bit / 8] ^= (unsigned char)(1 << bit % 8);
			if (decode(changed, length, &got, &used) == DECODED)
				assert_int_not_equal(got.type, types[i]);
		}
	}
}

static void two_go_together(void **state)
{
	const struct message first = sample_of(MESSAGE_PUT), second = sample_of(MESSAGE_KEY);
	unsigned char bytes[3 * MESSAGE_MAX];
	struct message got;
	size_t used, then;
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(message_send(ends[0], &first, &second), 0);
	ssize_t length = recv(ends[1], bytes, sizeof(bytes), 0);
	assert_int_equal(decode(bytes, (size_t)length, &got, &used), DECODED);
	assert_int_equal(got.type, MESSAGE_PUT);
	assert_memory_equal(got.key, key, sizeof(key));
	assert_int_equal(decode(bytes + used, (size_t)length - used, &got, &then), DECODED);
	assert_int_equal(got.type, MESSAGE_KEY);
	assert_memory_equal(got.key, key, sizeof(key));
	assert_int_equal(used + then, length);
	close(ends[0]);
	close(ends[1]);
}

static void a_full_or_closed_peer_is_an_error(void **state)
{
	const struct message message = sample_of(MESSAGE_KEY);
	int ends[2], sent = 0;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	while (sent < 1000000 && message_send(ends[0], &message, NULL) == 0)
		sent++;
	assert_in_range(sent, 1, 999999);
	close(ends[1]);
	assert_true(message_send(ends[0], &message, NULL) < 0); /* and no SIGPIPE */
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_comes_back),
		cmocka_unit_test(every_prefix_is_short),
		cmocka_unit_test(what_follows_is_left_alone),
		cmocka_unit_test(any_other_length_is_refused),
		cmocka_unit_test(any_change_of_the_prefix_is_noticed_or_another_message),
		cmocka_unit_test(two_go_together),
		cmocka_unit_test(a_full_or_closed_peer_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
