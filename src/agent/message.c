#include "agent/message.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bytes.h"

#define LENGTH_BYTES 4

enum field {
	END = 0,
	LOWEST,
	HIGHEST,
	VERSION,
	REASON,
	IDLE,
	CAP,
	COUNT,
	PROPERTIES,
	UUID,
	KEY, /* always the last */
	FIELDS,
};

#define MEMBER(member) offsetof(struct message, member), sizeof(((struct message *)0)->member)

/* Where a field is in struct message; its width there is its width in a frame. */
static const struct {
	size_t offset, size;
} fields[FIELDS] = {
	[LOWEST] = {MEMBER(lowest)},   [HIGHEST] = {MEMBER(highest)},
	[VERSION] = {MEMBER(version)}, [REASON] = {MEMBER(reason)},
	[IDLE] = {MEMBER(idle)},       [CAP] = {MEMBER(cap)},
	[COUNT] = {MEMBER(count)},     [PROPERTIES] = {MEMBER(properties)},
	[UUID] = {MEMBER(uuid)},       [KEY] = {offsetof(struct message, key), VOLUME_KEY_BYTES},
};

#define LAYOUT_FIELDS 5

static const struct layout {
	enum message_type type;
	enum field fields[LAYOUT_FIELDS]; /* END-terminated */
} layouts[] = {
	{MESSAGE_HELLO, {LOWEST, HIGHEST}},
	{MESSAGE_GET, {UUID}},
	{MESSAGE_PUT, {UUID, IDLE, CAP, KEY}},
	{MESSAGE_LOCK, {UUID}},
	{MESSAGE_LOCK_ALL, {END}},
	{MESSAGE_ASK, {UUID}},
	{MESSAGE_REPORT, {END}},
	{MESSAGE_WELCOME, {VERSION}},
	{MESSAGE_KEY, {KEY}},
	{MESSAGE_NOT_HELD, {END}},
	{MESSAGE_DONE, {COUNT}},
	{MESSAGE_HELD, {IDLE, CAP}},
	{MESSAGE_REPORTED, {COUNT, PROPERTIES}},
	{MESSAGE_REFUSED, {REASON}},
};

static const struct layout *layout_of(unsigned type)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (layouts[i].type == type)
			return &layouts[i];
	return NULL;
}

static size_t frame_length(const struct layout *layout)
{
	size_t length = MESSAGE_PREFIX;

	for (const enum field *field = layout->fields; *field; field++)
		length += fields[*field].size;
	return length;
}

size_t message_encode(const struct message *message, unsigned char head[MESSAGE_HEAD_MAX])
{
	const struct layout *layout = layout_of(message->type);
	unsigned char *at = head + MESSAGE_PREFIX;
	uint32_t number;

	put_u32(head, (uint32_t)(frame_length(layout) - LENGTH_BYTES));
	head[LENGTH_BYTES] = (unsigned char)message->type;
	for (const enum field *field = layout->fields; *field && *field != KEY; field++) {
		const void *member = (const char *)message + fields[*field].offset;
		if (fields[*field].size == sizeof(number)) {
			memcpy(&number, member, sizeof(number));
			put_u32(at, number);
		} else {
			memcpy(at, member, fields[*field].size);
		}
		at += fields[*field].size;
	}
	return (size_t)(at - head);
}

static void decode_fields(const struct layout *layout, const unsigned char *at,
                          struct message *message)
{
	for (const enum field *field = layout->fields; *field; field++) {
		void *member = (char *)message + fields[*field].offset;
		if (*field == KEY) {
			message->key = at;
		} else if (fields[*field].size == sizeof(uint32_t)) {
			uint32_t number = get_u32(at);
			memcpy(member, &number, sizeof(number));
		} else {
			memcpy(member, at, fields[*field].size);
		}
		at += fields[*field].size;
	}
}

enum decoded message_decode(const unsigned char *bytes, size_t length, struct message *ret_message,
                            size_t *ret_frame)
{
	const struct layout *layout;

	*ret_frame = MESSAGE_PREFIX;
	if (length >= LENGTH_BYTES &&
	    (get_u32(bytes) == 0 || get_u32(bytes) > FRAME_MAX - LENGTH_BYTES))
		return DECODED_MALFORMED;
	if (length < MESSAGE_PREFIX)
		return DECODED_SHORT;
	layout = layout_of(bytes[LENGTH_BYTES]);
	if (!layout || get_u32(bytes) != frame_length(layout) - LENGTH_BYTES)
		return DECODED_MALFORMED;
	*ret_frame = frame_length(layout);
	if (length < *ret_frame)
		return DECODED_SHORT;
	*ret_message = (struct message){.type = layout->type};
	decode_fields(layout, bytes + MESSAGE_PREFIX, ret_message);
	return DECODED;
}

/* Adds a message to the parts to send; `head` is room for its bytes. Returns their number. */
static size_t add_parts(const struct message *message, unsigned char head[MESSAGE_HEAD_MAX],
                        struct msghdr *header)
{
	struct iovec *part = &header->msg_iov[header->msg_iovlen];
	size_t frame = frame_length(layout_of(message->type));

	part[0] = (struct iovec){head, message_encode(message, head)};
	header->msg_iovlen++;
	if (part[0].iov_len < frame) {
		/* The key, which is only read. */
		part[1] = (struct iovec){(void *)(uintptr_t)message->key, VOLUME_KEY_BYTES};
		header->msg_iovlen++;
	}
	return frame;
}

int message_send(int fd, const struct message *first, const struct message *second)
{
	unsigned char heads[2][MESSAGE_HEAD_MAX];
	struct iovec parts[4];
	struct msghdr header = {.msg_iov = parts};
	size_t length = add_parts(first, heads[0], &header);
	ssize_t sent;

	if (second)
		length += add_parts(second, heads[1], &header);
	do
		sent = sendmsg(fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return -errno;
	return (size_t)sent == length ? 0 : -EAGAIN;
}
