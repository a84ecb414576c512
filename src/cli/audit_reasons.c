#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <vault/variant.h>

#include "audit_report.h"
#include "output.h"

#define YEAR_SECONDS 31556952

const char *audit_differs(unsigned how, char words[VARIANT_WORDS_SIZE])
{
	return how ? variant_words(how, words) : "the same password";
}

/* The file can be tried against at leisure: more is asked of it than of other passwords. */
bool audit_master_weak(const struct audit_report *report)
{
	return report->master_weighed && report->master.score <= STRENGTH_WEAK;
}

/* A sentence that grows, reason by reason. */
struct sentence {
	FILE *text;
	bool more;
};

static FILE *next(struct sentence *sentence)
{
	if (sentence->more)
		fputs("; ", sentence->text);
	sentence->more = true;
	return sentence->text;
}

static void leaked(struct sentence *sentence, const struct plan_action *action)
{
	char words[VARIANT_WORDS_SIZE];

	if (action->findings & FINDING_BURNED && action->burned_how)
		fprintf(next(sentence), "a variant of it leaked at %s (%s)", action->burned_at,
		        variant_words(action->burned_how, words));
	else if (action->findings & FINDING_BURNED)
		fprintf(next(sentence), "its password leaked at %s", action->burned_at);
	if (action->findings & FINDING_MASTER)
		fputs("it has the master password of this vault", next(sentence));
	if (action->findings & FINDING_BREACHED && action->seen > 0)
		fprintf(next(sentence), "in the list of leaked passwords, seen %" PRIu64 " times",
		        action->seen);
	else if (action->findings & FINDING_BREACHED)
		fputs("in the list of leaked passwords", next(sentence));
}

static void alike(struct sentence *sentence, const struct plan_action *action)
{
	char words[VARIANT_WORDS_SIZE];

	if (action->findings & FINDING_SHARED && action->n_shared > 1)
		fprintf(next(sentence), "shared with %s and %zu more", action->shared_with,
		        action->n_shared - 1);
	else if (action->findings & FINDING_SHARED)
		fprintf(next(sentence), "shared with %s", action->shared_with);
	if (action->findings & FINDING_FAMILY)
		fprintf(next(sentence), "a variant of that of %s: %s", action->like,
		        variant_words(action->how, words));
}

char *audit_reasons(const struct plan_action *action)
{
	struct sentence sentence = {0};
	char *text = NULL;
	size_t length;

	sentence.text = open_memstream(&text, &length);
	if (!sentence.text) {
		output_fail(ENOMEM);
		return NULL;
	}
	if (action->role != ROLE_OTHER)
		fputs(role_word(action->role), next(&sentence));
	if (action->falls > 0)
		fprintf(next(&sentence), "%zu other%s can be reset through it", action->falls,
		        action->falls == 1 ? "" : "s");
	leaked(&sentence, action);
	alike(&sentence, action);
	if (action->findings & FINDING_WEAK)
		fprintf(next(&sentence), "%s, about 2^%.0f guesses",
		        strength_word(action->strength.score), action->strength.bits);
	if (action->findings & FINDING_OLD)
		fprintf(next(&sentence), "%lld years old",
		        (long long)(time(NULL) - action->since) / YEAR_SECONDS);
	if (fclose(sentence.text) != 0) {
		free(text);
		text = NULL;
		output_fail(ENOMEM);
	}
	return text;
}
