#include "format/emit_internal.h"

#include <stdlib.h>
#include <string.h>

#include <vault/otp.h>
#include <vault/realm.h>
#include <vault/text.h>

#include "base/uuid.h"
#include "base/when.h"
#include "crypto/otp.h"

/* Of one item, before it is looked at which it may have; who has more has made them up. */
#define FIELDS_MAX ((size_t)4 * ENTRY_FIELDS_MAX)
#define REMARKS_MAX (2 * FIELDS_MAX)

struct span span_of(const char *string)
{
	return (struct span){string, string ? strlen(string) : 0};
}

void *emit_room(struct emit *emit, void **list, size_t count, size_t *room, size_t size)
{
	void *bigger = list_room(*list, count, room, size);

	if (!bigger)
		emit->result = emit->result ? emit->result : -VAULT_FAILED;
	else
		*list = bigger;
	return bigger;
}

struct part part_of(struct emit *emit, struct span span)
{
	struct part part = {span.bytes != NULL, emit->arena.length, span.length};

	if (!span.bytes)
		return part;
	buf_add(&emit->arena, span.bytes, span.length);
	buf_add(&emit->arena, "", 1);
	if (emit->arena.failed)
		emit->result = emit->result ? emit->result : -VAULT_FAILED;
	return part;
}

struct span part_span(const struct emit *emit, struct part part)
{
	if (!part.there || emit->arena.failed)
		return (struct span){NULL, 0};
	return (struct span){emit->arena.bytes + part.at, part.length};
}

/* ---- an item ------------------------------------------------------------------------- */

void emit_begin(struct emit *emit)
{
	emit->arena.length = emit->folder.length = emit->note.length = 0;
	emit->has_uuid = emit->has_note = false;
	emit->name = emit->user = emit->otp = (struct part){0};
	emit->rules[0] = '\0';
	emit->created = emit->modified = emit->trashed = emit->expires = 0;
	emit->n_passwords = emit->n_fields = emit->n_remarks = 0;
}

void emit_uuid(struct emit *emit, const unsigned char uuid[ITEM_UUID_BYTES])
{
	memcpy(emit->uuid, uuid, ITEM_UUID_BYTES);
	emit->has_uuid = true;
}

void emit_folder(struct emit *emit, struct span path)
{
	if (path.length == 0)
		return;
	if (emit->folder.length > 0)
		buf_add_string(&emit->folder, "/");
	buf_add(&emit->folder, path.bytes, path.length);
}

void emit_name(struct emit *emit, struct span name)
{
	emit->name = part_of(emit, name);
}

/* Can it be kept as a text field? */
static bool is_text(struct span span)
{
	return span.length <= FIELD_TEXT_MAX && text_is_printable(span.bytes, span.length);
}

void emit_user(struct emit *emit, struct span user)
{
	if (user.length == 0)
		return;
	if (emit->user.there) {
		emit_text(emit, span_of("user"), user);
	} else if (is_text(user)) {
		emit->user = part_of(emit, user);
	} else {
		emit_secret(emit, span_of("user"), user);
		emit_account(emit, FATE_CHANGED, "user name",
		             "no text, or too long: a secret field");
	}
}

void emit_field(struct emit *emit, enum field_kind kind, struct span key, struct span value)
{
	struct part_field *field;

	if (emit->n_fields == FIELDS_MAX) {
		emit_account(emit, FATE_LEFT, "field", "more than an entry may have");
		return;
	}
	field = emit_room(emit, (void **)&emit->fields, emit->n_fields, &emit->fields_room,
	                  sizeof(*field));
	if (!field)
		return;
	field += emit->n_fields;
	*field = (struct part_field){kind, part_of(emit, key), {0}, emit->n_fields};
	field->value = part_of(emit, value.bytes ? value : span_of(""));
	emit->n_fields++;
}

static void emit_plain(struct emit *emit, enum field_kind kind, const char *what, struct span value)
{
	if (value.length == 0)
		return;
	if (is_text(value)) {
		emit_field(emit, kind, span_of(NULL), value);
		return;
	}
	emit_secret(emit, span_of(what), value);
	emit_account(emit, FATE_CHANGED, what, "no text, or too long: a secret field");
}

void emit_url(struct emit *emit, struct span url)
{
	emit_plain(emit, FIELD_URL, "URL", url);
}

void emit_tag(struct emit *emit, struct span tag)
{
	emit_plain(emit, FIELD_TAG, "tag", tag);
}

