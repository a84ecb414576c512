#include "format/json_take.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/uuid.h"
#include "crypto/sha2.h"

bool json_is_nothing(const json_t *value)
{
	return !value || json_is_null(value) ||
	       (json_is_string(value) && json_string_length(value) == 0) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_object(value) && json_object_size(value) == 0);
}

/* Calls `put` with the value as text. */
static void put_value(struct emit *emit, void (*put)(struct emit *, struct span, struct span),
                      struct span key, const json_t *value)
{
	FREE_AUTO char *text = NULL;

	if (json_is_nothing(value))
		return;
	if (json_is_string(value)) {
		put(emit, key, json_span(value));
		return;
	}
	text = json_text(value);
	if (text)
		put(emit, key, span_of(text));
	else
		emit_account(emit, FATE_LEFT, "field", "too large");
}

void json_keep(struct emit *emit, struct span key, const json_t *value)
{
	put_value(emit, emit_kept, key, value);
}

void json_take_value(struct emit *emit, enum json_take how, struct span key, const json_t *value)
{
	put_value(emit, how == TAKE_SECRET ? emit_secret : emit_text, key, value);
}

static const struct json_rule *find(const struct json_rule *rules, const char *member)
{
	while (rules->member && strcmp(rules->member, member) != 0)
		rules++;
	return rules;
}

void json_take(struct emit *emit, const json_t *object, const struct json_rule *rules)
{
	const char *member;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, member, value)
	{
		const struct json_rule *rule = find(rules, member);
		struct span key = span_of(rule->key ? rule->key : member);

		if (json_is_nothing(value) || rule->how == TAKE_ELSEWHERE)
			continue;
		if (!rule->how)
			json_keep(emit, key, value);
		else if (rule->how == TAKE_LEFT)
			emit_account(emit, FATE_LEFT, rule->key ? rule->key : member,
			             "of use to the other program alone");
		else
			json_take_value(emit, rule->how, key, value);
	}
}

void uuid_of_name(const char *context, struct span name, unsigned char ret_uuid[ITEM_UUID_BYTES])
{
	const struct piece pieces[] = {{context, strlen(context)}, {name.bytes, name.length}};
	unsigned char hash[SHA256_BYTES];

	sha256(hash, pieces, 2);
	memcpy(ret_uuid, hash, ITEM_UUID_BYTES);
	/* RFC 9562: version 8, variant 2. */
	ret_uuid[6] = (unsigned char)(0x80 | (ret_uuid[6] & 0x0f));
	ret_uuid[8] = (unsigned char)(0x80 | (ret_uuid[8] & 0x3f));
}

void json_take_id(struct emit *emit, const char *program, struct span id)
{
	unsigned char uuid[ITEM_UUID_BYTES];

	if (id.length == 0)
		return;
	if (!uuid_read(id.bytes, id.length, uuid))
		uuid_of_name(program, id, uuid);
	emit_uuid(emit, uuid);
}

void json_take_heading(struct emit *emit)
{
	emit_account(emit, FATE_LEFT, "heading of a section", "entries have none");
}

void json_take_progress(struct emit *emit, const struct json_walk *walk)
{
	emit_progress(emit, json_walk_offset(walk), (size_t)(walk->end - walk->start));
}
