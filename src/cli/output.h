/*
 * The answer: everything that goes to standard output.
 *
 * What is not secret is gathered in memory and written by output_flush, so that a vault can be
 * closed before a slow reader is waited for. A secret is written straight from its locked memory by
 * write(2), after what was gathered so far; nothing of it passes through stdio. A failure to write
 * is remembered and told by output_finish.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>
#include <vault/secret.h>

void output_bytes(const void *bytes, size_t length);
void output_string(const char *string);
void output_format(const char *format, ...) VAULT_PRINTF(1, 2); /* at most 1023 bytes at a time */

/* Stored text for people: made safe where standard output is a terminal, as it is elsewhere. */
void output_text(const char *text);
/* The same with blanks behind it up to that many columns, at least one. */
void output_padded(const char *text, size_t columns);
/* The same for a sentence behind `indent` columns, which a terminal gets in lines broken between
 * words, each behind as many blanks. */
void output_sentence(const char *text, size_t indent);
/* The same with its line breaks, and that many blanks behind each on a terminal. */
void output_secret_text(const struct secret *secret, int indent);

void output_secret(const struct secret *secret); /* the bytes as they are */

bool output_is_terminal(void);
bool output_is_utf8(void);     /* does the locale say so? */
const char *output_mask(void); /* what stands for a secret; asterisks where there are no bullets */

void output_flush(void);
void output_fail(int errnum); /* remembers that a part is missing */

/* From here on to this descriptor; what was gathered is flushed first. */
void output_to(int fd);

/* Flushes, down to the disk where the answer goes to a file: for what must not be lost once the
 * command goes on. A failure is told here and no more by output_finish. */
int output_written(struct error *err);

/* Flushes. VAULT_FAILED failure when anything since the start could not be written. */
int output_finish(struct error *err);

#endif
