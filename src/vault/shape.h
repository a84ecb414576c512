/*
 * The shape of a password: its characters, and the normal forms in which its variants are equal
 * (variant.h). Holds the password: wipe it.
 */
#ifndef VAULT_SHAPE_H
#define VAULT_SHAPE_H

#include <stdint.h>

#include "vault/variant.h"

/* Characters as code points; bytes, where it is no UTF-8. */
struct reading {
	size_t n;
	uint32_t c[VARIANT_CHARACTERS_MAX];
};

/* Signs that are no code points. */
#define SIGN_SEASON 0x110000

struct shape {
	struct reading raw;
	struct reading letters;    /* W from the left, or empty */
	struct reading bare;       /* the same without the entry's words, or empty */
	struct reading rest;       /* R, or empty */
	struct reading lookalikes; /* L from the left, or empty */
	struct reading keys;       /* K, or empty */
	uint32_t seasons[VARIANT_CHARACTERS_MAX / 3]; /* which, in order */
	size_t n_seasons;
	bool twice; /* letters or lookalikes were there twice, and are kept once */
};

/* The shape of a password of that entry (see variant_forms). False: it has none, for it is empty or
 * too long. */
bool shape_of(const struct secret *password, const struct entry *entry, struct shape *ret_shape);
void shape_wipe(struct shape *shape);

bool reading_equal(const struct reading *a, const struct reading *b);
/* Is one the other from its end? */
bool reading_mirrors(const struct reading *a, const struct reading *b);

uint32_t character_small(uint32_t c);
bool character_is_letter(uint32_t c); /* of a small one */
bool character_is_digit(uint32_t c);

/* The season or month that starts there, in small letters: its number from 1 and its length; 0:
 * none (season.c). */
unsigned season_at(const uint32_t *c, size_t n, size_t *ret_length);

#endif