void emit_note(struct emit *emit, struct span note)
{
	if (!note.bytes)
		return;
	if (emit->has_note) {
		buf_add_string(&emit->note, "\n\n");
		emit_account(emit, FATE_CHANGED, "note", "joined to the first one");
	}
	buf_add(&emit->note, note.bytes, note.length);
	emit->has_note = true;
}

void emit_text(struct emit *emit, struct span key, struct span value)
{
	if (is_text(value)) {
		emit_field(emit, FIELD_TEXT, key, value);
		return;
	}
	emit_secret(emit, key, value);
	emit_account(emit, FATE_CHANGED, "text field", "no text, or too long: a secret field");
}

void emit_secret(struct emit *emit, struct span key, struct span value)
{
	if (value.length <= PASSWORD_MAX) {
		emit_field(emit, FIELD_SECRET, key, value);
		return;
	}
	emit_attachment(emit, key, value);
	emit_account(emit, FATE_CHANGED, "secret field", "too long: an attachment");
}

void emit_attachment(struct emit *emit, struct span name, struct span value)
{
	if (value.length <= ATTACHMENT_MAX)
		emit_field(emit, FIELD_ATTACHMENT, name, value);
	else
		emit_account(emit, FATE_LEFT, "attachment", "larger than an attachment may be");
}

/* What a file calls its fields is shown, too; a field without a name is a "field". */
static void account_for(struct emit *emit, enum fate fate, struct span what, const char *how)
{
	struct remark *remark;
	char *tidy = NULL;

	if (!what.bytes)
		what = span_of("");
	if (emit->n_remarks == REMARKS_MAX)
		return;
	remark = emit_room(emit, (void **)&emit->remarks, emit->n_remarks, &emit->remarks_room,
	                   sizeof(*remark));
	if (!remark || text_tidy(what.bytes, what.length, NAME_MAX_BYTES, &tidy, NULL) < 0)
		return;
	remark += emit->n_remarks++;
	remark->fate = fate;
	remark->what = part_of(emit, span_of(tidy[0] ? tidy : "field"));
	remark->how = part_of(emit, span_of(how));
	free(tidy);
}

void emit_account(struct emit *emit, enum fate fate, const char *what, const char *how)
{
	account_for(emit, fate, span_of(what), how);
}

void emit_kept(struct emit *emit, struct span key, struct span value)
{
	emit_secret(emit, key, value);
	account_for(emit, FATE_CHANGED, key, "kept as a secret field");
}

/* ---- one-time codes ------------------------------------------------------------------ */

static bool canonical_otp(const struct emit *emit, struct span text, struct secret **ret_uri)
{
	OTP_AUTO otp = {0};
	SECRET_AUTO *copy = NULL;
	const char *name = part_span(emit, emit->name).bytes;

	if (secret_copy(&copy, text.bytes, text.length, NULL) < 0 || otp_read(copy, &otp, NULL) < 0)
		return false;
	if (!otp.account && (!name || otp_label(&otp, name, NULL) < 0) &&
	    otp_label(&otp, "imported", NULL) < 0)
		return false;
	return otp_uri(&otp, ret_uri, NULL) == 0;
}

void emit_otp(struct emit *emit, struct span otp)
{
	if (otp.length == 0)
		return;
	if (!emit->otp.there) {
		emit->otp = part_of(emit, otp);
		return;
	}
	emit_secret(emit, span_of("one-time code"), otp);
	emit_account(emit, FATE_CHANGED, "one-time code", "a second one: a secret field");
}

void emit_gathered_otp(struct emit *emit)
{
	SECRET_AUTO *uri = NULL;
	struct span otp = part_span(emit, emit->otp);

	if (!otp.bytes)
		return;
	if (otp.length <= PASSWORD_MAX && canonical_otp(emit, otp, &uri)) {
		emit_field(emit, FIELD_OTP, span_of(NULL), (struct span){uri->bytes, uri->length});
		return;
	}
	/* Adding to the arena may move what it is added from. */
	BUF_AUTO copy = BUF_EMPTY;
	buf_add(&copy, otp.bytes, otp.length);
	emit_secret(emit, span_of("one-time code"), (struct span){copy.bytes, copy.length});
	emit_account(emit, FATE_CHANGED, "one-time code",
	             "not of a kind that is known: a secret field");
}

/* ---- passwords ----------------------------------------------------------------------- */

static void add_password(struct emit *emit, struct span value, int64_t since, int64_t until,
                         struct span reason, bool current)
{
	struct part_password *password;

