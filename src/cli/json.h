/*
 * JSON (RFC 8259), written piece by piece to the output. `key` is the member's name, NULL inside an
 * array and for the outermost value. A time is RFC 3339 in UTC; 0 is null.
 *
 * Bytes that are no UTF-8 come out in base 64 (RFC 4648) under the key with "_base64" behind it.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <vault/secret.h>

#define JSON_DEPTH_MAX 8

struct json {
	unsigned depth;
	bool more[JSON_DEPTH_MAX + 1]; /* is there something before, so that a comma is due? */
	char end[JSON_DEPTH_MAX + 1];
};

/* Open; json_close ends them, the outermost one with a newline. */
void json_put_object(struct json *json, const char *key);
void json_put_array(struct json *json, const char *key);
void json_close(struct json *json);

/* NULL is null. */
void json_put_string(struct json *json, const char *key, const char *text);
void json_put_secret(struct json *json, const char *key, const struct secret *secret);

void json_put_number(struct json *json, const char *key, int64_t number);
void json_put_real(struct json *json, const char *key, double number); /* to a tenth */
void json_put_bool(struct json *json, const char *key, bool value);
void json_put_null(struct json *json, const char *key);
void json_put_time(struct json *json, const char *key, int64_t seconds);

#endif
