/* The options that say how to make a password, shared by all commands that make one. */
#ifndef CLI_RULE_H
#define CLI_RULE_H

#include <stdbool.h>

#include <vault/entry.h>
#include <vault/error.h>
#include <vault/generate.h>

#include "config.h"
#include "options.h"

struct rule_options {
	int length, words; /* -1: not given */
	const char *charset, *rules;
};

#define RULE_OPTIONS(type, rule) \
	OPTION_NUMBER(type, rule.length, 0, "length", "N", 1, GENERATE_LENGTH_MAX, \
	              "characters of the password that is made"), \
		OPTION_NUMBER(type, rule.words, 0, "words", "N", 1, GENERATE_WORDS_MAX, \
	                      "make a passphrase of N random words"), \
		OPTION_TEXT_OF(WORD_CHARSET, type, rule.charset, 0, "charset", "LIST", \
	                       "characters to use, such as lower,digit,[-_]"), \
		OPTION_TEXT(type, rule.rules, 0, "rules", "RULES", \
	                    "what the service accepts, such as 'maxlength: 20'")

/* Is any of them given that says to make one? Rules alone do not: an entry can have them beside a
 * password that is there already. */
bool rule_given(const struct rule_options *options);

/* Gives the rule: what the options say; else the rules that `entry` has (may be NULL), else those
 * that a loaded list has for its addresses; else the configuration, else `length` characters of all
 * classes. It borrows from options and configuration. */
int rule_read(const struct rule_options *options, const struct config *config,
              const struct entry *entry, unsigned length, struct generate_rule *ret_rule,
              struct error *err);

#endif