	if (value.length == 0)
		return;
	if (value.length > PASSWORD_MAX) {
		emit_secret(emit, span_of("password"), value);
		emit_account(emit, FATE_CHANGED, "password", "too long for a password");
		return;
	}
	password = emit_room(emit, (void **)&emit->passwords, emit->n_passwords,
	                     &emit->passwords_room, sizeof(*password));
	if (!password)
		return;
	for (size_t i = 0; i < emit->n_passwords && current; i++)
		password[i].current = false;
	password += emit->n_passwords;
	*password = (struct part_password){.since = since,
	                                   .until = until,
	                                   .current = current,
	                                   .order = emit->n_passwords};
	password->value = part_of(emit, value);
	if (reason.length > 0 && is_text(reason))
		password->reason = part_of(emit, reason);
	emit->n_passwords++;
}

void emit_password(struct emit *emit, struct span password, int64_t since, struct span reason)
{
	add_password(emit, password, since, 0, reason, true);
}

void emit_earlier(struct emit *emit, struct span password, int64_t since, int64_t until,
                  struct span reason)
{
	add_password(emit, password, since, until, reason, false);
}

/* ---- dates --------------------------------------------------------------------------- */

static void set_date(struct emit *emit, int64_t *date, int64_t seconds)
{
	if (seconds >= 0 && seconds <= WHEN_MAX)
		*date = seconds;
	else
		emit_account(emit, FATE_LEFT, "date", "out of range");
}

void emit_created(struct emit *emit, int64_t seconds)
{
	set_date(emit, &emit->created, seconds);
}

void emit_modified(struct emit *emit, int64_t seconds)
{
	set_date(emit, &emit->modified, seconds);
}

void emit_trashed(struct emit *emit, int64_t seconds)
{
	set_date(emit, &emit->trashed, seconds);
}

void emit_realm(struct emit *emit, struct span text)
{
	char name[REALM_NAME_SIZE];
	const char *reason;
	bool good = text.bytes && realm_split(text.bytes, text.length, name, &reason);

	for (size_t i = 0; i < emit->n_fields && good; i++)
		good = emit->fields[i].kind != FIELD_REALM;
	if (good)
		emit_field(emit, FIELD_REALM, span_of(NULL), text);
	else
		emit_kept(emit, span_of("realm"), text);
}

void emit_resets(struct emit *emit, struct span uuid)
{
	unsigned char bytes[UUID_BYTES];
	char text[UUID_SIZE];

	if (!uuid.bytes || !uuid_read(uuid.bytes, uuid.length, bytes)) {
		emit_kept(emit, span_of("resets via"), uuid);
		return;
	}
	uuid_write(bytes, text);
	emit_field(emit, FIELD_RESETS, span_of(NULL), span_of(text));
}

void emit_consumer(struct emit *emit, struct span since, struct span name)
{
	char text[WHEN_SIZE] = "";
	int64_t seconds;

	if (since.bytes && when_read(since.bytes, since.length, &seconds))
		when_write(seconds, text);
	if (name.length > 0 && name.length <= FIELD_TEXT_MAX && is_text(name) &&
	    !memchr(name.bytes, '\n', name.length) && !memchr(name.bytes, '\t', name.length))
		emit_field(emit, FIELD_CONSUMER, span_of(*text ? text : NULL), name);
	else
		emit_kept(emit, span_of("used by"), name);
}

void emit_pending(struct emit *emit, struct span password)
{
	bool good = password.bytes && password.length > 0 && password.length <= PASSWORD_MAX;

	for (size_t i = 0; i < emit->n_fields && good; i++)
		good = emit->fields[i].kind != FIELD_PENDING;
	if (good)
		emit_field(emit, FIELD_PENDING, span_of(NULL), password);
	else
		emit_kept(emit, span_of("pending password"), password);
}

void emit_rules(struct emit *emit, struct span text)
{
	char copy[RULES_TEXT_MAX + 1];
	struct rules rules;
	bool good = text.length > 0 && text.length <= RULES_TEXT_MAX && is_text(text);

	if (good) {
		memcpy(copy, text.bytes, text.length);
		copy[text.length] = '\0';
		good = rules_parse(copy, &rules, NULL) == 0;
	}
	if (good)
		memcpy(emit->rules, copy, sizeof(copy));
	else
		emit_kept(emit, span_of("password rules"), text);
}

void emit_expires(struct emit *emit, int64_t seconds)
{
	set_date(emit, &emit->expires, seconds);
}
