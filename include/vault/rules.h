/*
 * Password rules: what a service wants of a password, in the language that browsers know as the
 * attribute `passwordrules` (https://developer.apple.com/password-rules/):
 *
 *     minlength: 8; maxlength: 20; required: lower, upper; required: digit; allowed: [-_.];
 *     max-consecutive: 2
 *
 * Properties end in ';' and come in any order. Of several lengths or max-consecutive the strictest
 * counts; all that is allowed or required is allowed; of each `required` one character must be
 * there, of any class it lists. The same `required` twice wants two characters. When nothing is
 * allowed or required, printable ASCII is. A class is lower, upper, digit, special (all printable
 * ASCII else, with the space), ascii-printable, unicode, or a list `[…]`, in which a '-' may only
 * come first and a ']' only last: there are no ranges. Names are taken in either case; an empty
 * value says nothing, and neither does the number 0, which is refused as a maxlength.
 *
 * A property or class that is not known is refused: a password made by half of the rules would be
 * refused by the service. Characters outside ASCII are understood and never drawn, and so is the
 * space, which forms cut off: unless a list has nothing else.
 */
#ifndef VAULT_RULES_H
#define VAULT_RULES_H

#include <stdbool.h>

#include <vault/error.h>
#include <vault/secret.h>

#define RULES_TEXT_MAX 2048  /* bytes of the rules of one service */
#define RULES_LENGTH_MAX 256 /* the longest minlength that can be met */
#define RULES_REQUIRED_MAX 8 /* different sets that are required */
#define RULES_CHARACTERS 95  /* printable ASCII, from the space on */

/* Owns nothing and can be copied. */
struct rules {
	unsigned min_length;          /* 0: not stated */
	unsigned max_length;          /* 0: not stated */
	unsigned max_consecutive;     /* equal characters in a row; 0: not stated */
	bool drawn[RULES_CHARACTERS]; /* what passwords are made of */
	unsigned n_required;
	unsigned need[RULES_REQUIRED_MAX];    /* characters wanted of each required set */
	unsigned char sets[RULES_CHARACTERS]; /* the required sets it is in, a bit for each */
};

/* VAULT_USAGE failure names the part that is wrong. */
int rules_parse(const char *text, struct rules *ret_rules, struct error *err);

/* Gives a password of `length` characters; 0: as long as the rules allow, at most
 * GENERATE_LENGTH_LONGEST where that is not less than they want. All passwords of that length which
 * satisfy the rules are equally likely: they are counted, not tried, so that it takes as long
 * whatever is wanted. The counts are floating-point numbers; a password's chance differs from the
 * others' by less than one part in 2^40.
 *
 * `ret_bits` (may be NULL): log2 of the number of passwords. VAULT_USAGE failure when there is no
 * such password. */
int rules_generate(const struct rules *rules, unsigned length, struct secret **ret_password,
                   double *ret_bits, struct error *err);

#endif
