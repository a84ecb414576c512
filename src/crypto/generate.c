#include <vault/generate.h>

#include <math.h>
#include <sodium.h>
#include <string.h>

#include "crypto/seal.h"
#include "crypto/wordlist.h"

#define CLASSES 4
#define PRINTABLE_FIRST 0x20
#define PRINTABLE_LAST 0x7e
#define LOOK_ALIKE "0Oo1Il|"

struct alphabet {
	char characters[PRINTABLE_LAST - PRINTABLE_FIRST + 1];
	unsigned size;
	unsigned class_size[CLASSES]; /* of the required classes; 0 for the others */
	unsigned required;            /* enum charset */
};

static const struct {
	const char *name;
	unsigned classes;
} charset_names[] = {
	{"lower", CHARSET_LOWER},
	{"upper", CHARSET_UPPER},
	{"digit", CHARSET_DIGIT},
	{"symbol", CHARSET_SYMBOL},
	{"alnum", CHARSET_LOWER | CHARSET_UPPER | CHARSET_DIGIT},
	{"all", CHARSET_ALL},
};

/* The number (of bit) of the class a character is in, CLASSES for the space. */
static unsigned class_of(char c)
{
	if (c >= 'a' && c <= 'z')
		return 0;
	if (c >= 'A' && c <= 'Z')
		return 1;
	if (c >= '0' && c <= '9')
		return 2;
	return c == ' ' ? CLASSES : 3;
}

/* Where the list of extra characters `[…]` at `text` ends: at its `]`, which may also come first,
 * to mean itself. NULL where there is none. */
static const char *extra_end(const char *text)
{
	return text[0] == '[' && text[1] != '\0' ? strchr(text + 2, ']') : NULL;
}

static bool is_printable(char c)
{
	return c >= PRINTABLE_FIRST && c <= PRINTABLE_LAST;
}

/* Takes one part of a --charset argument. */
static int take_name(const char *part, size_t length, struct generate_rule *rule, struct error *err)
{
	if (length == strlen("unambiguous") && memcmp(part, "unambiguous", length) == 0) {
		rule->unambiguous = true;
		return 0;
	}
	for (size_t i = 0; i < sizeof(charset_names) / sizeof(charset_names[0]); i++) {
		if (strlen(charset_names[i].name) == length &&
		    memcmp(charset_names[i].name, part, length) == 0) {
			rule->classes |= charset_names[i].classes;
			return 0;
		}
	}
	return error_set(err, VAULT_USAGE,
	                 "unknown character class '%.*s' (lower, upper, digit, symbol, alnum, all, "
	                 "unambiguous or a list in brackets)",
	                 (int)(length < 64 ? length : 64), part);
}

/* Takes the list at `text`; gives the place of its `]`. */
static int take_list(const char *text, struct generate_rule *rule, const char **ret_end,
                     struct error *err)
{
	*ret_end = extra_end(text);
	if (!*ret_end)
		return error_set(err, VAULT_USAGE, "the list of characters '%.64s' has no end",
		                 text);
	if (rule->extra)
		return error_set(err, VAULT_USAGE, "only one list of characters can be given");
	for (const char *c = text + 1; c < *ret_end; c++)
		if (!is_printable(*c))
			return error_set(err, VAULT_USAGE,
			                 "a list of characters holds printable ASCII only");
	rule->extra = text;
	return 0;
}

int generate_parse_charset(const char *text, struct generate_rule *rule, struct error *err)
{
	struct generate_rule parsed = *rule;
	size_t length;
	const char *end;
	int r;

	parsed.classes = 0;
	parsed.extra = NULL;
	for (;;) {
		if (*text == '[') {
			r = take_list(text, &parsed, &end, err);
			length = r < 0 ? 0 : (size_t)(end + 1 - text);
			if (r == 0 && text[length] != ',' && text[length] != '\0')
				r = error_set(err, VAULT_USAGE,
				              "a comma is missing behind the list of characters");
		} else {
			length = strcspn(text, ",");
			r = take_name(text, length, &parsed, err);
		}
		if (r < 0)
			return r;
		if (text[length] == '\0')
			break;
		text += length + 1;
	}
	if (parsed.classes == 0 && !parsed.extra) /* "unambiguous" alone */
		parsed.classes = CHARSET_ALL;
	*rule = parsed;
	return 0;
}

/* Every character once, whatever classes and extra characters have in common. */
static int alphabet_make(struct alphabet *alphabet, const struct generate_rule *rule,
                         struct error *err)
{
	bool member[PRINTABLE_LAST + 1] = {false};
	const char *end;

