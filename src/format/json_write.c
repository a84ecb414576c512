#include "format/json_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <vault/text.h>

#include "base/when.h"

static void put_escaped(struct sink *sink, const unsigned char *text, size_t length)
{
	static const char hex[] = "0123456789abcdef";
	size_t plain = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = text[i];
		char code[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		sink_bytes(sink, text + plain, i - plain);
		plain = i + 1;
		if (c == '"' || c == '\\') {
			code[1] = (char)c;
			sink_bytes(sink, code, 2);
		} else if (c == '\n') {
			sink_bytes(sink, "\\n", 2);
		} else {
			sink_bytes(sink, code, sizeof(code));
		}
	}
	sink_bytes(sink, text + plain, length - plain);
}

static void put_text(struct sink *sink, const unsigned char *text, size_t length)
{
	sink_bytes(sink, "\"", 1);
	put_escaped(sink, text, length);
	sink_bytes(sink, "\"", 1);
}

/* What stands in front of a value: a comma, the key. */
static void lead(struct json_write *json, const char *key, const char *suffix)
{
	if (json->more[json->depth])
		sink_bytes(json->sink, ",", 1);
	json->more[json->depth] = true;
	if (key) {
		sink_bytes(json->sink, "\"", 1);
		sink_string(json->sink, key);
		sink_string(json->sink, suffix);
		sink_bytes(json->sink, "\":", 2);
	}
}

static void open_value(struct json_write *json, const char *key, const char *begin, char end)
{
	lead(json, key, "");
	sink_bytes(json->sink, begin, 1);
	json->depth++;
	json->more[json->depth] = false;
	json->end[json->depth] = end;
}

void json_write_object(struct json_write *json, const char *key)
{
	open_value(json, key, "{", '}');
}

void json_write_array(struct json_write *json, const char *key)
{
	open_value(json, key, "[", ']');
}

void json_write_close(struct json_write *json)
{
	sink_bytes(json->sink, &json->end[json->depth], 1);
	json->depth--;
}

void json_write_null(struct json_write *json, const char *key)
{
	lead(json, key, "");
	sink_string(json->sink, "null");
}

void json_write_bool(struct json_write *json, const char *key, bool value)
{
	lead(json, key, "");
	sink_string(json->sink, value ? "true" : "false");
}

void json_write_number(struct json_write *json, const char *key, int64_t value)
{
	char text[24];

	lead(json, key, "");
	snprintf(text, sizeof(text), "%" PRId64, value);
	sink_string(json->sink, text);
}

void json_write_string(struct json_write *json, const char *key, const char *text)
{
	if (!text) {
		json_write_null(json, key);
		return;
	}
	lead(json, key, "");
	put_text(json->sink, (const unsigned char *)text, strlen(text));
}

void json_write_time(struct json_write *json, const char *key, int64_t seconds)
{
	char text[WHEN_SIZE];

	when_write(seconds, text);
	json_write_string(json, key, seconds ? text : NULL);
}

static void put_span(struct json_write *json, struct span span, bool text)
{
	if (text) {
		put_text(json->sink, span.bytes, span.length);
		return;
	}
	sink_bytes(json->sink, "\"", 1);
	sink_base64(json->sink, span);
	sink_bytes(json->sink, "\"", 1);
}

void json_write_span(struct json_write *json, const char *key, struct span span)
{
	bool text = text_is_utf8(span.bytes, span.length);

	lead(json, key, text ? "" : "_base64");
	put_span(json, span, text);
}

void json_write_text(struct json_write *json, const char *key, struct span span)
{
	lead(json, key, "");
	put_span(json, span,
	         text_is_utf8(span.bytes, span.length) && !memchr(span.bytes, 0, span.length));
}

void json_write_parts(struct json_write *json, const char *key, const char *front, struct span rest)
{
	lead(json, key, "");
	sink_bytes(json->sink, "\"", 1);
	sink_string(json->sink, front);
	put_escaped(json->sink, rest.bytes, rest.length);
	sink_bytes(json->sink, "\"", 1);
}
