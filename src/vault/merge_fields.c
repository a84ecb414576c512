/* The fields of two states of an entry, in one; and values that are kept though they were
 * replaced. */
#include "vault/merging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/otp.h>

#include "base/span.h"
#include "vault/values.h"

#define EARLIER " (earlier)"
#define EARLIER_NUMBERED " (earlier %u)"
#define EARLIER_ROOM 24 /* bytes: what stands behind the name, at most */

static bool same_value(const struct field *field, struct span value)
{
	return span_equal(field_value(field), value);
}

static const struct field *find(const struct entry *entry, const char *key, bool attachment)
{
	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];

		if (field->key && !field_has_many(field->kind) && strcmp(field->key, key) == 0 &&
		    (field->kind == FIELD_ATTACHMENT) == attachment)
			return field;
	}
	return NULL;
}

int entry_keep_earlier(struct entry *entry, const char *name, struct span value, bool attachment,
                       struct error *err)
{
	enum field_kind kind = attachment ? FIELD_ATTACHMENT : FIELD_SECRET;
	FREE_AUTO char *front = NULL;
	char key[FIELD_KEY_MAX + 1], behind[EARLIER_ROOM] = EARLIER;
	int r = text_tidy(name, strlen(name), FIELD_KEY_MAX - EARLIER_ROOM, &front, err);

	if (r < 0)
		return r;
	for (unsigned number = 2;; number++) {
		const struct field *there;

		snprintf(key, sizeof(key), "%s%s", front, behind);
		there = find(entry, key, attachment);
		if (!there)
			return entry_set_secret_value(entry, kind, key, value, err);
		if (same_value(there, value))
			return 0;
		snprintf(behind, sizeof(behind), EARLIER_NUMBERED, number);
	}
}

const char *entry_field_word(enum field_kind kind)
{
	switch ((int)kind) {
	case FIELD_NOTE:
		return "note";
	case FIELD_EXPIRES:
		return "expires";
	case FIELD_RULES:
		return "rules";
	case FIELD_REALM:
		return "realm";
	case FIELD_OTP:
		return "otp";
	case FIELD_PENDING:
		return "pending";
	default:
		return "field";
	}
}

/* The field that takes the place of `field` in this entry; NULL: it can be put beside them. */
static const struct field *rival_of(const struct entry *entry, const struct field *field)
{
	if (field_has_many(field->kind))
		return NULL;
	if (field->key)
		return find(entry, field->key, field->kind == FIELD_ATTACHMENT);
	for (size_t i = 0; i < entry->n_fields; i++)
		if (entry->fields[i].kind == field->kind)
			return &entry->fields[i];
	return NULL;
}

static int add(struct entry *entry, const struct field *field, struct error *err)
{
	if (field_is_secret(field->kind))
		return entry_set_secret_value(entry, field->kind, field->key, field_value(field),
		                              err);
	return entry_set_text(entry, field->kind, field->key, field->text, err);
}

int merge_fields(struct entry *into, const struct entry *from, bool *ret_differ, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < from->n_fields && r == 0; i++) {
		const struct field *field = &from->fields[i], *rival = rival_of(into, field);

		if (!rival) {
			r = add(into, field, err);
			continue;
		}
		if (same_value(rival, field_value(field)))
			continue;
		*ret_differ = true;
		r = entry_keep_earlier(into,
		                       field->key ? field->key : entry_field_word(field->kind),
		                       field_value(field), field->kind == FIELD_ATTACHMENT, err);
	}
	return r;
}
