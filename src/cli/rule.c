#include <string.h>

#include "rule.h"

bool rule_given(const struct rule_options *options)
{
	return options->length >= 0 || options->words >= 0 || options->charset;
}

int rule_read(const struct rule_options *options, unsigned length, struct generate_rule *ret_rule,
              struct error *err)
{
	struct generate_rule rule = {.length = length, .classes = CHARSET_ALL};

	if (options->words >= 0 && (options->length >= 0 || options->charset))
		return error_set(err, VAULT_USAGE,
		                 "--words goes neither with --length nor with --charset");
	if (options->words >= 0)
		rule.words = (unsigned)options->words;
	if (options->length >= 0)
		rule.length = (unsigned)options->length;
	if (options->charset) {
		int r = generate_parse_charset(options->charset, &rule, err);
		if (r < 0)
			return r;
	}
	*ret_rule = rule;
	return 0;
}
