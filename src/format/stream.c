#include "format/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/text.h>

#include "base/bytes.h"

#define NOTHING UINT32_MAX
#define READ_BYTES ((size_t)256 * 1024)

/* ---- writing ------------------------------------------------------------------------- */

static void put_byte(struct buf *buf, unsigned value)
{
	unsigned char byte = (unsigned char)value;

	buf_add(buf, &byte, 1);
}

static void put_number(struct buf *buf, size_t value)
{
	unsigned char bytes[4];

	put_u32(bytes, (uint32_t)value);
	buf_add(buf, bytes, sizeof(bytes));
}

static void put_long(struct buf *buf, int64_t value)
{
	unsigned char bytes[8];

	put_u64(bytes, (uint64_t)value);
	buf_add(buf, bytes, sizeof(bytes));
}

static void put_span(struct buf *buf, struct span span)
{
	put_number(buf, span.bytes ? span.length : NOTHING);
	if (!span.bytes)
		return;
	buf_add(buf, span.bytes, span.length);
	put_byte(buf, 0);
}

static void put_text(struct buf *buf, const char *text)
{
	put_span(buf, (struct span){text, text ? strlen(text) : 0});
}

/* Cut where a character begins. */
static void put_cut(struct buf *buf, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	if (length > FRAME_TEXT_MAX) {
		length = FRAME_TEXT_MAX;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	put_span(buf, (struct span){text, length});
}

static size_t begin(struct buf *buf, enum frame_type type)
{
	size_t start = buf->length;

	put_number(buf, 0);
	put_byte(buf, type);
	return start;
}

static void end(struct buf *buf, size_t start)
{
	if (!buf->failed)
		put_u32(buf->bytes + start, (uint32_t)(buf->length - start - FRAME_HEAD));
}

void frame_item(struct buf *buf, const struct item *item)
{
	size_t start = begin(buf, FRAME_ITEM);

	put_byte(buf, item->has_uuid);
	buf_add(buf, item->uuid, sizeof(item->uuid));
	put_long(buf, item->created);
	put_long(buf, item->modified);
	put_long(buf, item->trashed);
	put_text(buf, item->name);
	put_text(buf, item->user);
	put_number(buf, item->n_passwords);
	for (size_t i = 0; i < item->n_passwords; i++) {
		put_long(buf, item->passwords[i].since);
		put_long(buf, item->passwords[i].until);
		put_span(buf, item->passwords[i].value);
		put_text(buf, item->passwords[i].reason);
	}
	put_number(buf, item->n_fields);
	for (size_t i = 0; i < item->n_fields; i++) {
		put_byte(buf, item->fields[i].kind);
		put_text(buf, item->fields[i].key);
		put_span(buf, item->fields[i].value);
	}
	end(buf, start);
}

void frame_account(struct buf *buf, enum fate fate, const char *what, const char *how,
                   const char *name)
{
	size_t start = begin(buf, FRAME_ACCOUNT);

	put_byte(buf, fate);
	put_cut(buf, what);
	put_cut(buf, how);
	put_cut(buf, name);
	end(buf, start);
}

void frame_progress(struct buf *buf, unsigned thousandths)
{
	size_t start = begin(buf, FRAME_PROGRESS);

	put_number(buf, thousandths);
	end(buf, start);
}

void frame_look(struct buf *buf, unsigned index, unsigned score, bool sealed)
{
	size_t start = begin(buf, FRAME_LOOK);

	put_number(buf, index);
	put_number(buf, score);
	put_byte(buf, sealed);
	end(buf, start);
}

void frame_end(struct buf *buf)
{
	end(buf, begin(buf, FRAME_END));
}

void frame_failed(struct buf *buf, int result, const struct error *error)
{
	size_t start = begin(buf, FRAME_FAILED);

	put_number(buf, (size_t)(result < 0 ? -result : result));
	put_byte(buf, result > 0);
	put_cut(buf, error->message);
	end(buf, start);
}

/* ---- reading ------------------------------------------------------------------------- */

static int nonsense(struct error *err)
{
	return error_set(err, VAULT_FAILED, "the parser's process answered nonsense");
}

int stream_start(struct stream *stream, int fd, struct error *err)
{
	*stream = (struct stream){.fd = fd};
	return secret_new(&stream->buffer, READ_BYTES, err);
}

void stream_done(struct stream *stream)
{
	secret_free(stream->buffer);
	free(stream->passwords);
	free(stream->fields);
	*stream = (struct stream){.fd = -1};
}

/* Sees to it that `wanted` bytes are there. VAULT_NOT_FOUND (> 0): the pipe was closed. */
static int need(struct stream *stream, size_t wanted, struct error *err)
{
	struct secret *buffer;
	ssize_t count;
	int r;

	if (stream->end - stream->at >= wanted)
		return 0;
	buffer = stream->buffer;
	memmove(buffer->bytes, buffer->bytes + stream->at, stream->end - stream->at);
	stream->end -= stream->at;
	stream->at = 0;
	if (wanted > buffer->capacity) {
		buffer->length = stream->end;
		r = secret_reserve(&stream->buffer, wanted + wanted / 2, err);
		if (r < 0)
			return r;
		buffer = stream->buffer;
	}
	while (stream->end < wanted) {
		count = read(stream->fd, buffer->bytes + stream->end,
		             buffer->capacity - stream->end);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_errno(err, VAULT_FAILED, errno, "cannot read from the parser");
		if (count == 0)
			return VAULT_NOT_FOUND;
		stream->end += (size_t)count;
	}
	return 0;
}

struct cursor {
	const unsigned char *p;
	size_t left;
	bool bad;
};

static const unsigned char *take(struct cursor *cursor, size_t length)
{
	static const unsigned char zeros[ITEM_UUID_BYTES];
	const unsigned char *p = cursor->p;

	if (cursor->bad || length > cursor->left) {
		cursor->bad = true;
		return zeros; /* whose use is harmless until somebody looks at `bad` */
	}
	cursor->p += length;
	cursor->left -= length;
	return p;
}

static unsigned take_byte(struct cursor *cursor, unsigned most)
{
	unsigned value = *take(cursor, 1);

	cursor->bad |= value > most;
	return value;
}

static uint32_t take_number(struct cursor *cursor, size_t most)
{
	uint32_t value = get_u32(take(cursor, 4));

	cursor->bad |= value > most;
	return value;
}

static int64_t take_long(struct cursor *cursor)
{
	return (int64_t)get_u64(take(cursor, 8));
}

static struct span take_span(struct cursor *cursor)
{
	uint32_t length = get_u32(take(cursor, 4));
	struct span span = {NULL, 0};

	if (cursor->bad || length == NOTHING)
		return span;
	if (length >= cursor->left) {
		cursor->bad = true;
		return span;
	}
	span = (struct span){take(cursor, length), length};
	cursor->bad |= *take(cursor, 1) != 0;
	return span;
}

/* A string without a NUL inside. */
static const char *take_text(struct cursor *cursor)
{
	struct span span = take_span(cursor);

	if (span.bytes && memchr(span.bytes, 0, span.length))
		cursor->bad = true;
	return cursor->bad ? NULL : span.bytes;
}

/* A text of the program's own, for people. */
static const char *take_words(struct cursor *cursor)
{
	const char *text = take_text(cursor);

	if (text && (strlen(text) > FRAME_TEXT_MAX || !text_is_printable(text, strlen(text))))
		cursor->bad = true;
	return cursor->bad ? NULL : text;
}

static int take_passwords(struct stream *stream, struct cursor *cursor, struct item *item,
                          struct error *err)
{
	size_t count = take_number(cursor, ITEM_PASSWORDS_MAX);
	struct item_password *list;

	if (cursor->bad)
		return nonsense(err);
	list = realloc(stream->passwords, (count + 1) * sizeof(*list));
	if (!list)
		return error_set(err, VAULT_FAILED, "out of memory");
	stream->passwords = list;
	for (size_t i = 0; i < count && !cursor->bad; i++) {
		list[i].since = take_long(cursor);
		list[i].until = take_long(cursor);
		list[i].value = take_span(cursor);
		list[i].reason = take_text(cursor);
	}
	item->passwords = list;
	item->n_passwords = count;
	return 0;
}

static int take_fields(struct stream *stream, struct cursor *cursor, struct item *item,
                       struct error *err)
{
	size_t count = take_number(cursor, ENTRY_FIELDS_MAX);
	struct item_field *list;

	if (cursor->bad)
		return nonsense(err);
	list = realloc(stream->fields, (count + 1) * sizeof(*list));
	if (!list)
		return error_set(err, VAULT_FAILED, "out of memory");
	stream->fields = list;
	for (size_t i = 0; i < count && !cursor->bad; i++) {
		list[i].kind = (enum field_kind)take_byte(cursor, UINT8_MAX);
		list[i].key = take_text(cursor);
		list[i].value = take_span(cursor);
		cursor->bad |= !list[i].value.bytes;
	}
	item->fields = list;
	item->n_fields = count;
	return 0;
}

static int take_item(struct stream *stream, struct cursor *cursor, struct item *item,
                     struct error *err)
{
	int r;

	*item = (struct item){.has_uuid = take_byte(cursor, 1)};
	memcpy(item->uuid, take(cursor, sizeof(item->uuid)), sizeof(item->uuid));
	item->created = take_long(cursor);
	item->modified = take_long(cursor);
	item->trashed = take_long(cursor);
	item->name = take_text(cursor);
	item->user = take_text(cursor);
	cursor->bad |= !item->name;
	r = take_passwords(stream, cursor, item, err);
	return r < 0 ? r : take_fields(stream, cursor, item, err);
}

static int take_payload(struct stream *stream, struct cursor *cursor, struct frame *frame,
                        struct error *err)
{
	switch (frame->type) {
	case FRAME_ITEM:
		return take_item(stream, cursor, &frame->item, err);
	case FRAME_ACCOUNT:
		frame->fate = (enum fate)take_byte(cursor, FATE_LEFT);
		frame->what = take_words(cursor);
		frame->how = take_words(cursor);
		frame->name = take_words(cursor);
		cursor->bad |= !frame->what || !frame->how;
		break;
	case FRAME_PROGRESS:
		frame->number = take_number(cursor, 1000);
		break;
	case FRAME_LOOK:
		frame->number = take_number(cursor, UINT32_MAX);
		frame->score = take_number(cursor, 100);
		frame->sealed = take_byte(cursor, 1);
		break;
	case FRAME_END:
		break;
	case FRAME_FAILED:
		frame->result = (int)take_number(cursor, VAULT_DAMAGED);
		if (!take_byte(cursor, 1))
			frame->result = -frame->result;
		frame->what = take_words(cursor);
		cursor->bad |= !frame->what || frame->result == 0;
		break;
	default:
		cursor->bad = true;
	}
	return 0;
}

int stream_next(struct stream *stream, struct frame *ret_frame, struct error *err)
{
	struct frame frame = {0};
	struct cursor cursor = {0};
	size_t length;
	int r = need(stream, FRAME_HEAD, err);

	if (r != 0)
		return r;
	length = get_u32(stream->buffer->bytes + stream->at);
	if (length > FRAME_MAX)
		return nonsense(err);
	r = need(stream, FRAME_HEAD + length, err);
	if (r != 0)
		return r;
	frame.type = (enum frame_type)stream->buffer->bytes[stream->at + FRAME_HEAD - 1];
	cursor.p = stream->buffer->bytes + stream->at + FRAME_HEAD;
	cursor.left = length;
	stream->at += FRAME_HEAD + length;
	r = take_payload(stream, &cursor, &frame, err);
	if (r == 0 && (cursor.bad || cursor.left > 0))
		r = nonsense(err);
	if (r == 0)
		*ret_frame = frame;
	return r;
}
