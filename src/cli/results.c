#include <stdio.h>
#include <string.h>

#include "dates.h"
#include "json.h"
#include "report.h"
#include "results.h"

#define SENTENCE_SIZE 1024

const char *entry_state_name(enum entry_state state)
{
	static const char *const names[] = {[ENTRY_LIVE] = "live",
	                                    [ENTRY_TRASHED] = "trashed",
	                                    [ENTRY_PURGED] = "purged",
	                                    [ENTRY_INCIDENT] = "incident",
	                                    [ENTRY_LOG] = "log"};

	return names[state];
}

static const char *kind_name(enum conflict_kind kind)
{
	static const char *const names[] = {[CONFLICT_MASTER] = "master",
	                                    [CONFLICT_BURNED] = "burned",
	                                    [CONFLICT_SAME_NOW] = "same-now",
	                                    [CONFLICT_SAME_THEN] = "same-then",
	                                    [CONFLICT_BURNED_VARIANT] = "burned-variant",
	                                    [CONFLICT_VARIANT_NOW] = "variant-now",
	                                    [CONFLICT_VARIANT_THEN] = "variant-then"};

	return names[kind];
}

static void describe(const struct conflict *conflict, char sentence[SENTENCE_SIZE])
{
	static const char *const states[] = {[ENTRY_LIVE] = "",
	                                     [ENTRY_TRASHED] = ", which is in the trash",
	                                     [ENTRY_PURGED] = ", which has been deleted"};
	char span[DATE_SPAN_SIZE], words[VARIANT_WORDS_SIZE], day[DATE_DAY_SIZE];

	date_span(conflict->since, conflict->until, span);
	date_day(conflict->since, day);
	if (conflict->kind == CONFLICT_BURNED)
		snprintf(sentence, SENTENCE_SIZE, "this password leaked from '%s' on %s",
		         conflict->name, day);
	else if (conflict->kind == CONFLICT_BURNED_VARIANT)
		snprintf(sentence, SENTENCE_SIZE, "a variant of it leaked from '%s' on %s: %s",
		         conflict->name, day, variant_words(conflict->how, words));
	else if (conflict->kind == CONFLICT_MASTER)
		snprintf(sentence, SENTENCE_SIZE, "this is the master password of the vault");
	else if (conflict->how != 0)
		snprintf(sentence, SENTENCE_SIZE, "a variant of it %s at '%s'%s (%s): %s",
		         conflict->until == 0 ? "is in use" : "was in use", conflict->name,
		         states[conflict->state], span, variant_words(conflict->how, words));
	else
		snprintf(sentence, SENTENCE_SIZE, "this password %s at '%s'%s (%s)",
		         conflict->kind == CONFLICT_SAME_NOW ? "is also in use" : "was in use",
		         conflict->name, states[conflict->state], span);
}

void result_warn(const struct write_result *result)
{
	for (size_t i = 0; i < result->conflicts.count; i++) {
		char sentence[SENTENCE_SIZE];
		if (result->conflicts.items[i].realm)
			continue;
		describe(&result->conflicts.items[i], sentence);
		report_warning("%s", sentence);
	}
}

void result_conflicts(const struct write_result *result)
{
	for (size_t i = 0; i < result->conflicts.count; i++) {
		char sentence[SENTENCE_SIZE];
		struct error line = {0};
		if (result->conflicts.items[i].realm)
			continue;
		describe(&result->conflicts.items[i], sentence);
		error_set(&line, VAULT_REFUSED, "refused: %s", sentence);
		report_error(&line);
	}
}

int result_refused(const struct session *session, const struct write_result *result, bool asked)
{
	if (!asked)
		result_json(session, "refused", result);
	result_conflicts(result);
	if (asked)
		report_note("Choose another one; Ctrl-D gives up. (To share it, give a reason: "
		            "--allow-reuse REASON)");
	else
		report_note("Let a new one be made: --generate. To share it, give a reason: "
		            "--allow-reuse REASON");
	return VAULT_REFUSED;
}

void result_json(const struct session *session, const char *action,
                 const struct write_result *result)
{
	struct json json = {0};
	char words[VARIANT_WORDS_SIZE];

	if (!session->global.json)
		return;
	json_put_object(&json, NULL);
	json_put_string(&json, "action", action);
	json_put_string(&json, "name", result->name);
	json_put_bool(&json, "changed", result->changed);
	json_put_array(&json, "conflicts");
	for (size_t i = 0; i < result->conflicts.count; i++) {
		const struct conflict *conflict = &result->conflicts.items[i];
		json_put_object(&json, NULL);
		json_put_string(&json, "kind", kind_name(conflict->kind));
		json_put_string(&json, "name", conflict->name);
		if (conflict->how != 0)
			json_put_string(&json, "differs", variant_words(conflict->how, words));
		if (conflict->kind != CONFLICT_MASTER) {
			json_put_string(&json, "state", entry_state_name(conflict->state));
			json_put_time(&json, "since", conflict->since);
			json_put_time(&json, "until", conflict->until);
			json_put_bool(&json, "realm", conflict->realm);
		}
		json_close(&json);
	}
	json_close(&json);
	json_close(&json);
}

const char *result_shell_name(const char *name, char text[RESULT_NAME_SIZE])
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./@:+-";
	size_t n = 0;

	if (name[strspn(name, plain)] == '\0' && name[0] != '-') {
		snprintf(text, RESULT_NAME_SIZE, "%s", name);
		return text;
	}
	n = (size_t)snprintf(text, RESULT_NAME_SIZE, "%s'", name[0] == '-' ? "-- " : "");
	for (const char *p = name; *p && n + 6 < RESULT_NAME_SIZE; p++) {
		if (*p == '\'') {
			memcpy(text + n, "'\\''", 4);
			n += 4;
		} else {
			text[n++] = *p;
		}
	}
	text[n++] = '\'';
	text[n] = '\0';
	return text;
}
