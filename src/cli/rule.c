#include <string.h>

#include "rule.h"

bool rule_given(const struct rule_options *options)
{
	return options->length >= 0 || options->words >= 0 || options->charset;
}

int rule_read(const struct rule_options *options, const struct config *config, unsigned length,
              struct generate_rule *ret_rule, struct error *err)
{
	struct generate_rule rule = {.length = length, .classes = CHARSET_ALL};
	const char *charset = options->charset ? options->charset : config->generate_charset;
	bool characters = options->length >= 0 || options->charset;

	if (options->words >= 0 && characters)
		return error_set(err, VAULT_USAGE,
		                 "--words goes neither with --length nor with --charset");
	if (options->words >= 0)
		rule.words = (unsigned)options->words;
	else if (!characters)
		rule.words = (unsigned)config->generate_words;
	if (options->length >= 0)
		rule.length = (unsigned)options->length;
	else if (config->generate_length > 0)
		rule.length = (unsigned)config->generate_length;
	if (charset) {
		int r = generate_parse_charset(charset, &rule, err);
		if (r < 0)
			return r;
	}
	*ret_rule = rule;
	return 0;
}
