/* Formats that hold text alone have base64 in the place of other bytes: when the bytes are what
 * the entry has, they have not changed. */
#include "vault/importing.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/span.h"
#include "vault/values.h"

#define GROUP 3      /* bytes that make */
#define GROUP_TEXT 4 /* so many characters */

static bool is_base64_of(struct span text, struct span bytes)
{
	const unsigned char *from = (const unsigned char *)bytes.bytes;
	const char *to = text.bytes;
	char group[GROUP_TEXT];
	bool same = text.length == (bytes.length + GROUP - 1) / GROUP * GROUP_TEXT;

	for (size_t left = bytes.length; left > 0 && same; to += GROUP_TEXT) {
		size_t count = left < GROUP ? left : GROUP;

		base64_group(from, count, group);
		same = memcmp(group, to, GROUP_TEXT) == 0;
		from += count;
		left -= count;
	}
	secret_wipe(group, sizeof(group));
	return same;
}

/* What no text format holds. */
static bool is_binary(struct span bytes)
{
	return bytes.bytes && bytes.length > 0 &&
	       (!text_is_utf8(bytes.bytes, bytes.length) || memchr(bytes.bytes, 0, bytes.length));
}

/* Puts the bytes in the place of their base64. */
static int replace(struct translated *to, struct span *value, struct span bytes, struct error *err)
{
	struct secret **secrets =
		reallocarray(to->secrets, to->n_secrets + 1, sizeof(struct secret *));
	int r;

	if (!secrets)
		return error_set(err, VAULT_FAILED, "out of memory");
	to->secrets = secrets;
	r = secret_copy(&secrets[to->n_secrets], bytes.bytes, bytes.length, err);
	if (r < 0)
		return r;
	*value = secret_span(secrets[to->n_secrets++]);
	return 0;
}

/* A list of its own in the place of the item's, unless it has one; NULL: no memory. */
static void *own(void *mine, const void *list, size_t count, size_t size)
{
	void *copy = mine ? mine : calloc(count, size);

	if (copy && !mine)
		memcpy(copy, list, count * size);
	return copy;
}

static int own_passwords(struct translated *to, struct error *err)
{
	struct item *item = &to->item;

	to->passwords =
		own(to->passwords, item->passwords, item->n_passwords, sizeof(*to->passwords));
	if (!to->passwords)
		return error_set(err, VAULT_FAILED, "out of memory");
	item->passwords = to->passwords;
	return 0;
}

int translated_own_fields(struct translated *to, struct error *err)
{
	struct item *item = &to->item;

	to->fields = own(to->fields, item->fields, item->n_fields, sizeof(*to->fields));
	if (!to->fields)
		return error_set(err, VAULT_FAILED, "out of memory");
	item->fields = to->fields;
	return 0;
}

static int look_at_password(struct translated *to, struct span bytes, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < to->item.n_passwords && r == 0; i++) {
		if (!is_base64_of(to->item.passwords[i].value, bytes))
			continue;
		r = own_passwords(to, err);
		if (r == 0)
			r = replace(to, &to->passwords[i].value, bytes, err);
	}
	return r;
}

/* A text field of the file, too, is the secret field then. */
static int look_at_field(struct translated *to, const struct item_field *there, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < to->item.n_fields && r == 0; i++) {
		const struct item_field *field = &to->item.fields[i];

		if (!import_same_place(field, there) || !is_base64_of(field->value, there->value))
			continue;
		r = translated_own_fields(to, err);
		if (r < 0)
			return r;
		to->fields[i].kind = there->kind;
		r = replace(to, &to->fields[i].value, there->value, err);
	}
	return r;
}

int import_bytes(struct vault *vault, int64_t id, struct translated *to, struct error *err)
{
	STMT_AUTO *passwords = NULL;
	STMT_AUTO *fields = NULL;
	int r = db_stmt(vault->db, SQL_PASSWORD_READ, &passwords, err);

	if (r < 0)
		return r;
	stmt_bind_int(passwords, 1, id);
	while ((r = stmt_step(passwords, err)) == 1) {
		struct span bytes = stmt_span(passwords, 3);

		if (is_binary(bytes))
			r = look_at_password(to, bytes, err);
		if (r < 0)
			return r;
	}
	if (r == 0)
		r = db_stmt(vault->db, SQL_FIELD_READ, &fields, err);
	if (r < 0)
		return r;
	stmt_bind_int(fields, 1, id);
	while ((r = stmt_step(fields, err)) == 1) {
		const struct item_field there = import_field_there(fields);

		if (there.kind != FIELD_ATTACHMENT && is_binary(there.value))
			r = look_at_field(to, &there, err);
		if (r < 0)
			return r;
	}
	return r;
}
