/*
 * JSON (RFC 8259), written piece by piece into a sink. `key` is the member's name, NULL inside an
 * array and for the outermost value.
 */
#ifndef FORMAT_JSON_WRITE_H
#define FORMAT_JSON_WRITE_H

#include "format/sink.h"

#define JSON_WRITE_DEPTH 12

struct json_write {
	struct sink *sink;
	unsigned depth;
	bool more[JSON_WRITE_DEPTH + 1]; /* is there something before, so that a comma is due? */
	char end[JSON_WRITE_DEPTH + 1];
};

void json_write_object(struct json_write *json, const char *key);
void json_write_array(struct json_write *json, const char *key);
void json_write_close(struct json_write *json);

void json_write_null(struct json_write *json, const char *key);
void json_write_bool(struct json_write *json, const char *key, bool value);
void json_write_number(struct json_write *json, const char *key, int64_t value);
void json_write_string(struct json_write *json, const char *key, const char *text); /* or null */
void json_write_time(struct json_write *json, const char *key, int64_t seconds);    /* 0: null */

/* A string; bytes that are no UTF-8 in base 64 (RFC 4648), under the key with "_base64" behind
 * it. */
void json_write_span(struct json_write *json, const char *key, struct span span);

/* A string for programs that know no such key: bytes that are no text in base 64, as
 * export_losses tells. */
void json_write_text(struct json_write *json, const char *key, struct span span);

/* A string of two parts, `front` with nothing in it to be escaped, and text. */
void json_write_parts(struct json_write *json, const char *key, const char *front,
                      struct span rest);

#endif
