#include <string.h>

#include "rule.h"
#include "service.h"

bool rule_given(const struct rule_options *options)
{
	return options->length >= 0 || options->words >= 0 || options->charset;
}

static int check(const struct rule_options *options, struct error *err)
{
	if (options->words >= 0 && (options->length >= 0 || options->charset))
		return error_set(err, VAULT_USAGE,
		                 "--words goes neither with --length nor with --charset");
	return 0;
}

/* The rules of the service: 1 when there are none. Somebody who says what to use knows better than
 * an entry or a list. */
static int read_rules(const struct rule_options *options, const struct entry *entry,
                      struct rules *ret_rules, struct error *err)
{
	if (options->words >= 0 || options->charset)
		return 1;
	if (options->rules)
		return rules_parse(options->rules, ret_rules, err);
	return entry ? service_rules(entry, ret_rules, err) : 1;
}

int rule_read(const struct rule_options *options, const struct config *config,
              const struct entry *entry, unsigned length, struct generate_rule *ret_rule,
              struct error *err)
{
	struct generate_rule rule = {.length = length, .classes = CHARSET_ALL};
	const char *charset = options->charset ? options->charset : config->generate_charset;
	int r = check(options, err);

	if (r == 0)
		r = read_rules(options, entry, &rule.rules, err);
	if (r < 0)
		return r;
	rule.by_rules = r == 0;
	if (options->words >= 0)
		rule.words = (unsigned)options->words;
	else if (options->length < 0 && !options->charset && !rule.by_rules)
		rule.words = (unsigned)config->generate_words;
	if (options->length >= 0)
		rule.length = (unsigned)options->length;
	else if (rule.by_rules)
		rule.length = 0;
	else if (config->generate_length > 0)
		rule.length = (unsigned)config->generate_length;
	if (charset) {
		r = generate_parse_charset(charset, &rule, err);
		if (r < 0)
			return r;
	}
	*ret_rule = rule;
	return 0;
}
