/* Proposals that an unlocked vault has. The contract is in proposals.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/entry.h>
#include <vault/incident.h>
#include <vault/realm.h>
#include <vault/text.h>

#include "cleanup.h"
#include "dates.h"
#include "field_names.h"
#include "proposals.h"

static int propose_entry(void *context, const char *name)
{
	propose(context, "entry", name, NULL);
	return 0;
}

static int propose_tag(void *context, const char *tag)
{
	propose(context, "tag", tag, NULL);
	return 0;
}

static int propose_realm(void *context, const struct realm_info *info)
{
	propose(context, "realm", info->name, NULL);
	return 0;
}

/* What leaked, and when: a number alone tells nobody which it is. */
static int propose_incident(void *context, const struct incident *incident)
{
	char number[16], day[DATE_DAY_SIZE], about[NAME_MAX_BYTES + 64];

	snprintf(number, sizeof(number), "%u", incident->number);
	snprintf(about, sizeof(about), "%s, leaked on %s%s", incident->service,
	         date_day(incident->leaked, day), incident->closed ? ", over" : "");
	propose(context, "incident", number, about);
	return 0;
}

static int propose_trashed(void *context, const struct trash_item *item)
{
	propose(context, "entry", item->name, NULL);
	return 0;
}

/* A name or key as `exec` takes it, see grant.h. */
static int propose_granted(void *context, const char *text)
{
	struct proposals *proposals = context;
	const struct completion *completion = proposals->completion;
	FREE_AUTO char *escaped = malloc(2 * strlen(text) + 1);
	char *out = escaped;

	for (const char *in = text; escaped && *in; in++) {
		bool file = *in == '@' && in == text && completion->head == completion->source;
		if (*in == ':' || *in == '\\' || file)
			*out++ = '\\';
		*out++ = *in;
	}
	if (!escaped)
		return 0;
	*out = '\0';
	propose(proposals, completion->head > completion->source ? "field" : "entry", escaped,
	        NULL);
	return 0;
}

/* Without the backslashes. Gives; free(3). */
static char *plain(const char *text, size_t length)
{
	char *copy = strndup(text, length), *out = copy;

	for (const char *in = copy; copy && *in; in++) {
		if (*in == '\\' && in[1])
			in++;
		*out++ = *in;
	}
	if (copy)
		*out = '\0';
	return copy;
}

static void propose_field(struct proposals *proposals, const char *key)
{
	if (proposals->completion->kind == WORD_GRANT)
		propose_granted(proposals, key);
	else
		propose(proposals, "field", key, NULL);
}

/* For a name that is not there, the whole vault would be verified. Gives the entry, or NULL. */
static struct entry *entry_named(struct vault *vault, const char *name)
{
	struct entry *entry = NULL;
	bool there = false;

	if (!name || vault_has(vault, name, &there, NULL) != 0 || !there ||
	    vault_get(vault, name, &entry, NULL) != 0)
		return NULL;
	return entry;
}

static void propose_consumers(struct proposals *proposals, struct vault *vault, const char *name)
{
	ENTRY_AUTO *entry = entry_named(vault, name);

	for (size_t i = 0; entry && i < entry->n_fields; i++)
		if (entry->fields[i].kind == FIELD_CONSUMER)
			propose(proposals, "consumer", entry->fields[i].text, NULL);
}

/* What there is of an entry: tags can be cleared and not got, with a password it is the reverse. */
static void propose_fields(struct proposals *proposals, struct vault *vault, const char *name)
{
	bool to_clear = proposals->completion->kind == WORD_CLEARABLE;
	const char *before = "";
	ENTRY_AUTO *entry = entry_named(vault, name);

	if (!entry)
		return;
	if (!to_clear)
		propose_field(proposals, "password");
	if (entry->user)
		propose_field(proposals, "user");
	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];
		const char *key = field_name(field);
		if (field->kind == FIELD_REALM) /* 'realm remove' knows it */
			continue;
		/* They are in order of kind: all URLs are neighbours. */
		if (strcmp(key, before) != 0 && (field->kind != FIELD_TAG || to_clear))
			propose_field(proposals, key);
		before = key;
	}
}

/* In "VARIABLE=NAME:FIELD" the name, or the field of the name in front of it. */
static void propose_grant(struct proposals *proposals, struct vault *vault)
{
	const struct completion *completion = proposals->completion;
	const char *source = completion->word + completion->source;
	bool is_field = completion->head > completion->source;
	FREE_AUTO char *name = plain(source, is_field ? completion->head - completion->source - 1
	                                              : strlen(source));

	if (completion->source == 0 || !name)
		return;
	if (is_field)
		propose_fields(proposals, vault, name);
	else
		vault_names(vault, name, propose_granted, proposals, NULL);
}

void propose_held(struct proposals *proposals, struct vault *vault)
{
	const struct completion *completion = proposals->completion;
	const char *typed = completion->word + completion->head;

	switch (completion->kind) {
	case WORD_ENTRY:
		vault_names(vault, typed, propose_entry, proposals, NULL);
		break;
	case WORD_TAG:
		vault_tags(vault, typed, propose_tag, proposals, NULL);
		break;
	case WORD_REALM:
		realm_list(vault, NULL, propose_realm, proposals, NULL);
		break;
	case WORD_INCIDENT:
		vault_incidents(vault, propose_incident, proposals, NULL);
		break;
	case WORD_TRASHED:
		vault_trash_list(vault, propose_trashed, proposals, NULL);
		break;
	case WORD_FIELD:
	case WORD_CLEARABLE:
		propose_fields(proposals, vault, completion->entry);
		break;
	case WORD_CONSUMER:
		propose_consumers(proposals, vault, completion->entry);
		break;
	case WORD_GRANT:
		propose_grant(proposals, vault);
		break;
	default:
		break;
	}
}
