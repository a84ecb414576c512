/* The language of password rules: see vault/rules.h. */
#include <vault/rules.h>

#include <string.h>
#include <strings.h>

#define SPACE 0
#define FIRST ' '
#define LAST '~'
#define BLANKS " \t\n\r\f"
#define IDENTIFIER "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"
#define NUMBER_MAX 1000000 /* a larger one means no more */

/* Characters, by their distance from the space. */
struct set {
	bool has[RULES_CHARACTERS];
};

struct parser {
	const char *p;
	struct set allowed;
	struct set required[RULES_REQUIRED_MAX];
	struct rules *rules;
	struct error *err;
};

/* How much of the text to show in a message. */
static int shown(const char *text)
{
	size_t length = strcspn(text, ";");

	return length < 40 ? (int)length : 40;
}

static int wrong(const struct parser *parser, const char *what, const char *at)
{
	return error_set(parser->err, VAULT_USAGE, "the rules are wrong at '%.*s': %s", shown(at),
	                 at, what);
}

static void skip_blanks(struct parser *parser)
{
	parser->p += strspn(parser->p, BLANKS);
}

static bool at_end(const struct parser *parser)
{
	return *parser->p == '\0' || *parser->p == ';';
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

static void add_range(struct set *set, char first, char last)
{
	for (char c = first; c <= last; c++)
		set->has[c - FIRST] = true;
}

static bool is_special(char c)
{
	return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
}

static int parse_class_name(struct parser *parser, struct set *set)
{
	const char *name = parser->p;
	size_t length = strspn(name, IDENTIFIER);

	parser->p += length;
	if (is_word(name, length, "lower"))
		add_range(set, 'a', 'z');
	else if (is_word(name, length, "upper"))
		add_range(set, 'A', 'Z');
	else if (is_word(name, length, "digit"))
		add_range(set, '0', '9');
	else if (is_word(name, length, "ascii-printable") || is_word(name, length, "unicode"))
		add_range(set, FIRST, LAST);
	else if (is_word(name, length, "special"))
		for (char c = FIRST; c <= LAST; c++)
			set->has[c - FIRST] |= is_special(c);
	else
		return wrong(parser,
		             "a class is lower, upper, digit, special, ascii-printable, unicode or "
		             "a list in brackets",
		             name);
	return 0;
}

/* A list in brackets. A ']' that has another one behind it means itself and ends the list. */
static int parse_list(struct parser *parser, struct set *set)
{
	const char *start = parser->p, *end = strchr(start, ']');

	if (!end)
		return wrong(parser, "the list has no end", start);
	end += end[1] == ']';
	for (const char *c = start + 1; c < end; c++) {
		if (*c == '-' && c > start + 1)
			return wrong(parser, "a '-' comes first in a list; there are no ranges",
			             start);
		if (*c >= FIRST && *c <= LAST)
			set->has[*c - FIRST] = true;
	}
	parser->p = end + 1;
	return 0;
}

/* Classes joined by commas, up to the end of the property. */
static int parse_classes(struct parser *parser, struct set *set)
{
	for (;;) {
		int r = *parser->p == '[' ? parse_list(parser, set) : parse_class_name(parser, set);

		if (r < 0)
			return r;
		skip_blanks(parser);
		if (at_end(parser))
			return 0;
		if (*parser->p != ',')
			return wrong(parser, "a comma or ';' is missing", parser->p);
		parser->p++;
		skip_blanks(parser);
	}
}

static int parse_number(struct parser *parser, unsigned *ret_number)
{
	const char *start = parser->p;
	unsigned number = 0;

	for (; *parser->p >= '0' && *parser->p <= '9'; parser->p++)
		if (number < NUMBER_MAX)
			number = 10 * number + (unsigned)(*parser->p - '0');
	if (parser->p == start)
		return wrong(parser, "a number is missing", start);
	*ret_number = number;
	return 0;
}

static bool is_empty(const struct set *set)
{
	static const struct set nothing;

	return memcmp(set, &nothing, sizeof(nothing)) == 0;
}

/* Characters outside ASCII alone leave a set empty: nothing to choose from. */
static int parse_required(struct parser *parser)
{
	struct rules *rules = parser->rules;
	const char *start = parser->p;
	struct set set = {0};
	unsigned i = 0;
	int r = parse_classes(parser, &set);

	if (r < 0)
		return r;
	if (is_empty(&set))
		return wrong(parser, "no character of it is printable ASCII", start);
	while (i < rules->n_required && memcmp(&parser->required[i], &set, sizeof(set)) != 0)
		i++;
	if (i == RULES_REQUIRED_MAX)
		return wrong(parser, "too many sets are required", start);
	parser->required[i] = set;
	rules->n_required += i == rules->n_required;
	rules->need[i]++;
	return 0;
}

static void keep_lower(unsigned *limit, unsigned number)
{
	if (number > 0 && (*limit == 0 || number < *limit))
		*limit = number;
}

static int parse_property(struct parser *parser)
{
	struct rules *rules = parser->rules;
	const char *name = parser->p;
	size_t length = strspn(name, IDENTIFIER);
	bool required = is_word(name, length, "required");
	bool minimum = is_word(name, length, "minlength");
	bool maximum = is_word(name, length, "maxlength");
	unsigned number = 0;
	int r;

	if (!required && !minimum && !maximum && !is_word(name, length, "allowed") &&
	    !is_word(name, length, "max-consecutive"))
		return wrong(parser,
		             "a property is minlength, maxlength, required, allowed or "
		             "max-consecutive",
		             name);
	if (name[length] != ':')
		return wrong(parser, "a ':' is missing behind the name", name);
	parser->p += length + 1;
	skip_blanks(parser);
	if (at_end(parser))
		return 0;
	if (required)
		return parse_required(parser);
	if (is_word(name, length, "allowed"))
		return parse_classes(parser, &parser->allowed);
	r = parse_number(parser, &number);
	if (r == 0 && maximum && number == 0)
		r = wrong(parser, "a password has at least one character", name);
	if (r < 0)
		return r;
	if (minimum)
		rules->min_length = number > rules->min_length ? number : rules->min_length;
	else
		keep_lower(maximum ? &rules->max_length : &rules->max_consecutive, number);
	return 0;
}

static bool has_more_than_space(const struct set *set)
{
	struct set rest = *set;

	rest.has[SPACE] = false;
	return !is_empty(&rest);
}

/* What is drawn: everything that is allowed or required, the space only where it has to be. */
static void join(const struct parser *parser)
{
	struct rules *rules = parser->rules;
	struct set all = parser->allowed;
	bool space = false;

	for (unsigned i = 0; i < rules->n_required; i++) {
		space |= !has_more_than_space(&parser->required[i]);
		for (unsigned c = 0; c < RULES_CHARACTERS; c++) {
			all.has[c] |= parser->required[i].has[c];
			rules->sets[c] |= (unsigned char)(parser->required[i].has[c] << i);
		}
	}
	if (is_empty(&all))
		add_range(&all, FIRST, LAST);
	all.has[SPACE] &= space || !has_more_than_space(&all);
	memcpy(rules->drawn, all.has, sizeof(all.has));
}

int rules_parse(const char *text, struct rules *ret_rules, struct error *err)
{
	struct rules rules = {0};
	struct parser parser = {.p = text, .rules = &rules, .err = err};
	int r;

	if (strlen(text) > RULES_TEXT_MAX)
		return error_set(err, VAULT_USAGE, "password rules have %d bytes at most",
		                 RULES_TEXT_MAX);
	for (skip_blanks(&parser); *parser.p; skip_blanks(&parser)) {
		r = parse_property(&parser);
		if (r < 0)
			return r;
		skip_blanks(&parser);
		if (!at_end(&parser))
			return wrong(&parser, "a ';' is missing", parser.p);
		parser.p += *parser.p == ';';
	}
	if (rules.max_length > 0 && rules.min_length > rules.max_length)
		return error_set(err, VAULT_USAGE,
		                 "the rules want at least %u characters and at most %u",
		                 rules.min_length, rules.max_length);
	if (rules.min_length > RULES_LENGTH_MAX)
		return error_set(err, VAULT_USAGE,
		                 "the rules want at least %u characters; %d can be made",
		                 rules.min_length, RULES_LENGTH_MAX);
	join(&parser);
	*ret_rules = rules;
	return 0;
}
