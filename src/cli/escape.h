/*
 * Stored text on a terminal: what could steer the terminal (control characters, bidirectional
 * overrides) or is no UTF-8 is shown as an escape such as \x1b, everything else as it is.
 *
 * Works piecewise, so that a secret can be escaped within a small locked buffer.
 */
#ifndef CLI_ESCAPE_H
#define CLI_ESCAPE_H

#include <stddef.h>

#define ESCAPE_UNIT_MAX 6 /* bytes that one step can put out: "\u202e" */

/* Escapes as much of `bytes` as fits into `out` (at least ESCAPE_UNIT_MAX bytes, not terminated).
 * Returns the bytes written; *ret_used tells how many were read. Call until all are read. */
size_t escape_text(const unsigned char *bytes, size_t length, size_t *ret_used, char *out,
                   size_t size);

/* The same for a whole string into `out`, terminated and cut where it does not fit. Returns `out`.
 */
const char *escape_string(const char *text, char *out, size_t size);

/* How many columns escape_text's output takes; see text_columns. */
size_t escape_columns(const char *text);

#endif
