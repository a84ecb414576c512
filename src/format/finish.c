/* Makes of what a reader found what a vault can hold. */
#include "format/emit_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/text.h>

#include "base/cleanup.h"
#include "base/span.h"
#include "base/when.h"

#define UNNAMED "unnamed"

/* ---- the name ------------------------------------------------------------------------ */

/* "https://user@mail.example.org:443/path" is mail.example.org. */
static struct span host_of(struct span url)
{
	const char *start = url.bytes, *end = start + url.length, *p;

	for (p = start; p + 2 < end; p++)
		if (p[0] == ':' && p[1] == '/' && p[2] == '/') {
			start = p + 3;
			break;
		}
	for (p = start; p < end && !strchr("/?#", *p);)
		p++;
	end = p;
	for (p = start; p < end; p++)
		if (*p == '@')
			start = p + 1;
	for (p = start; p < end && *p != ':';)
		p++;
	return (struct span){start, (size_t)(p - start)};
}

static struct span first_url(const struct emit *emit)
{
	for (size_t i = 0; i < emit->n_fields; i++)
		if (emit->fields[i].kind == FIELD_URL)
			return part_span(emit, emit->fields[i].value);
	return (struct span){NULL, 0};
}

/* What an item without a name is called: after its host, else its user. */
static char *name_of_rest(struct emit *emit)
{
	struct span url = first_url(emit), user = part_span(emit, emit->user);
	char *name = NULL;

	if (url.bytes)
		url = host_of(url);
	if (url.length > 0)
		text_tidy(url.bytes, url.length, NAME_MAX_BYTES, &name, NULL);
	if ((!name || !name[0]) && user.length > 0) {
		free(name);
		text_tidy(user.bytes, user.length, NAME_MAX_BYTES, &name, NULL);
	}
	if (!name || !name[0]) {
		free(name);
		name = strdup(UNNAMED);
	}
	return name;
}

static char *join(const char *folder, const char *name)
{
	FREE_AUTO char *joined = NULL;
	char *tidy = NULL;

	if (asprintf(&joined, "%s/%s", folder, name) < 0) {
		joined = NULL;
		return NULL;
	}
	return text_tidy(joined, strlen(joined), NAME_MAX_BYTES, &tidy, NULL) == 0 ? tidy : NULL;
}

char *emit_make_name(struct emit *emit)
{
	struct span given = part_span(emit, emit->name);
	FREE_AUTO char *name = NULL;
	FREE_AUTO char *folder = NULL;

	if (given.length > 0 &&
	    text_tidy(given.bytes, given.length, NAME_MAX_BYTES, &name, NULL) < 0)
		return NULL;
	if (!name || !name[0]) {
		free(name);
		name = name_of_rest(emit);
		if (given.bytes)
			emit_account(emit, FATE_CHANGED, "name",
			             "made from the address or the user");
	} else if (strlen(name) != given.length || memcmp(name, given.bytes, given.length) != 0) {
		emit_account(emit, FATE_CHANGED, "name",
		             "characters replaced, or cut to what a name may have");
	}
	if (name && emit->folder.length > 0 &&
	    text_tidy(emit->folder.bytes, emit->folder.length, NAME_MAX_BYTES / 2, &folder, NULL) <
	            0)
		return NULL;
	if (name && folder && folder[0])
		return join(folder, name);
	return name ? strdup(name) : NULL;
}

/* ---- passwords ----------------------------------------------------------------------- */

static int compare_passwords(const void *a, const void *b)
{
	const struct part_password *first = a, *second = b;

	if (first->current != second->current)
		return first->current ? 1 : -1;
	if (first->since != second->since)
		return first->since < second->since ? -1 : 1;
	return first->order < second->order ? -1 : first->order > second->order;
}

/* It came when the one before it went, or with the entry; when the entry changed last says little
 * of a password. */
static void date_beginning(const struct emit *emit, struct part_password *list, size_t i)
{
	int64_t before = i > 0 ? list[i - 1].until : list[i].current ? 0 : emit->created;

	if (list[i].undated && before > 0 && before < list[i].since)
		list[i].since = before;
}

/* When a password came and went follows from its neighbours where it is not told. */
static void date_passwords(struct emit *emit)
{
	struct part_password *list = emit->passwords;
	size_t n = emit->n_passwords;

	for (size_t i = 0; i < n; i++) {
		list[i].undated = list[i].since == 0;
		if (list[i].undated) /* at the latest */
			list[i].since = list[i].current     ? emit->modified
			                : list[i].until > 0 ? list[i].until
			                                    : emit->created;
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), compare_passwords);
	for (size_t i = 0; i < n; i++) {
		if (list[i].current)
			list[i].until = 0;
		else if (list[i].until == 0)
			list[i].until = i + 1 < n && list[i + 1].since > 0 ? list[i + 1].since
			                : emit->modified > 0               ? emit->modified
			                                                   : 1;
		date_beginning(emit, list, i);
	}
}

/* The newest ones that an item may have. */
static size_t first_password(const struct emit *emit)
{
	return emit->n_passwords > ITEM_PASSWORDS_MAX ? emit->n_passwords - ITEM_PASSWORDS_MAX : 0;
}

/* The last step: the arena moves no more. */
static int lay_out_passwords(struct emit *emit, struct item *item, struct error *err)
{
	size_t first = first_password(emit);
	struct item_password *made =
		reallocarray(emit->item_passwords, emit->n_passwords + 1, sizeof(*made));

	if (!made)
		return error_set(err, VAULT_FAILED, "out of memory");
	emit->item_passwords = made;
	for (size_t i = first; i < emit->n_passwords; i++) {
		const struct part_password *password = &emit->passwords[i];

		made[i - first] = (struct item_password){
			.value = part_span(emit, password->value),
			.since = password->since,
			.until = password->until,
			.reason = part_span(emit, password->reason).bytes,
		};
	}
	item->passwords = made;
	item->n_passwords = emit->n_passwords - first;
	return 0;
}

