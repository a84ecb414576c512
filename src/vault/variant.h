/*
 * The forms of a password, and the comparison of two.
 *
 * A form is a normal form in which variants are equal. Its hash is keyed BLAKE2b under the key of
 * the fingerprints, cut to VARIANT_FORM_BYTES, over the form's letter and then its characters, each
 * as a number of 4 bytes, little-endian. The forms (n is the number of characters):
 *
 *     W  letters alone, small; a season or month is one sign; what is written twice, or there and
 *        back, is taken once. Taken from either end: the one that sorts first
 *     W  the same without the words of the entry's name, user and hosts, where there is one
 *     R  what is left without those words, as it stands, where it has too few letters for W
 *     L  small letters, look-alikes exchanged for letters (4 → a); once, from either end
 *     K  the place of each key on a QWERTY keyboard, moved to the upper left as far as it goes
 *     H  the first n/2 characters as they are; where n is even or more than 8, the first n/2 - 1
 *        as well
 *     T  the same of the last characters
 *
 * Two passwords at an edit distance of 1 (Levenshtein) have an H or a T in common: the one place
 * where they differ leaves one of the halves alone. So have those that differ by two characters
 * that stand together. As many passwords begin or end alike, these two forms only say whom to
 * compare.
 *
 * Random passwords must not meet. A form W needs four letters (three that stand together in a
 * password of fewer than 12 characters; twelve where all are a to f, as in hexadecimal numbers):
 * of two random passwords of 12 printable characters less than one pair in ten million shares one.
 */
#ifndef VAULT_SRC_VARIANT_H
#define VAULT_SRC_VARIANT_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/entry.h>
#include <vault/variant.h>

#include "crypto/fingerprint.h"

#define VARIANT_CHARACTERS_MAX 256 /* longer passwords have no forms: nobody makes them by hand */
#define VARIANT_FORM_BYTES 8
#define VARIANT_FORMS_MAX 8 /* W, W or R, L, K, H and T twice */

struct variant_forms {
	size_t count;
	size_t n_sure; /* the first ones are W, R, L and K: who shares one is a variant */
	unsigned char hashes[VARIANT_FORMS_MAX][VARIANT_FORM_BYTES];
};

/* The forms of a password of this entry: its name, user and URLs are looked at, its password is
 * not. */
void variant_forms(const struct secret *password, const struct entry *entry,
                   const unsigned char key[FINGERPRINT_KEY_BYTES], struct variant_forms *ret_forms);

/* What differs between two passwords: enum variant, or'ed. 0: they are no variants of one another,
 * or the same. */
unsigned variant_compare(const struct secret *a, const struct entry *a_entry,
                         const struct secret *b, const struct entry *b_entry);

/* How many characters that stand together may differ, where the longer of two passwords has n. */
size_t variant_few(size_t n);

#endif