	if ((rule->classes & ~(unsigned)CHARSET_ALL) != 0)
		return error_set(err, VAULT_USAGE, "unknown character class");
	for (char c = PRINTABLE_FIRST; c <= PRINTABLE_LAST; c++)
		member[(unsigned char)c] = (rule->classes & 1U << class_of(c)) != 0;
	if (rule->extra) {
		end = extra_end(rule->extra);
		for (const char *c = rule->extra + 1; end && c < end; c++) {
			if (!is_printable(*c))
				end = NULL;
			else
				member[(unsigned char)*c] = true;
		}
		if (!end)
			return error_set(err, VAULT_USAGE,
			                 "extra characters are printable ASCII in brackets");
	}
	*alphabet = (struct alphabet){.required = rule->classes};
	for (char c = PRINTABLE_FIRST; c <= PRINTABLE_LAST; c++) {
		if (!member[(unsigned char)c] || (rule->unambiguous && strchr(LOOK_ALIKE, c)))
			continue;
		alphabet->characters[alphabet->size++] = c;
		if (rule->classes & 1U << class_of(c))
			alphabet->class_size[class_of(c)]++;
	}
	if (alphabet->size == 0)
		return error_set(err, VAULT_USAGE, "no characters to make a password of");
	return 0;
}

/* The share of all strings over the alphabet that hold every required class, by inclusion and
 * exclusion over the classes that are missing. The share is never under one in fifty, so nothing of
 * note cancels out, and a password never takes many candidates. */
static long double share_satisfying(const struct alphabet *alphabet, unsigned length)
{
	long double share = 0;

	for (unsigned missing = 0; missing <= CHARSET_ALL; missing++) {
		unsigned left = alphabet->size, classes = 0;

		if ((missing & ~alphabet->required) != 0)
			continue;
		for (unsigned i = 0; i < CLASSES; i++) {
			if (missing & 1U << i) {
				left -= alphabet->class_size[i];
				classes++;
			}
		}
		share += (classes % 2 == 0 ? 1 : -1) *
		         powl((long double)left / alphabet->size, length);
	}
	return share;
}

/* Draws one candidate; tells whether every required class is in it. */
static bool draw(char *candidate, unsigned length, const struct alphabet *alphabet)
{
	unsigned seen = 0;

	for (unsigned i = 0; i < length; i++) {
		candidate[i] = alphabet->characters[randombytes_uniform(alphabet->size)];
		seen |= 1U << class_of(candidate[i]);
	}
	return (seen & alphabet->required) == alphabet->required;
}

static int generate_characters(const struct generate_rule *rule, struct secret **ret_password,
                               double *ret_bits, struct error *err)
{
	struct alphabet alphabet = {0};
	unsigned required = (unsigned)__builtin_popcount(rule->classes);
	int r;

	if (rule->length == 0 || rule->length > GENERATE_LENGTH_MAX)
		return error_set(err, VAULT_USAGE,
		                 "a password's length is 1 to %d characters, not %u",
		                 GENERATE_LENGTH_MAX, rule->length);
	if (rule->length < required)
		return error_set(err, VAULT_USAGE,
		                 "%u character classes do not fit into %u characters", required,
		                 rule->length);
	r = alphabet_make(&alphabet, rule, err);
	if (r < 0)
		return r;
	r = secret_new(ret_password, rule->length, err);
	if (r < 0)
		return r;
	while (!draw((char *)(*ret_password)->bytes, rule->length, &alphabet))
		;
	(*ret_password)->length = rule->length;
	if (ret_bits)
		*ret_bits = (double)(rule->length * log2l(alphabet.size) +
		                     log2l(share_satisfying(&alphabet, rule->length)));
	return 0;
}

static int generate_words(unsigned words, struct secret **ret_password, double *ret_bits,
                          struct error *err)
{
	SECRET_AUTO *password = NULL;
	const char *word;
	int r;

	if (words > GENERATE_WORDS_MAX)
		return error_set(err, VAULT_USAGE, "a passphrase has at most %d words, not %u",
		                 GENERATE_WORDS_MAX, words);
	r = secret_new(&password, words * (size_t)(WORDLIST_WORD_MAX + 1), err);
	for (unsigned i = 0; i < words && r == 0; i++) {
		word = wordlist[randombytes_uniform(GENERATE_WORDLIST_SIZE)];
		if (i > 0)
			r = secret_append(password, "-", 1, err);
		if (r == 0)
			r = secret_append(password, word, strlen(word), err);
	}
	if (r < 0)
		return r;
	if (ret_bits) /* no word holds a '-', so every choice of words reads differently */
		*ret_bits = words * log2(GENERATE_WORDLIST_SIZE);
	*ret_password = password;
	password = NULL;
	return 0;
}

int generate_password(const struct generate_rule *rule, struct secret **ret_password,
                      double *ret_bits, struct error *err)
{
	int r;

	*ret_password = NULL;
	r = crypto_start(err);
	if (r < 0)
		return r;
	if (rule->words > 0)
		return generate_words(rule->words, ret_password, ret_bits, err);
	if (rule->by_rules)
		return rules_generate(&rule->rules, rule->length, ret_password, ret_bits, err);
	return generate_characters(rule, ret_password, ret_bits, err);
}
