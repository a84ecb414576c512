/*
 * Random passwords and passphrases.
 *
 * Characters are drawn with randombytes_uniform(3) (no modulo bias). A password with required
 * classes is drawn by rejection: whole candidates are drawn until each required class appears, so
 * every password that satisfies the rule is equally likely.
 */
#ifndef VAULT_GENERATE_H
#define VAULT_GENERATE_H

#include <vault/error.h>
#include <vault/rules.h>
#include <vault/secret.h>

enum charset {
	CHARSET_LOWER = 1 << 0,  /* a-z */
	CHARSET_UPPER = 1 << 1,  /* A-Z */
	CHARSET_DIGIT = 1 << 2,  /* 0-9 */
	CHARSET_SYMBOL = 1 << 3, /* the 32 other printable ASCII characters, without space */
	CHARSET_ALL = 15,
};

#define GENERATE_LENGTH_DEFAULT 32
#define GENERATE_LENGTH_LONGEST 128 /* what "the longest" means while nothing limits a service */
#define GENERATE_LENGTH_MAX 4096
#define GENERATE_WORDS_MAX 128
#define GENERATE_WORDLIST_SIZE 7776 /* 6^5, so that five dice pick a word */

struct generate_rule {
	unsigned length;   /* characters, 1 … GENERATE_LENGTH_MAX, not fewer than the classes */
	unsigned classes;  /* enum charset, or'ed: each is allowed and required at least once */
	const char *extra; /* further characters allowed, not required: a list `[…]`, or NULL */
	bool unambiguous;  /* leave out 0 O o 1 I l |, which look alike, wherever they come from */
	unsigned words;    /* > 0: a passphrase of that many words instead, joined by '-' */
	bool by_rules;     /* as `rules` say, and nothing else; a length of 0 is the longest */
	struct rules rules;
};

/* Reads a --charset argument: class names (lower, upper, digit, symbol, alnum, all, unambiguous)
 * and at most one list of extra characters, joined by commas: `lower,digit,[-_.]`. A list is
 * printable ASCII in brackets, without ranges; a `]` in it comes first: `[]{}]`. What follows its
 * closing bracket is not part of it.
 *
 * Sets `classes` and `extra`, which borrows from `text`, and `unambiguous` where it is named; the
 * rest of the rule stays. "unambiguous" alone means all classes. VAULT_USAGE failure names the part
 * it does not know; `rule` is then as it was. */
int generate_parse_charset(const char *text, struct generate_rule *rule, struct error *err);

/* Gives a password. `ret_bits` (may be NULL): its entropy in bits, log2 of the number of equally
 * likely outcomes. VAULT_USAGE failure when the rule cannot be met. */
int generate_password(const struct generate_rule *rule, struct secret **ret_password,
                      double *ret_bits, struct error *err);

#endif
