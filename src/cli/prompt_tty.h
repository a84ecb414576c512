/*
 * The terminal's side of a question: modes and signals. Used by prompt.c and choose_screen.c.
 */
#ifndef CLI_PROMPT_TTY_H
#define CLI_PROMPT_TTY_H

#include <signal.h>
#include <stdbool.h>
#include <termios.h>

#include <vault/error.h>

#include "line_edit.h"

#define TTY_SIGNALS 7

/* A question being asked. */
struct tty_question {
	const char *text;
	bool hidden; /* no echo, no line editing by the kernel */
	const char
		*after; /* written when it is left, for a stop, too; NULL: a stop ends the line */
	bool screen;    /* it is drawn on the whole screen: see TTY_REDRAW */
	int fd;
	struct termios before;
	sigset_t mask_before;
	struct sigaction actions_before[TTY_SIGNALS];
};

/* The descriptor of /dev/tty, or -1. It stays open. */
int tty_descriptor(void);

/* Sets the terminal up and puts the question. tty_end undoes all of it and must follow. */
int tty_begin(struct tty_question *question, struct error *err);
void tty_end(struct tty_question *question);

/* Waits for a byte. Returns 1 and the byte; 0 at the end of input; VAULT_INTERRUPTED failure for a
 * signal. A stop (Ctrl-Z) happens inside; TTY_REDRAW of a hidden question then: it was put again,
 * and what was typed before counts no more (what is shown the terminal forgets by itself). */
int tty_byte(struct tty_question *question, unsigned char *ret_byte, struct error *err);

/* The same for at most so many milliseconds, -1: without end. Answers besides: */
enum tty_answer {
	TTY_SILENCE = 2, /* nothing came */
	TTY_REDRAW = 3,  /* a screen is to be drawn: it has another size, or is back from a stop */
};
int tty_byte_within(struct tty_question *question, int milliseconds, unsigned char *ret_byte,
                    struct error *err);

/* The keys that the terminal has for editing a line. */
void tty_line_keys(const struct tty_question *question, struct line_keys *ret_keys);

/* What prompt_quiet promises. */
void tty_quiet(bool quiet);

int tty_signal(void); /* which signal ended the last question, or 0 */

void tty_write(const void *bytes, size_t length);
void tty_text(const char *text); /* newlines work in every mode of the terminal */

#endif
