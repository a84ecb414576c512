/* The fields of two states of an entry, in one; and values that are kept though they were
 * replaced. */
#include "vault/merging.h"

#include <ctype.h>
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

/* The bytes of a name without what entry_keep_earlier has put behind it. */
static size_t base_length(const char *name)
{
	size_t length = strlen(name), mark = strlen(EARLIER) - 1;

	while (length > 0 && name[length - 1] == ')') {
		size_t at = length - 1, digits;

		while (at > 0 && isdigit((unsigned char)name[at - 1]))
			at--;
		digits = length - 1 - at;
		at -= digits > 0 && at > 0 && name[at - 1] == ' ';
		if (at <= mark || memcmp(name + at - mark, EARLIER, mark) != 0)
			break;
		length = at - mark;
	}
	return length;
}

int entry_keep_earlier(struct entry *entry, const char *name, struct span value, bool attachment,
                       struct error *err)
{
	enum field_kind kind = attachment ? FIELD_ATTACHMENT : FIELD_SECRET;
	FREE_AUTO char *front = NULL;
	char key[FIELD_KEY_MAX + 1], behind[EARLIER_ROOM] = EARLIER;
	int r = text_tidy(name, base_length(name), FIELD_KEY_MAX - EARLIER_ROOM, &front, err);

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

/* ---- in an order of their own -------------------------------------------------------- */

static bool is_earlier(const struct field *field)
{
	return (field->kind == FIELD_SECRET || field->kind == FIELD_ATTACHMENT) &&
	       base_length(field->key) < strlen(field->key);
}

static int compare_spans(struct span a, struct span b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = shorter > 0 ? memcmp(a.bytes, b.bytes, shorter) : 0;

	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_earlier(const void *left, const void *right)
{
	const struct field *a = left, *b = right;
	struct span a_name = {a->key, base_length(a->key)}, b_name = {b->key, base_length(b->key)};
	int order = (a->kind > b->kind) - (a->kind < b->kind);

	if (order == 0)
		order = compare_spans(a_name, b_name);
	return order != 0 ? order : compare_spans(field_value(a), field_value(b));
}

static int keep_again(struct entry *entry, struct field *field, struct error *err)
{
	int r;

	field->key[base_length(field->key)] = '\0';
	r = entry_keep_earlier(entry, field->key, field_value(field),
	                       field->kind == FIELD_ATTACHMENT, err);
	free(field->key);
	secret_free(field->secret);
	return r;
}

/* Numbers the earlier values anew, each once and in their order: three copies that are merged one
 * after the other have the same ones under the same names, whichever came first. */
static int order_earlier(struct entry *entry, struct error *err)
{
	FREE_AUTO struct field *earlier = calloc(entry->n_fields + 1, sizeof(*earlier));
	size_t count = 0, kept = 0;
	int r = 0;

	if (!earlier)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < entry->n_fields; i++) {
		if (is_earlier(&entry->fields[i]))
			earlier[count++] = entry->fields[i];
		else
			entry->fields[kept++] = entry->fields[i];
	}
	entry->n_fields = kept;
	if (count > 1)
		qsort(earlier, count, sizeof(*earlier), compare_earlier);
	for (size_t i = 0; i < count; i++) {
		int done = keep_again(entry, &earlier[i], err);

		r = r == 0 ? done : r;
	}
	return r;
}

int merge_fields(struct entry *into, const struct entry *from, bool *ret_differ, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < from->n_fields && r == 0; i++) {
		const struct field *field = &from->fields[i], *rival = rival_of(into, field);

		if (!rival) {
			r = entry_put_stored(into, field, err);
			continue;
		}
		if (same_value(rival, field_value(field)))
			continue;
		*ret_differ = true;
		r = entry_keep_earlier(into,
		                       field->key ? field->key : entry_field_word(field->kind),
		                       field_value(field), field->kind == FIELD_ATTACHMENT, err);
	}
	return r == 0 ? order_earlier(into, err) : r;
}
