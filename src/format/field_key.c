/* Keys that no other field of the item has. A table of those that are taken, each with the number
 * that was put behind it last: thousands of fields of one key are no search each. */
#include "format/emit_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/text.h>

#include "base/cleanup.h"

#define SLOTS 4096 /* a power of two */

struct key_slot {
	size_t item; /* of whose keys it is; of another one: free */
	struct part key;
	bool attachment;
	unsigned number; /* the last one behind it */
};

/* Each field has a key, and perhaps one that it may not have. */
_Static_assert(SLOTS >= 4 * ENTRY_FIELDS_MAX, "half of them stay free");

static struct key_slot *slot_of(struct emit *emit, bool attachment, struct span key)
{
	const unsigned char *p = key.bytes;
	size_t at = 5381 + attachment;

	for (size_t i = 0; i < key.length; i++)
		at = at * 33 + p[i];
	for (;; at++) {
		struct key_slot *slot = &emit->keys[at % SLOTS];

		if (slot->item != emit->n_items)
			return slot;
		if (slot->attachment == attachment && slot->key.length == key.length &&
		    memcmp(part_span(emit, slot->key).bytes, key.bytes, key.length) == 0)
			return slot;
	}
}

static bool is_free(const struct emit *emit, const struct key_slot *slot)
{
	return slot->item != emit->n_items;
}

static void take(const struct emit *emit, struct key_slot *slot, bool attachment, struct part key)
{
	*slot = (struct key_slot){emit->n_items, key, attachment, 1};
}

static bool is_reserved(bool attachment, const char *key)
{
	static const char *const reserved[] = ENTRY_WORDS;

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]) && !attachment; i++)
		if (strcmp(key, reserved[i]) == 0)
			return true;
	return false;
}

/* Would a vault take it as it is? */
static bool is_good(struct span key)
{
	return key.length > 0 && key.length <= FIELD_KEY_MAX &&
	       text_is_printable(key.bytes, key.length) && !strpbrk(key.bytes, "\t\n");
}

static int make_another(struct emit *emit, struct part_field *field, bool attachment,
                        struct span given, struct error *err)
{
	FREE_AUTO char *tidy = NULL;
	char key[FIELD_KEY_MAX + 16];
	const char *front;
	struct key_slot *slot, *first;
	int r = text_tidy(given.bytes ? given.bytes : "", given.length, FIELD_KEY_MAX - 16, &tidy,
	                  err);

	if (r < 0)
		return r;
	front = tidy[0] ? tidy : "field";
	snprintf(key, sizeof(key), "%s", front);
	slot = first = slot_of(emit, attachment, span_of(key));
	if (is_free(emit, first) && is_reserved(attachment, key))
		take(emit, first, attachment, part_of(emit, span_of(key)));
	while (!emit->arena.failed && !is_free(emit, slot)) {
		snprintf(key, sizeof(key), "%s (%u)", front, ++first->number);
		slot = slot_of(emit, attachment, span_of(key));
	}
	emit_account(emit, FATE_CHANGED, "name of a field", "made one that it may have");
	field->key = part_of(emit, span_of(key));
	take(emit, slot, attachment, field->key);
	return 0;
}

int emit_make_key(struct emit *emit, size_t at, struct error *err)
{
	struct part_field *field = &emit->fields[at];
	bool attachment = field->kind == FIELD_ATTACHMENT;
	struct span given = part_span(emit, field->key);
	struct key_slot *slot;

	if (!emit->keys)
		emit->keys = calloc(SLOTS, sizeof(*emit->keys));
	if (!emit->keys)
		return error_set(err, VAULT_FAILED, "out of memory");
	if (!is_good(given) || is_reserved(attachment, given.bytes))
		return make_another(emit, field, attachment, given, err);
	slot = slot_of(emit, attachment, given);
	if (!is_free(emit, slot))
		return make_another(emit, field, attachment, given, err);
	take(emit, slot, attachment, field->key);
	return 0;
}
