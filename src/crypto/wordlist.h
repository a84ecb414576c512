/*
 * The words of passphrases: lower-case ASCII, sorted, no two one typing slip apart. Made by
 * wordlist.py, which says where they come from and how they were chosen.
 */
#ifndef CRYPTO_WORDLIST_H
#define CRYPTO_WORDLIST_H

#include <vault/generate.h> /* GENERATE_WORDLIST_SIZE */

#define WORDLIST_WORD_MAX 8 /* letters */

/* Rows of one width instead of pointers: no relocations, and every look-up costs the same. */
extern const char wordlist[GENERATE_WORDLIST_SIZE][WORDLIST_WORD_MAX + 1];

#endif
