#include "strength.h"
#include "prompt.h"
#include "report.h"

int strength_say(const struct secret *password, const char *const *words,
                 struct strength *ret_strength, struct error *err)
{
	int r = audit_strength(password, words, ret_strength, err);

	if (r < 0)
		return r;
	prompt_say("Strength: %s, about 2^%.0f guesses.%s%s\n", strength_word(ret_strength->score),
	           ret_strength->bits, ret_strength->advice[0] ? " " : "", ret_strength->advice);
	return 0;
}

void strength_warn(const struct secret *password, const char *const *words)
{
	struct strength strength;

	if (audit_strength(password, words, &strength, NULL) == 0 &&
	    strength.score <= STRENGTH_WEAK)
		report_warning("this password is %s, about 2^%.0f guesses.%s%s",
		               strength_word(strength.score), strength.bits,
		               strength.advice[0] ? " " : "", strength.advice);
}

void strength_warn_made(const struct secret *password, double bits)
{
	struct strength strength;

	/* Who guesses may know the rules, or no more than how people choose. */
	if (audit_strength(password, NULL, &strength, NULL) == 0 && strength.bits < bits)
		bits = strength.bits;
	if (strength_score(bits) <= STRENGTH_WEAK)
		report_warning("this password is %s, about 2^%.0f guesses: the rules and the "
		               "length leave no stronger one.",
		               strength_word(strength_score(bits)), bits);
}
