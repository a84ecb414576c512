/*
 * Looks for secrets in all memory that this process can write to: heap, stacks, locked chunks, data
 * of the libraries.
 *
 * What is looked for (needles) is kept masked, so as not to find itself. Pieces of eight bytes are
 * found, one beginning at every fourth byte of a needle: no eleven bytes in a row go unseen.
 */
#ifndef RESIDUE_H
#define RESIDUE_H

#include <stdbool.h>
#include <stddef.h>

/* Remembers `length` bytes, at least eight, under a name for reports; `name` is borrowed. The
 * caller wipes the bytes. */
void residue_remember(const char *name, const void *bytes, size_t length);

/* Counts the pieces that are in memory, -1 where it cannot be seen. With `tell`, the first twenty
 * are printed with where they are. `only` NULL: all needles, else those of that name. */
int residue_count(const char *only, bool tell);

#endif
