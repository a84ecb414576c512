/*
 * Text rules shared by the library and the programs on top: names, case folding, nearest names.
 * Unicode work is utf8proc's (NFC: Unicode Standard Annex #15; folding: NFKC_Casefold).
 */
#ifndef VAULT_TEXT_H
#define VAULT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/secret.h>

#define NAME_MAX_BYTES 255 /* bytes of an entry's name in UTF-8 */

/* Checks and normalises a name: NFC UTF-8, 1 … NAME_MAX_BYTES bytes, no control characters, no line
 * or paragraph separators, no leading or trailing white space, none of the characters that turn the
 * direction of writing (they can make one name look like another), at least one that is visible.
 * Gives the normalised string in *ret_name (free(3)). VAULT_USAGE failure says which rule it
 * breaks. */
int text_name(const char *input, char **ret_name, struct error *err);

/* Gives what text_name would take, of at most `most` bytes, made from any bytes: a blank in the
 * place of what a name cannot hold. "" when nothing visible is left; free(3). */
int text_tidy(const void *bytes, size_t length, size_t most, char **ret_text, struct error *err);

/* Gives the case-folded form that is used for lookups and nearest names; free(3). */
int text_fold(const char *input, char **ret_folded, struct error *err);

/* The same into *room, for many texts in turn or for a secret one: nothing of it is anywhere else
 * afterwards. *room, NULL at first, grows as needed; free with secret_free. What is no UTF-8 comes
 * out as it is. */
int text_fold_into(const void *bytes, size_t length, struct secret **room, struct error *err);

/* Is it valid UTF-8 without control characters other than tab and newline? */
bool text_is_printable(const void *bytes, size_t length);
bool text_is_utf8(const void *bytes, size_t length);

/* The next code point of the string, its bytes counted; 0 at the end. Unicode's last one is
 * 0x10ffff; a byte that begins no valid sequence counts as a character of its own behind it, so
 * that two different wrong bytes still differ. */
#define TEXT_INVALID 0x110000
size_t text_next(const char *string, size_t length, int32_t *ret_code_point);

/* Edit distance (Damerau-Levenshtein, restricted) in code points, of two folded strings; stops at
 * `limit` and then returns limit + 1. At most NAME_MAX_BYTES bytes of each are looked at. */
unsigned text_distance(const char *a, const char *b, unsigned limit);

/* Shell-style pattern (*, ?, [a-z], [!a-z]) against a name, both folded by the caller; without any
 * of *?[ in it the pattern matches as a substring. `*` takes '/' too; `?` and a set take one code
 * point; a '[' without its ']' means itself, as does `[[]`. Time is bounded by pattern × name. */
bool text_match(const char *pattern, const char *name);

/* Where a word is in a text, both folded by the caller; the best of its places, which come best
 * first. A word of the text begins behind everything that is no letter, mark or digit. */
enum text_place {
	TEXT_WHOLE,
	TEXT_BEGINNING,
	TEXT_WORD_BEGINNING,
	TEXT_INSIDE,
	TEXT_NOWHERE
};
enum text_place text_find(const void *text, size_t length, const char *word);

/* Columns that a text takes on a terminal: wide characters two, combining ones none. */
size_t text_columns(const char *text, size_t length);

/* How many of the leading bytes fit into so many columns, whole characters. */
size_t text_fit(const char *text, size_t columns);

#endif
