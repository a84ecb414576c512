#include "format/kinds.h"

#include <string.h>

#include "base/span.h"
#include "base/when.h"

static const struct {
	enum field_kind kind;
	const char *word;
} kinds[] = {
	{FIELD_URL, "url"},         {FIELD_TAG, "tag"},
	{FIELD_TEXT, "text"},       {FIELD_NOTE, "note"},
	{FIELD_SECRET, "secret"},   {FIELD_EXPIRES, "expires"},
	{FIELD_OTP, "otp"},         {FIELD_ATTACHMENT, "attachment"},
	{FIELD_RULES, "rules"},     {FIELD_RESETS, "resets-via"},
	{FIELD_REALM, "realm"},     {FIELD_CONSUMER, "used-by"},
	{FIELD_PENDING, "pending"},
};

#define COUNT (sizeof(kinds) / sizeof(kinds[0]))

const char *kind_word(enum field_kind kind)
{
	for (size_t i = 0; i < COUNT; i++)
		if (kinds[i].kind == kind)
			return kinds[i].word;
	return NULL;
}

enum field_kind kind_of_word(struct span word)
{
	for (size_t i = 0; i < COUNT; i++)
		if (span_is(word, kinds[i].word))
			return kinds[i].kind;
	return 0;
}

void kind_emit(struct emit *emit, enum field_kind kind, struct span key, struct span value)
{
	int64_t seconds;

	switch (kind) {
	case FIELD_URL:
		emit_url(emit, value);
		break;
	case FIELD_TAG:
		emit_tag(emit, value);
		break;
	case FIELD_TEXT:
		emit_text(emit, key, value);
		break;
	case FIELD_EXPIRES:
		if (when_read(value.bytes, value.length, &seconds))
			emit_expires(emit, seconds);
		else
			emit_kept(emit, span_of("expires"), value);
		break;
	case FIELD_RULES:
		emit_rules(emit, value);
		break;
	case FIELD_REALM:
		emit_realm(emit, value);
		break;
	case FIELD_CONSUMER:
		emit_consumer(emit, key, value);
		break;
	case FIELD_PENDING:
		emit_pending(emit, value);
		break;
	case FIELD_RESETS:
		emit_resets(emit, value);
		break;
	case FIELD_NOTE:
		emit_note(emit, value);
		break;
	case FIELD_OTP:
		emit_otp(emit, value);
		break;
	case FIELD_ATTACHMENT:
		emit_attachment(emit, key, value);
		break;
	case FIELD_SECRET:
		emit_secret(emit, key, value);
		break;
	default:
		emit_kept(emit, key.bytes ? key : span_of("field"), value);
	}
}
