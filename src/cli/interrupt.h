/*
 * Ctrl-C, and a request to end, during something long that can still be taken back: it is noted,
 * asked for between two steps, and ends in a sentence that says what became of the work. A second
 * one ends the program at once.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <vault/error.h>

/* From here on signals are noted; interrupt_end must follow. They do what they did before then, and
 * what is asked for in between has its own way with them. Not to be nested. */
void interrupt_begin(void);
void interrupt_end(void);

/* VAULT_INTERRUPTED failure, "Interrupted; `outcome`.", when one has come; else `r`. For after a
 * step, whose failure may have no other reason: children at the terminal get it, too. */
int interrupt_check(int r, const char *outcome, struct error *err);

/* The signal that interrupt_check told of, or 0. Cleaned up, the program should die of it. */
int interrupt_signal(void);

#endif
