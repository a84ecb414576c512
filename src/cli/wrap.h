/* Lines for people: broken between words, where the terminal would break them anywhere. */
#ifndef CLI_WRAP_H
#define CLI_WRAP_H

#include <stddef.h>

/* Columns of the terminal at `fd`; 0: it is none, or does not tell. */
size_t wrap_columns(int fd);

/* Turns blanks of a line of text into newlines so that what is between fits into `columns`, one for
 * each code point; 0: changes nothing. A word that does not fit alone, and the blanks in front of
 * the first one, are left to the terminal. `used` columns of the first line are taken already. */
void wrap_line(char *text, size_t columns, size_t used);

#endif
