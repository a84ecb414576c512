/* KeePassXC's CSV has {REF:P@I:UUID} for what is another entry's value, and no UUIDs by which that
 * could be found. What such a row refers to was taken from its KDBX file, if at all: an entry that
 * has something in that place has the value, and the row has not. */
#include "vault/importing.h"

#include <string.h>

#include <vault/otp.h>

#include "base/span.h"
#include "vault/values.h"

bool import_points(const struct item *item, struct span value)
{
	static const char front[] = "{REF:", middle[] = "@I:";
	const char *p = value.bytes, *end;

	if (item->has_uuid || !p)
		return false;
	end = p + value.length;
	while ((p = memmem(p, (size_t)(end - p), front, sizeof(front) - 1))) {
		p += sizeof(front) - 1;
		if ((size_t)(end - p) >= sizeof(middle) &&
		    memcmp(p + 1, middle, sizeof(middle) - 1) == 0)
			return true;
	}
	return false;
}

static int drop_password(struct vault *vault, int64_t id, struct translated *to, bool *kept,
                         struct error *err)
{
	const struct item_password *last;
	STMT_AUTO *stmt = NULL;
	bool other = false;
	int r;

	if (to->item.n_passwords == 0)
		return 0;
	last = &to->item.passwords[to->item.n_passwords - 1];
	if (last->until > 0 || !import_points(&to->item, last->value))
		return 0;
	r = db_stmt(vault->db, SQL_PASSWORD_READ, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	while ((r = stmt_step(stmt, err)) == 1)
		other |= stmt_is_null(stmt, 2) && !span_equal(stmt_span(stmt, 3), last->value);
	to->item.n_passwords -= other;
	*kept |= other;
	return r;
}

/* Do both make the same codes, by whatever labels? KeePassXC's CSV has one of its own making. */
static bool same_code(struct span a, struct span b)
{
	const struct secret first = import_lend(&(struct item_password){.value = a}),
			    second = import_lend(&(struct item_password){.value = b});
	OTP_AUTO one = {0};
	OTP_AUTO other = {0};

	return otp_read(&first, &one, NULL) == 0 && otp_read(&second, &other, NULL) == 0 &&
	       one.kind == other.kind && one.hash == other.hash && one.digits == other.digits &&
	       one.period == other.period && one.counter == other.counter &&
	       span_equal(secret_span(one.seed), secret_span(other.seed));
}

static int drop_field(struct translated *to, size_t at, struct error *err)
{
	int r = translated_own_fields(to, err);

	if (r < 0)
		return r;
	to->item.n_fields--;
	memmove(&to->fields[at], &to->fields[at + 1],
	        (to->item.n_fields - at) * sizeof(*to->fields));
	return 0;
}

static int drop_fields(struct vault *vault, int64_t id, struct translated *to, bool *kept,
                       struct error *err)
{
	bool other[ENTRY_FIELDS_MAX] = {false}, same[ENTRY_FIELDS_MAX] = {false},
	     code[ENTRY_FIELDS_MAX] = {false};
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_FIELD_READ, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	while ((r = stmt_step(stmt, err)) == 1) {
		const struct item_field there = import_field_there(stmt);

		for (size_t i = 0; i < to->item.n_fields; i++) {
			const struct item_field *field = &to->item.fields[i];
			bool equal;

			if (!import_same_place(field, &there))
				continue;
			equal = span_equal(there.value, field->value);
			same[i] |= equal;
			other[i] |= !equal && import_points(&to->item, field->value);
			code[i] |= !to->item.has_uuid && field->kind == FIELD_OTP && !equal &&
			           same_code(there.value, field->value);
		}
	}
	for (size_t i = to->item.n_fields; i-- > 0 && r == 0;)
		if ((other[i] || code[i]) && !same[i]) {
			r = drop_field(to, i, err);
			*kept |= other[i];
		}
	return r;
}

int import_pointers(struct vault *vault, int64_t id, struct translated *to, bool *ret_kept,
                    struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = entry_row(vault, id, &stmt, err);
	bool kept = false;

	if (r <= 0)
		return r < 0 ? r : error_set(err, VAULT_FAILED, "an entry is gone");
	if (to->item.user && import_points(&to->item, text_span(to->item.user)) &&
	    stmt_text(stmt, 4) && strcmp(stmt_text(stmt, 4), to->item.user) != 0) {
		to->item.user = NULL;
		kept = true;
	}
	r = drop_password(vault, id, to, &kept, err);
	if (r == 0)
		r = drop_fields(vault, id, to, &kept, err);
	*ret_kept = kept;
	return r;
}
