#include "format/sink.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/base64.h"
#include "format/format.h"

#define BUFFER_BYTES ((size_t)64 * 1024)
#define ALIGNMENT _Alignof(max_align_t)

/* A secret's memory ends where a page does and begins wherever that leaves it. */
static void *aligned(unsigned char *bytes)
{
	return bytes + (ALIGNMENT - (uintptr_t)bytes % ALIGNMENT) % ALIGNMENT;
}

int sink_start(struct sink *sink, const struct export_how *how, sink_put put, void *context,
               struct error *err)
{
	size_t state_bytes = how->format->code->state_bytes;
	int r;

	*sink = (struct sink){.how = how, .put = put, .context = context};
	r = secret_new(&sink->buffer, BUFFER_BYTES, err);
	if (r == 0 && state_bytes > 0)
		r = secret_new(&sink->memory, state_bytes + ALIGNMENT - 1, err);
	if (r < 0)
		return r;
	sink->state = sink->memory ? aligned(sink->memory->bytes) : NULL;
	return 0;
}

void sink_done(struct sink *sink)
{
	if (sink->state && sink->how->format->code->drop)
		sink->how->format->code->drop(sink);
	sink->state = NULL;
	secret_free(sink->buffer);
	secret_free(sink->memory);
	sink->buffer = sink->memory = NULL;
}

static void empty(struct sink *sink)
{
	if (sink->result == 0 && sink->buffer->length > 0)
		sink->result = sink->put(sink->context, sink->buffer->bytes, sink->buffer->length,
		                         &sink->error);
	sink->buffer->length = 0;
}

void sink_bytes(struct sink *sink, const void *bytes, size_t length)
{
	const unsigned char *next = bytes;

	while (length > 0) {
		size_t room = sink->buffer->capacity - sink->buffer->length;
		size_t count = length < room ? length : room;

		memcpy(sink->buffer->bytes + sink->buffer->length, next, count);
		sink->buffer->length += count;
		next += count;
		length -= count;
		if (sink->buffer->length == sink->buffer->capacity)
			empty(sink);
	}
}

void sink_string(struct sink *sink, const char *string)
{
	sink_bytes(sink, string, strlen(string));
}

void sink_base64(struct sink *sink, struct span span)
{
	const unsigned char *p = span.bytes;

	for (size_t left = span.length; left > 0;) {
		size_t count = left < 3 ? left : 3;
		char text[4];

		/* Where it goes to, if there is room for it in one piece. */
		if (sink->buffer->capacity - sink->buffer->length > sizeof(text)) {
			base64_group(p, count, (char *)sink->buffer->bytes + sink->buffer->length);
			sink->buffer->length += sizeof(text);
		} else {
			base64_group(p, count, text);
			sink_bytes(sink, text, sizeof(text));
			secret_wipe(text, sizeof(text));
		}
		p += count;
		left -= count;
	}
}

int sink_check(const struct sink *sink, struct error *err)
{
	return sink->result < 0 ? error_set(err, sink->error.status, "%s", sink->error.message) : 0;
}

int sink_flush(struct sink *sink, struct error *err)
{
	empty(sink);
	return sink_check(sink, err);
}
