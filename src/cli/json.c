#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <vault/text.h>

#include "dates.h"
#include "json.h"
#include "output.h"

#define PIECE_SIZE 768 /* a multiple of 4, for base 64 */
#define UNIT_MAX 6     /* "\u001b" */

/* Writes what stands in front of a value: a comma, the key. */
static void lead(struct json *json, const char *key, const char *suffix)
{
	if (json->more[json->depth])
		output_string(",");
	json->more[json->depth] = true;
	if (key)
		output_format("\"%s%s\":", key, suffix);
}

static void open_value(struct json *json, const char *key, const char *begin, char end)
{
	lead(json, key, "");
	output_string(begin);
	json->depth++;
	json->more[json->depth] = false;
	json->end[json->depth] = end;
}

void json_put_object(struct json *json, const char *key)
{
	open_value(json, key, "{", '}');
}

void json_put_array(struct json *json, const char *key)
{
	open_value(json, key, "[", ']');
}

void json_close(struct json *json)
{
	output_bytes(&json->end[json->depth], 1);
	json->depth--;
	if (json->depth == 0)
		output_string("\n");
}

static size_t escape_code(unsigned code, unsigned char unit[UNIT_MAX])
{
	static const char hex[] = "0123456789abcdef";

	unit[0] = '\\';
	unit[1] = 'u';
	for (unsigned i = 0; i < 4; i++)
		unit[2 + i] = (unsigned char)hex[code >> (12 - 4 * i) & 15];
	return 6;
}

/* A character that could steer a terminal or turn the direction of text, though JSON allows it as
 * it is: C1 controls, and U+200E, 200F, 202A to 202E, 2066 to 2069. Gives its code and the bytes it
 * takes; 0 bytes: it is none. */
static size_t steering(const unsigned char *bytes, size_t length, unsigned *ret_code)
{
	if (length >= 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0) {
		*ret_code = bytes[1];
		return 2;
	}
	if (length < 3 || bytes[0] != 0xe2 || (bytes[1] & 0xfe) != 0x80)
		return 0;
	*ret_code = 0x2000 + ((bytes[1] & 1u) << 6) + (bytes[2] & 0x3fu);
	return (*ret_code >= 0x200e && *ret_code <= 0x200f) ||
	                       (*ret_code >= 0x202a && *ret_code <= 0x202e) ||
	                       (*ret_code >= 0x2066 && *ret_code <= 0x2069)
	               ? 3
	               : 0;
}

/* One byte of UTF-8 text as it stands in a JSON string. Returns the bytes written. */
static size_t escape_byte(unsigned char byte, unsigned char unit[UNIT_MAX])
{
	static const char named[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
	                             ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};

	if (byte < sizeof(named) && named[byte]) {
		unit[0] = '\\';
		unit[1] = (unsigned char)named[byte];
		return 2;
	}
	if (byte < 0x20 || byte == 0x7f)
		return escape_code(byte, unit);
	unit[0] = byte;
	return 1;
}

/* Escapes as much as fits into PIECE_SIZE bytes; *used tells how much was read. */
static size_t escape_piece(const unsigned char *bytes, size_t length, size_t *used,
                           unsigned char *piece)
{
	size_t written = 0, i = 0;
	unsigned code;

	while (i < length && written + UNIT_MAX <= PIECE_SIZE) {
		size_t taken = steering(bytes + i, length - i, &code);

		written += taken ? escape_code(code, piece + written)
		                 : escape_byte(bytes[i], piece + written);
		i += taken ? taken : 1;
	}
	*used = i;
	return written;
}

static size_t base64_piece(const unsigned char *bytes, size_t length, size_t *used,
                           unsigned char *piece)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t written = 0, i = 0;

	while (i < length && written + 4 <= PIECE_SIZE) {
		size_t n = length - i < 3 ? length - i : 3;
		unsigned group = (unsigned)bytes[i] << 16 |
		                 (n > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
		                 (n > 2 ? bytes[i + 2] : 0);
		piece[written] = (unsigned char)digits[group >> 18];
		piece[written + 1] = (unsigned char)digits[group >> 12 & 63];
		piece[written + 2] = n > 1 ? (unsigned char)digits[group >> 6 & 63] : '=';
		piece[written + 3] = n > 2 ? (unsigned char)digits[group & 63] : '=';
		written += 4;
		i += n;
	}
	*used = i;
	return written;
}

void json_put_string(struct json *json, const char *key, const char *text)
{
	if (!text) {
		json_put_null(json, key);
		return;
	}
	const unsigned char *bytes = (const unsigned char *)text;
	size_t length = strlen(text), used = 0;
	bool utf8 = text_is_utf8(text, length);

	lead(json, key, utf8 ? "" : "_base64");
	output_string("\"");
	for (size_t at = 0; at < length; at += used) {
		unsigned char piece[PIECE_SIZE];
		size_t n =
			(utf8 ? escape_piece : base64_piece)(bytes + at, length - at, &used, piece);
		output_bytes(piece, n);
	}
	output_string("\"");
}

void json_put_secret(struct json *json, const char *key, const struct secret *secret)
{
	SECRET_AUTO *piece = NULL;
	size_t used = 0;

	if (!secret) {
		json_put_null(json, key);
		return;
	}
	if (secret_new(&piece, PIECE_SIZE, NULL) != 0) {
		output_fail(ENOMEM);
		return;
	}
	bool utf8 = text_is_utf8(secret->bytes, secret->length);
	lead(json, key, utf8 ? "" : "_base64");
	output_string("\"");
	for (size_t at = 0; at < secret->length; at += used) {
		piece->length = (utf8 ? escape_piece : base64_piece)(secret->bytes + at,
		                                                     secret->length - at, &used,
		                                                     piece->bytes);
		output_secret(piece);
	}
	output_string("\"");
}

void json_put_number(struct json *json, const char *key, int64_t number)
{
	lead(json, key, "");
	output_format("%" PRId64, number);
}

void json_put_real(struct json *json, const char *key, double number)
{
	long long tenths =
		(long long)(number * 10 + 0.5); /* the locale's decimal comma is no JSON */

	lead(json, key, "");
	output_format("%lld.%lld", tenths / 10, tenths % 10);
}

void json_put_bool(struct json *json, const char *key, bool value)
{
	lead(json, key, "");
	output_string(value ? "true" : "false");
}

void json_put_null(struct json *json, const char *key)
{
	lead(json, key, "");
	output_string("null");
}

void json_put_time(struct json *json, const char *key, int64_t seconds)
{
	char text[DATE_RFC3339_SIZE];

	if (seconds == 0)
		json_put_null(json, key);
	else
		json_put_string(json, key, date_rfc3339(seconds, text));
}
