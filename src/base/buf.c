#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST 256

/* Room for `more` bytes and the terminating NUL. */
static bool buf_grow(struct buf *buf, size_t more)
{
	size_t capacity = buf->capacity > 0 ? buf->capacity : CAPACITY_FIRST;
	unsigned char *bytes;

	if (buf->failed || more >= SIZE_MAX / 2 - buf->length) {
		buf->failed = true;
		return false;
	}
	while (capacity < buf->length + more + 1)
		capacity *= 2;
	if (capacity == buf->capacity)
		return true;
	bytes = realloc(buf->bytes, capacity);
	if (!bytes) {
		buf->failed = true;
		return false;
	}
	buf->bytes = bytes;
	buf->capacity = capacity;
	return true;
}

void buf_add(struct buf *buf, const void *bytes, size_t length)
{
	if (!buf_grow(buf, length))
		return;
	if (length > 0)
		memcpy(buf->bytes + buf->length, bytes, length);
	buf->length += length;
	buf->bytes[buf->length] = '\0';
}

void buf_add_string(struct buf *buf, const char *string)
{
	buf_add(buf, string, strlen(string));
}

void buf_add_format(struct buf *buf, const char *format, ...)
{
	va_list arguments, again;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, arguments);
	if (length < 0) {
		buf->failed = true;
	} else if (buf_grow(buf, (size_t)length)) {
		vsnprintf((char *)buf->bytes + buf->length, (size_t)length + 1, format, again);
		buf->length += (size_t)length;
	}
	va_end(again);
	va_end(arguments);
}

int buf_check(const struct buf *buf, struct error *err)
{
	if (buf->failed)
		return error_set(err, VAULT_FAILED, "out of memory");
	return 0;
}

char *buf_take_string(struct buf *buf)
{
	char *string = NULL;

	buf_add(buf, "", 0); /* so that nothing added gives "" */
	if (!buf->failed) {
		string = (char *)buf->bytes;
		buf->bytes = NULL;
	}
	buf_done(buf);
	return string;
}

void buf_done(struct buf *buf)
{
	free(buf->bytes);
	*buf = BUF_EMPTY;
}

void *list_room(void *list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 16;
	void *bigger;

	if (count < *room)
		return list;
	bigger = reallocarray(list, more, size);
	if (bigger)
		*room = more;
	return bigger;
}
