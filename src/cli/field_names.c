#include "field_names.h"

/* A vault of a later version may hold kinds that are not known here. */
const char *field_kind_name(enum field_kind kind)
{
	switch (kind) {
	case FIELD_URL:
		return "url";
	case FIELD_TAG:
		return "tag";
	case FIELD_TEXT:
		return "text";
	case FIELD_RULES:
		return "rules";
	case FIELD_REALM:
		return "realm";
	case FIELD_CONSUMER:
		return "used-by";
	case FIELD_PENDING:
		return "pending";
	case FIELD_RESETS:
		return "resets-via";
	case FIELD_NOTE:
		return "note";
	case FIELD_SECRET:
		return "secret";
	case FIELD_OTP:
		return "otp";
	case FIELD_EXPIRES:
		return "expires";
	case FIELD_ATTACHMENT:
		return "attachment";
	}
	return "unknown";
}

const char *field_name(const struct field *field)
{
	return field->key && field->kind != FIELD_CONSUMER ? field->key
	                                                   : field_kind_name(field->kind);
}
