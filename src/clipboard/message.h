/*
 * What goes between a program and vault-clipboard, which it starts:
 *
 *     vault-clipboard put MILLISECONDS SELECTIONS WAY PROGRAM     the value on standard input
 *     vault-clipboard clear
 *
 * SELECTIONS is the number of an enum clipboard_selections; WAY and PROGRAM are empty for NULL. It
 * answers with one struct message on standard output and closes that. Both programs are built and
 * installed together; `size` notices when they were not.
 */
#ifndef CLIPBOARD_MESSAGE_H
#define CLIPBOARD_MESSAGE_H

#include <stdint.h>

#include <vault/clipboard.h>

struct message {
	uint32_t size;   /* of this struct */
	int32_t outcome; /* what clipboard_put or clipboard_clear returns */
	struct clipboard_answer answer;
	struct error error;
};

#endif
