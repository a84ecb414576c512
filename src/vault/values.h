/*
 * Values of an entry as spans, borrowed from it. What is not there is a span of no bytes.
 */
#ifndef VAULT_VALUES_H
#define VAULT_VALUES_H

#include <string.h>

#include <vault/entry.h>
#include <vault/item.h>

static inline struct span text_span(const char *text)
{
	return (struct span){text, text ? strlen(text) : 0};
}

static inline struct span secret_span(const struct secret *secret)
{
	return (struct span){secret ? secret->bytes : NULL, secret ? secret->length : 0};
}

static inline struct span field_value(const struct field *field)
{
	return field->secret ? secret_span(field->secret) : text_span(field->text);
}

/* entry_set_secret with a copy of a value that stays its owner's. */
static inline int entry_set_secret_value(struct entry *entry, enum field_kind kind, const char *key,
                                         struct span value, struct error *err)
{
	SECRET_AUTO *copy = NULL;
	int r = secret_copy(&copy, value.bytes, value.length, err);

	return r == 0 ? entry_set_secret(entry, kind, key, &copy, err) : r;
}

#endif
