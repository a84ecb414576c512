#include "format/keepass_put.h"

#include <string.h>

#include "base/base64.h"
#include "base/when.h"
#include "format/keepass_entry.h"

#define YEAR_1 INT64_C(62135596800) /* seconds from there to 1970 */

/* ---- bytes of a value ---------------------------------------------------------------- */

static void escape(struct sink *sink, const char *p, size_t length)
{
	const char *end = p + length;

	while (p < end) {
		size_t plain = 0;

		while (p + plain < end && p[plain] != '&' && p[plain] != '<' && p[plain] != '>' &&
		       p[plain] != '\r')
			plain++;
		sink_bytes(sink, p, plain);
		p += plain;
		if (p == end)
			break;
		sink_string(sink, *p == '&'   ? "&amp;"
		                  : *p == '<' ? "&lt;"
		                  : *p == '>' ? "&gt;"
		                              : "&#13;");
		p++;
	}
}

/* What is in hand of a protected value. */
static void encrypt_piece(struct keepass_write *write)
{
	kdbx_inner_apply(write->how.inner, write->piece, write->piece_length);
	sink_base64(write->how.sink, (struct span){write->piece, write->piece_length});
	write->piece_length = 0;
}

static void put_bytes(struct keepass_write *write, const char *bytes, size_t length)
{
	if (!write->protected) {
		escape(write->how.sink, bytes, length);
		return;
	}
	while (length > 0) {
		size_t room = sizeof(write->piece) - write->piece_length;
		size_t count = length < room ? length : room;

		memcpy(write->piece + write->piece_length, bytes, count);
		write->piece_length += count;
		bytes += count;
		length -= count;
		if (write->piece_length == sizeof(write->piece))
			encrypt_piece(write);
	}
}

static void put_coded(struct keepass_write *write, struct span value)
{
	const unsigned char *p = value.bytes;

	put_bytes(write, KEEPASS_CODE, sizeof(KEEPASS_CODE) - 1);
	for (size_t left = value.length; left > 0;) {
		size_t count = left < 3 ? left : 3;
		char text[4];

		base64_group(p, count, text);
		put_bytes(write, text, sizeof(text));
		secret_wipe(text, sizeof(text));
		p += count;
		left -= count;
	}
	put_bytes(write, KEEPASS_CODE_END, sizeof(KEEPASS_CODE_END) - 1);
}

static void put_value(struct keepass_write *write, struct span value)
{
	if (keepass_needs_code(value))
		put_coded(write, value);
	else
		put_bytes(write, value.bytes, value.length);
}

void keepass_put_text(struct keepass_write *write, struct span value)
{
	put_value(write, value);
}

void keepass_put_tag(struct keepass_write *write, struct span tag)
{
	const char *bytes = tag.bytes;

	if (tag.length > 0 &&
	    (bytes[0] == ' ' || bytes[tag.length - 1] == ' ' || strpbrk(bytes, ";,\t\n")))
		put_coded(write, tag);
	else
		put_value(write, tag);
}

/* ---- elements ------------------------------------------------------------------------ */

void keepass_put_string(struct keepass_write *write, const char *key, struct span value,
                        bool protected)
{
	struct sink *sink = write->how.sink;

	sink_string(sink, "<String><Key>");
	keepass_put_text(write, span_of(key));
	sink_string(sink, !protected         ? "</Key><Value>"
	                  : write->how.inner ? "</Key><Value Protected=\"True\">"
	                                     : "</Key><Value ProtectInMemory=\"True\">");
	write->protected = protected && write->how.inner;
	put_value(write, value);
	if (write->protected)
		encrypt_piece(write);
	write->protected = false;
	sink_string(sink, "</Value></String>");
}

void keepass_put_date(struct keepass_write *write, const char *element, int64_t seconds)
{
	struct sink *sink = write->how.sink;
	uint64_t count = (uint64_t)(seconds + YEAR_1);
	unsigned char bytes[8];
	char text[WHEN_SIZE];

	if (seconds <= 0)
		return;
	sink_string(sink, "<");
	sink_string(sink, element);
	sink_string(sink, ">");
	if (write->how.inner) {
		for (size_t i = 0; i < sizeof(bytes); i++, count >>= 8)
			bytes[i] = (unsigned char)count;
		sink_base64(sink, (struct span){bytes, sizeof(bytes)});
	} else {
		when_write(seconds, text);
		sink_string(sink, text);
	}
	sink_string(sink, "</");
	sink_string(sink, element);
	sink_string(sink, ">");
}

struct span keepass_first_field(const struct item *item, enum field_kind kind)
{
	for (size_t i = 0; i < item->n_fields; i++)
		if (item->fields[i].kind == kind)
			return item->fields[i].value;
	return (struct span){NULL, 0};
}
