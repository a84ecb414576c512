/*
 * Variants: passwords that a person makes out of one another, as `Sakura2013!` and `sakura2014`.
 *
 * What is kept of each password is a handful of keyed hashes of *forms*, each of which leaves out
 * what people change (src/vault/variant.h). Two passwords that have a form in common are looked at
 * themselves, and what differs is told in words; a password never is.
 */
#ifndef VAULT_VARIANT_H
#define VAULT_VARIANT_H

#include <vault/secret.h>

/* What differs; several may. */
enum variant {
	VARIANT_CASE = 1 << 0,      /* upper and lower case */
	VARIANT_YEAR = 1 << 1,      /* a year of four digits */
	VARIANT_DIGITS = 1 << 2,    /* digits added, left out or changed */
	VARIANT_SYMBOLS = 1 << 3,   /* the same of other characters */
	VARIANT_MOVED = 1 << 4,     /* digits or symbols stand elsewhere */
	VARIANT_SEASON = 1 << 5,    /* a season or month for another */
	VARIANT_SERVICE = 1 << 6,   /* the service's own name in it */
	VARIANT_LOOKALIKE = 1 << 7, /* a for 4, e for 3, s for $ … */
	VARIANT_KEYBOARD = 1 << 8,  /* typed with the hands in another place */
	VARIANT_REVERSED = 1 << 9,
	VARIANT_CHARACTER = 1 << 10, /* one character changed, added or left out */
	VARIANT_UNKNOWN = 1 << 11,   /* the other one has been erased: only its forms are left */
	VARIANT_TWICE = 1 << 12,     /* written twice, or there and back */
	VARIANT_FEW = 1 << 13,       /* two or three characters that stand together */
};

/* "year changed, upper and lower case": cut when it does not fit. Returns `text`. */
#define VARIANT_WORDS_SIZE 160
const char *variant_words(unsigned how, char text[VARIANT_WORDS_SIZE]);

#endif
