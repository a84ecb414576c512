/* UUIDs (RFC 9562) as text. */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>

#define UUID_BYTES 16
#define UUID_SIZE 37 /* "00112233-4455-6677-8899-aabbccddeeff" and its NUL */

void uuid_write(const unsigned char uuid[UUID_BYTES], char ret_text[UUID_SIZE]);

/* Reads 32 hexadecimal digits; dashes and braces do not matter. */
bool uuid_read(const void *text, size_t length, unsigned char ret_uuid[UUID_BYTES]);

#endif
