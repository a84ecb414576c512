/*
 * The terminal's side of a question: modes and signals. Used by prompt.c alone.
 */
#ifndef CLI_PROMPT_TTY_H
#define CLI_PROMPT_TTY_H

#include <signal.h>
#include <stdbool.h>
#include <termios.h>

#include <vault/error.h>

#define TTY_SIGNALS 6

/* A question being asked. */
struct tty_question {
	const char *text;
	bool hidden; /* no echo, no line editing by the kernel */
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
 * signal. A stop (Ctrl-Z) happens inside. */
int tty_byte(struct tty_question *question, unsigned char *ret_byte, struct error *err);

/* What prompt_quiet promises. */
void tty_quiet(bool quiet);

int tty_signal(void); /* which signal ended the last question, or 0 */

void tty_write(const void *bytes, size_t length);
void tty_text(const char *text); /* newlines work in every mode of the terminal */

#endif
