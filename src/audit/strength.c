#include <vault/audit.h>

#include <stdlib.h>
#include <string.h>
#include <zxcvbn.h>

#include "audit/strength.h"
#include "base/process.h"

/*
 * The whole password is examined: zxcvbn looks at the first hundred characters in detail and at the
 * rest in passing, so that even 64 KiB take milliseconds.
 */

#define WORDS_MAX 64 /* words known to the attacker; more are not looked at */
#define WORD_MIN 3   /* bytes; shorter ones are in every password */

/* Bits from which the score is 1, 2, 3, 4: log2 of 10^3, 10^6, 10^8, 10^10 guesses. */
static const double thresholds[] = {9.97, 19.93, 26.58, 33.22};

#define SCORE_BEST ((int)(sizeof(thresholds) / sizeof(thresholds[0])))

/* Constants, so that nothing of a password can be in them. */
static const char advice[PATTERN_COUNT][sizeof((struct strength){0}.advice)] = {
	[PATTERN_NONE] =
		"It is short: every further character helps, and a long random password is best.",
	[PATTERN_WORD] = "It is built on a common word, name or password: several words that have "
			 "nothing to do with each other are stronger, a random password is best.",
	[PATTERN_LEET] = "It is a common word with some letters exchanged, a trick that is tried "
			 "early: several unrelated words are stronger, a random password is best.",
	[PATTERN_KNOWN] = "It is built on the user or service name, which is tried first: leave "
			  "that out, or take a random password.",
	[PATTERN_REPEAT] = "It repeats itself, which adds next to nothing: take something else for "
			   "the repetition, or a random password.",
	[PATTERN_SEQUENCE] = "It counts or follows the alphabet, which is tried early: unrelated "
			     "words are stronger, a random password is best.",
	[PATTERN_KEYBOARD] = "It follows neighbouring keys of the keyboard, which is tried early: "
			     "unrelated words are stronger, a random password is best.",
	[PATTERN_DATE] = "It is built on a date or year, of which there are few: leave that out, "
			 "or take a random password.",
};

struct question {
	const struct secret *password;
	const char *const *words;
};

/* Words as zxcvbn takes them, and the memory they are in. */
struct parts {
	const char *items[WORDS_MAX + 1];
	char *copies[2 * WORDS_MAX];
	size_t count, n_copies;
};

static bool is_word_byte(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c >= 0x80;
}

static void lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

static char *copy_lower(struct parts *parts, const char *word)
{
	char *copy = strdup(word);

	if (copy) {
		parts->copies[parts->n_copies++] = copy;
		lower(copy);
	}
	return copy;
}

static void parts_done(struct parts *parts)
{
	for (size_t i = 0; i < parts->n_copies; i++)
		free(parts->copies[i]);
}

/* zxcvbn compares with words in lower case, as they stand. A known word is looked for as a whole
 * and in its parts: "ann@example.org" is ann, example and org too. */
static int split_words(const char *const *words, struct parts *parts)
{
	parts->count = parts->n_copies = 0;
	for (; words && *words && parts->count < WORDS_MAX; words++) {
		char *whole, *part;

		if (strlen(*words) < WORD_MIN)
			continue;
		whole = copy_lower(parts, *words);
		part = copy_lower(parts, *words);
		if (!whole || !part)
			return -1;
		parts->items[parts->count++] = whole;
		while (*part && parts->count < WORDS_MAX) {
			char *end = part;
			bool more;

			while (is_word_byte((unsigned char)*end))
				end++;
			more = *end != '\0';
			*end = '\0';
			if (end - part >= WORD_MIN && strcmp(part, whole) != 0)
				parts->items[parts->count++] = part;
			part = more ? end + 1 : end;
		}
	}
	parts->items[parts->count] = NULL;
	return 0;
}

static enum pattern pattern_of(int type)
{
	if (type & MULTIPLE_MATCH)
		return PATTERN_REPEAT;
	switch (type) {
	case DICTIONARY_MATCH:
		return PATTERN_WORD;
	case DICT_LEET_MATCH:
		return PATTERN_LEET;
	case USER_MATCH:
	case USER_LEET_MATCH:
		return PATTERN_KNOWN;
	case REPEATS_MATCH:
		return PATTERN_REPEAT;
	case SEQUENCE_MATCH:
		return PATTERN_SEQUENCE;
	case SPATIAL_MATCH:
		return PATTERN_KEYBOARD;
	case DATE_MATCH:
	case YEAR_MATCH:
		return PATTERN_DATE;
	default:
		return PATTERN_NONE;
	}
}

/* The pattern that covers most of the password; NONE when none covers a third of it. */
static enum pattern main_pattern(const ZxcMatch_t *matches)
{
	int lengths[PATTERN_COUNT] = {0};
	enum pattern best = PATTERN_WORD;
	int total = 0;

	for (const ZxcMatch_t *match = matches; match; match = match->Next) {
		lengths[pattern_of(match->Type)] += match->Length;
		total += match->Length;
	}
	for (enum pattern pattern = PATTERN_WORD; pattern < PATTERN_COUNT; pattern++)
		if (lengths[pattern] > lengths[best])
			best = pattern;
	return lengths[best] > 0 && lengths[best] >= total / 3 ? best : PATTERN_NONE;
}

int strength_examine(const unsigned char *password, size_t length, const char *const *words,
                     struct strength_answer *ret_answer)
{
	struct parts parts;
	ZxcMatch_t *matches = NULL;
	char *text = malloc(length + 1);
	int r = text ? split_words(words, &parts) : -1;

	if (r == 0) {
		/* zxcvbn takes a C string. A NUL inside counts as another control character, 0x01,
		 * so that what is behind it is not lost. */
		for (size_t i = 0; i < length; i++)
			text[i] = password[i] == 0 ? 1 : (char)password[i];
		text[length] = '\0';
		ret_answer->bits = ZxcvbnMatch(text, parts.items, &matches);
		ret_answer->pattern = main_pattern(matches);
		ZxcvbnFreeInfo(matches);
	}
	if (text)
		parts_done(&parts);
	free(text);
	return r;
}

/* Runs in the child: zxcvbn's copies on heap and stack, and ours, end with it. */
static int examine(const void *context, void *result)
{
	const struct question *question = context;

	return strength_examine(question->password->bytes, question->password->length,
	                        question->words, result);
}

int strength_score(double bits)
{
	int score = 0;

	while (score < SCORE_BEST && bits >= thresholds[score])
		score++;
	return score;
}

void strength_tell(const struct strength_answer *answer, struct strength *ret_strength)
{
	*ret_strength =
		(struct strength){.bits = answer->bits, .score = strength_score(answer->bits)};
	if (ret_strength->score < SCORE_BEST)
		memcpy(ret_strength->advice, advice[answer->pattern],
		       strlen(advice[answer->pattern]) + 1);
}

int audit_strength(const struct secret *password, const char *const *words,
                   struct strength *ret_strength, struct error *err)
{
	struct strength_answer answer = {0};
	int r;

	memset(ret_strength, 0, sizeof(*ret_strength));
	r = process_isolated(examine, &(struct question){.password = password, .words = words},
	                     &answer, sizeof(answer), err);
	if (r < 0)
		return error_context(err, "cannot tell the password's strength");
	strength_tell(&answer, ret_strength);
	return 0;
}

const char *strength_word(int score)
{
	static const char *const words[] = {"very weak", "weak", "fair", "good", "strong"};

	if (score < 0)
		score = 0;
	return words[score < SCORE_BEST ? score : SCORE_BEST];
}
