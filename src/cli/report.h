/*
 * What the program says besides its answer: errors, warnings and notes, on standard error, each one
 * line and one write(2), behind what has been answered so far. Whatever is in a message is made
 * safe for a terminal; on one, a long line is broken between words.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdbool.h>

#include <vault/error.h>

/* `quiet` silences notes; warnings and errors are always told. */
void report_quiet(bool quiet);

/* "vault: " and the message; an interruption goes without the prefix. Nothing when there is no
 * message. */
void report_error(const struct error *err);

void report_warning(const char *format, ...) VAULT_PRINTF(1, 2); /* "vault: warning: …" */
void report_note(const char *format, ...) VAULT_PRINTF(1, 2);    /* "…" */

#endif
