/*
 * Editing a line that is not shown, byte by byte, straight in a secret.
 */
#ifndef CLI_LINE_EDIT_H
#define CLI_LINE_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/secret.h>

/* The bytes that mean something; 0 for none. They come from the terminal's settings. */
struct line_keys {
	unsigned char erase, word_erase, kill, end, literal;
};

struct line_edit {
	struct secret *line; /* grows as needed; wiped behind what was erased */
	size_t max;          /* bytes; what is typed beyond is dropped and `too_long` set */
	bool too_long;
	bool literal; /* the next byte is text, whatever it is */
};

enum line_event {
	LINE_MORE,   /* go on */
	LINE_DONE,   /* the line was ended by Enter, or by `end` behind text */
	LINE_END,    /* `end` on an empty line: nobody wants to answer */
	LINE_MEMORY, /* out of memory */
};

/* Back to an empty line. */
void line_edit_clear(struct line_edit *edit);

/* Takes one byte. Erasing removes a whole UTF-8 character; a word is what stands between blanks. */
enum line_event line_edit_byte(struct line_edit *edit, const struct line_keys *keys,
                               unsigned char byte);

#endif