/* ---- fields -------------------------------------------------------------------------- */

static bool has_key(enum field_kind kind)
{
	return kind == FIELD_TEXT || kind == FIELD_SECRET || kind == FIELD_ATTACHMENT;
}

static int compare_fields(const void *a, const void *b)
{
	const struct part_field *first = a, *second = b;

	if (first->kind != second->kind)
		return first->kind < second->kind ? -1 : 1;
	return first->order < second->order ? -1 : first->order > second->order;
}

/* Is it one of those that are kept? They are in order of kinds. */
static bool same_before(const struct emit *emit, size_t at, size_t kept)
{
	const struct part_field *field = &emit->fields[at];
	struct span value = part_span(emit, field->value);

	for (size_t i = kept; i > 0 && emit->fields[i - 1].kind == field->kind; i--)
		if (span_equal(part_span(emit, emit->fields[i - 1].value), value))
			return true;
	return false;
}

/* What the reader gathered on the side becomes fields. */
static void add_gathered(struct emit *emit)
{
	struct span note = {emit->note.bytes, emit->note.length};
	char text[WHEN_SIZE];

	if (emit->note.failed)
		emit->result = -VAULT_FAILED;
	if (emit->has_note && note.length > PASSWORD_MAX) {
		emit_attachment(emit, span_of("note.txt"), note);
		emit_account(emit, FATE_CHANGED, "note", "too long: an attachment");
	} else if (emit->has_note && note.length > 0) {
		emit_field(emit, FIELD_NOTE, span_of(NULL), note);
	}
	emit_gathered_otp(emit);
	if (emit->rules[0])
		emit_field(emit, FIELD_RULES, span_of(NULL), span_of(emit->rules));
	if (emit->expires > 0) {
		when_write(emit->expires, text);
		emit_field(emit, FIELD_EXPIRES, span_of(NULL), span_of(text));
	}
}

/* Keeps field `at` unless there are too many, or too many bytes. */
static bool fits(struct emit *emit, size_t at, size_t kept, size_t *bytes)
{
	const struct part_field *field = &emit->fields[at];

	if (kept == ENTRY_FIELDS_MAX) {
		emit_account(emit, FATE_LEFT, "field", "more than an entry may have");
		return false;
	}
	if (*bytes + field->value.length > ITEM_BYTES_MAX) {
		emit_account(emit, FATE_LEFT, has_key(field->kind) ? "attachment" : "field",
		             "more than an entry may hold in all");
		return false;
	}
	*bytes += field->value.length;
	return true;
}

static int too_large(struct error *err)
{
	return error_set(err, VAULT_USAGE, "an entry holds more than fits into a parser's memory");
}

/* Gives how many fields are left, at the beginning of emit->fields. */
static int choose_fields(struct emit *emit, size_t *ret_kept, struct error *err)
{
	size_t kept = 0, bytes = 0;
	int r;

	for (size_t i = first_password(emit); i < emit->n_passwords; i++)
		bytes += emit->passwords[i].value.length;
	if (emit->n_fields > 1)
		qsort(emit->fields, emit->n_fields, sizeof(*emit->fields), compare_fields);
	for (size_t i = 0; i < emit->n_fields; i++) {
		bool keyed = has_key(emit->fields[i].kind);

		if (emit->arena.failed) /* a key could be nowhere */
			return too_large(err);
		/* Of those beyond what an entry may have nobody asks which are new. */
		if (!keyed && kept < ENTRY_FIELDS_MAX && same_before(emit, i, kept))
			continue;
		if (!fits(emit, i, kept, &bytes))
			continue;
		emit->fields[kept] = emit->fields[i];
		r = keyed ? emit_make_key(emit, kept, err) : 0;
		if (r < 0)
			return r;
		kept++;
	}
	*ret_kept = kept;
	return 0;
}

static int lay_out_fields(struct emit *emit, size_t count, struct item *item, struct error *err)
{
	struct item_field *made = reallocarray(emit->item_fields, count + 1, sizeof(*made));

	if (!made)
		return error_set(err, VAULT_FAILED, "out of memory");
	emit->item_fields = made;
	for (size_t i = 0; i < count; i++)
		made[i] = (struct item_field){
			.kind = emit->fields[i].kind,
			.key = part_span(emit, emit->fields[i].key).bytes,
			.value = part_span(emit, emit->fields[i].value),
		};
	item->fields = made;
	item->n_fields = count;
	return 0;
}

int emit_make_item(struct emit *emit, char *name, struct item *ret_item, struct error *err)
{
	struct item item = {
		.has_uuid = emit->has_uuid,
		.name = name,
		.created = emit->created,
		.modified = emit->modified,
		.trashed = emit->trashed,
	};
	size_t kept = 0;
	int r;

	memcpy(item.uuid, emit->uuid, sizeof(item.uuid));
	date_passwords(emit);
	if (first_password(emit) > 0)
		emit_account(emit, FATE_LEFT, "earlier password", "more than an entry may have");
	add_gathered(emit);
	r = choose_fields(emit, &kept, err);
	if (r == 0)
		r = lay_out_fields(emit, kept, &item, err);
	if (r == 0)
		r = lay_out_passwords(emit, &item, err);
	if (r == 0 && emit->arena.failed)
		r = too_large(err);
	if (r == 0 && emit->result < 0)
		r = error_set(err, VAULT_FAILED, "out of memory");
	if (r < 0)
		return r;
	item.user = part_span(emit, emit->user).bytes;
	*ret_item = item;
	return 0;
}
