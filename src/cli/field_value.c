#include <string.h>

#include "field_value.h"

int field_value(const struct entry *entry, const char *field, struct field_value *ret_value,
                struct error *err)
{
	const char *name = field ? field : "password", *quote = field ? "'" : "";
	const struct field *found;

	*ret_value = (struct field_value){0};
	if (strcmp(name, "password") == 0) {
		ret_value->secret = entry->password;
	} else if (strcmp(name, "user") == 0) {
		ret_value->text = entry->user;
	} else if (strcmp(name, "name") == 0) {
		ret_value->text = entry->name;
	} else if ((found = entry_field(entry, name))) {
		ret_value->text = found->text;
		ret_value->secret = found->secret;
	}
	if (ret_value->text || ret_value->secret)
		return 0;
	error_set(err, VAULT_NOT_FOUND, "'%s' has no %s%s%s", entry->name, quote, name, quote);
	return VAULT_NOT_FOUND;
}
