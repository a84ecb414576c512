#include "family_report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <vault/variant.h>

#include "cleanup.h"
#include "dates.h"
#include "output.h"
#include "results.h"

#define PAIR_COLUMNS 32

void use_json(struct json *json, const struct audit_use *use)
{
	json_put_object(json, NULL);
	json_put_string(json, "name", use->name);
	json_put_string(json, "state", entry_state_name(use->state));
	json_put_time(json, "since", use->since);
	json_put_time(json, "until", use->until);
	json_put_string(json, "reason", use->reason);
	json_close(json);
}

static const char *differs(unsigned how, char words[VARIANT_WORDS_SIZE])
{
	return how ? variant_words(how, words) : "the same password";
}

/* Only a former password needs dates: those in use have all been there since they were set. */
static void print_link(const struct audit_family *family, const struct audit_link *link)
{
	static const char *const states[] = {[ENTRY_LIVE] = "",
	                                     [ENTRY_TRASHED] = ", in the trash",
	                                     [ENTRY_PURGED] = ", deleted"};
	const struct audit_use *from = &family->uses[link->from], *to = &family->uses[link->to];
	bool former = from->until != 0;
	FREE_AUTO char *pair = NULL;
	FREE_AUTO char *text = NULL;
	char words[VARIANT_WORDS_SIZE], span[DATE_SPAN_SIZE];

	if (asprintf(&pair, "%s ~ %s:", from->name, to->name) < 0 ||
	    asprintf(&text, "%s%s%s%s%s%s", differs(link->how, words), former ? "; " : "",
	             former ? date_span(from->since, from->until, span) : "", states[from->state],
	             from->reason ? "; on purpose: " : "", from->reason ? from->reason : "") < 0)
		output_fail(ENOMEM);
	output_string("  ");
	output_padded(pair, PAIR_COLUMNS);
	output_sentence(text, PAIR_COLUMNS + 2);
	output_string("\n");
}

const char *family_realm(const struct chain *chain, const struct audit_family *family)
{
	const char *realm = NULL;

	for (size_t i = 0; i < family->n_uses; i++) {
		const struct chain_entry *entry;

		if (family->uses[i].state != ENTRY_LIVE)
			continue;
		entry = chain_find(chain, family->uses[i].name);
		if (!entry || !entry->realm || (realm && strcmp(realm, entry->realm) != 0))
			return NULL;
		realm = entry->realm;
	}
	return realm;
}

void family_report_text(const struct audit_family *family)
{
	output_string(family->now ? "Passwords in use are variants of one another\n"
	                          : "A password in use is a variant of a former one\n");
	for (size_t i = 0; i < family->n_links; i++)
		print_link(family, &family->links[i]);
}

void family_report_json(struct json *json, const struct audit_family *family, const char *realm)
{
	char words[VARIANT_WORDS_SIZE];

	json_put_object(json, NULL);
	json_put_bool(json, "now", family->now);
	json_put_string(json, "realm", realm);
	json_put_array(json, "uses");
	for (size_t i = 0; i < family->n_uses; i++)
		use_json(json, &family->uses[i]);
	json_close(json);
	json_put_array(json, "links");
	for (size_t i = 0; i < family->n_links; i++) {
		const struct audit_link *link = &family->links[i];

		json_put_object(json, NULL);
		json_put_string(json, "name", family->uses[link->from].name);
		json_put_string(json, "like", family->uses[link->to].name);
		json_put_string(json, "differs", differs(link->how, words));
		json_close(json);
	}
	json_close(json);
	json_close(json);
}
