/* Base 64 (RFC 4648) as foreign files have it. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/item.h>

/* Decodes in place: the bytes are written over the text. Padding may be missing; blanks and line
 * ends are skipped. False: it is none, and the text is as it was. */
bool base64_decode(char *text, size_t length, struct span *ret_bytes);

/* The four characters of 1 … 3 bytes. */
void base64_group(const unsigned char *bytes, size_t count, char ret_text[4]);

#endif
