/* The options that say how to make a password, shared by `generate`, `add` and `edit`. */
#ifndef CLI_RULE_H
#define CLI_RULE_H

#include <stdbool.h>

#include <vault/error.h>
#include <vault/generate.h>

#include "config.h"
#include "options.h"

struct rule_options {
	int length, words; /* -1: not given */
	const char *charset;
};

#define RULE_OPTIONS(type, rule) \
	OPTION_NUMBER(type, rule.length, 0, "length", "N", 1, GENERATE_LENGTH_MAX, \
	              "characters of the password that is made"), \
		OPTION_NUMBER(type, rule.words, 0, "words", "N", 1, GENERATE_WORDS_MAX, \
	                      "make a passphrase of N random words"), \
		OPTION_TEXT_OF(WORD_CHARSET, type, rule.charset, 0, "charset", "LIST", \
	                       "characters to use, such as lower,digit,[-_]")

/* Is any of them given? */
bool rule_given(const struct rule_options *options);

/* Gives the rule: what the options say, else the configuration, else `length` characters of all
 * classes. It borrows from both. */
int rule_read(const struct rule_options *options, const struct config *config, unsigned length,
              struct generate_rule *ret_rule, struct error *err);

#endif
