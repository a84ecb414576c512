/*
 * Talking to the person at the terminal. Everything goes through /dev/tty, so that standard input
 * and output stay free for data.
 *
 * Whatever ends a question (an answer, Ctrl-C, a hang-up, a request to terminate), the terminal is
 * left as it was found; while the program is stopped (Ctrl-Z) it is, too, and when it goes on the
 * question is put again.
 *
 * Questions return 0 and the answer. VAULT_NOT_FOUND (> 0): the person pressed Ctrl-D instead of
 * answering; no message. Failures: VAULT_LOCKED when there is no terminal; VAULT_INTERRUPTED for a
 * signal, which prompt_signal tells.
 */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>
#include <vault/secret.h>

bool prompt_available(void); /* is there a terminal to ask at? */

/* Asks for a secret of at most `max` bytes; nothing that is typed is shown. Gives the secret,
 * perhaps empty. */
int prompt_secret(const char *question, size_t max, struct secret **ret_secret, struct error *err);

/* Asks for a line of text, shown while it is typed and without blanks around it. Gives the string;
 * free(3). */
int prompt_line(const char *question, char **ret_line, struct error *err);

/* Asks for y or n; Enter means `otherwise`, and so does Ctrl-D mean no. " [Y/n] " is put behind the
 * question. */
int prompt_yes(const char *question, bool otherwise, bool *ret_yes, struct error *err);

/* Asks whether to do something that cannot be undone, unless `yes` was given on the command line.
 * Returns 0 to go on; VAULT_INTERRUPTED failure when the answer is no; VAULT_USAGE failure when
 * there is nobody to ask. */
int prompt_confirm(bool yes, const char *question, struct error *err);

/* Text on the terminal; dropped when there is none. Control characters in it are made safe,
 * newlines kept. */
void prompt_say(const char *format, ...) VAULT_PRINTF(1, 2);
void prompt_show(const struct secret *secret); /* printable by its making: a code, a passphrase */

/* Keeps what is typed from showing, between a question and the end of the work that follows it, and
 * drops it in the end. Signals leave the terminal as it was found here, too. The next question ends
 * it as well. Nothing happens without a terminal, or in the background. */
void prompt_quiet(bool quiet);

/* The signal that ended a question, or 0. After cleaning up, the program should die of it. */
int prompt_signal(void);

#endif
