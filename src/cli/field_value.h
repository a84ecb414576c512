/* A value of an entry by the name of its field, as `get` and `exec` take it. */
#ifndef CLI_FIELD_VALUE_H
#define CLI_FIELD_VALUE_H

#include <vault/entry.h>
#include <vault/error.h>

/* One of them is set. Borrowed from the entry. */
struct field_value {
	const char *text;
	const struct secret *secret;
};

/* `field`: password, user, name, url (the first), note or a custom field; NULL means the password.
 * VAULT_NOT_FOUND (> 0, message set): the entry has none. */
int field_value(const struct entry *entry, const char *field, struct field_value *ret_value,
                struct error *err);

#endif
