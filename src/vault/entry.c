/* struct entry in memory: see vault/entry.h. */
#include <vault/entry.h>
#include <vault/realm.h>
#include <vault/rules.h>
#include <vault/text.h>

#include <stdlib.h>
#include <string.h>

#include "base/uuid.h"
#include "base/when.h"
#include "crypto/otp.h"

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

bool field_is_secret(enum field_kind kind)
{
	return kind >= FIELD_NOTE;
}

bool field_has_many(enum field_kind kind)
{
	return kind == FIELD_URL || kind == FIELD_TAG || kind == FIELD_RESETS ||
	       kind == FIELD_CONSUMER;
}

bool field_is_custom(enum field_kind kind)
{
	return kind == FIELD_TEXT || kind == FIELD_SECRET;
}

static bool has_key(enum field_kind kind)
{
	return field_is_custom(kind) || kind == FIELD_ATTACHMENT;
}

static bool is_single(enum field_kind kind)
{
	return kind == FIELD_NOTE || kind == FIELD_OTP || kind == FIELD_EXPIRES ||
	       kind == FIELD_RULES || kind == FIELD_REALM || kind == FIELD_PENDING;
}

static void field_done(struct field *field)
{
	free(field->key);
	free(field->text);
	secret_free(field->secret);
}

int entry_new(struct entry **ret_entry, const char *name, struct error *err)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	int r;

	if (!entry)
		return no_memory(err);
	r = text_name(name, &entry->name, err);
	if (r < 0) {
		free(entry);
		return r;
	}
	*ret_entry = entry;
	return 0;
}

void entry_free(struct entry *entry)
{
	if (!entry)
		return;
	for (size_t i = 0; i < entry->n_fields; i++)
		field_done(&entry->fields[i]);
	free(entry->fields);
	free(entry->name);
	free(entry->user);
	free(entry->reuse_reason);
	secret_free(entry->password);
	free(entry);
}

void entry_freep(struct entry **entry)
{
	entry_free(*entry);
}

int entry_set_user(struct entry *entry, const char *user, struct error *err)
{
	char *copy = NULL;

	if (user && *user) {
		if (strlen(user) > FIELD_TEXT_MAX || !text_is_printable(user, strlen(user)))
			return error_set(err, VAULT_USAGE,
			                 "a user name must be text without control characters");
		copy = strdup(user);
		if (!copy)
			return no_memory(err);
	}
	free(entry->user);
	entry->user = copy;
	return 0;
}

void entry_set_password(struct entry *entry, struct secret **password)
{
	secret_free(entry->password);
	entry->password = *password;
	*password = NULL;
}

static int check_key(enum field_kind kind, const char *key, struct error *err)
{
	static const char *const reserved[] = ENTRY_WORDS;

	if (!key || !*key || strlen(key) > FIELD_KEY_MAX || !text_is_printable(key, strlen(key)) ||
	    strpbrk(key, "\t\n"))
		return error_set(
			err, VAULT_USAGE,
			"a field's key must be 1 to %d bytes of text without control characters",
			FIELD_KEY_MAX);
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]) && field_is_custom(kind); i++)
		if (strcmp(key, reserved[i]) == 0)
			return error_set(
				err, VAULT_USAGE,
				"'%s' is a field of every entry: set it with its own option", key);
	return 0;
}

/* Removes field `at`, the others keep their order. */
static void remove_field(struct entry *entry, size_t at)
{
	field_done(&entry->fields[at]);
	memmove(&entry->fields[at], &entry->fields[at + 1],
	        (entry->n_fields - at - 1) * sizeof(entry->fields[0]));
	entry->n_fields--;
}

/* Gives a zeroed field behind the last of its kind or of a lower one. */
static int insert_field(struct entry *entry, enum field_kind kind, struct field **ret_field,
                        struct error *err)
{
	struct field *fields;
	size_t at = entry->n_fields;

	if (entry->n_fields >= ENTRY_FIELDS_MAX)
		return error_set(err, VAULT_USAGE, "an entry can have %d fields at most",
		                 ENTRY_FIELDS_MAX);
	fields = realloc(entry->fields, (entry->n_fields + 1) * sizeof(*fields));
	if (!fields)
		return no_memory(err);
	entry->fields = fields;
	while (at > 0 && fields[at - 1].kind > kind)
		at--;
	memmove(&fields[at + 1], &fields[at], (entry->n_fields - at) * sizeof(*fields));
	fields[at] = (struct field){.kind = kind};
	entry->n_fields++;
	*ret_field = &fields[at];
	return 0;
}

/* The field that a new one of this kind, key and text replaces; NULL when it is another one. */
static struct field *find(struct entry *entry, enum field_kind kind, const char *key,
                          const char *text)
{
	for (size_t i = 0; i < entry->n_fields; i++) {
		struct field *field = &entry->fields[i];

		if (has_key(kind) && has_key(field->kind) &&
		    field_is_custom(kind) == field_is_custom(field->kind) &&
		    strcmp(field->key, key) == 0)
			return field;
		if (field->kind == kind && !has_key(kind) &&
		    (is_single(kind) || strcmp(field->text, text) == 0))
			return field;
	}
	return NULL;
}

/* Makes room for a field, the one it replaces gone. Fails before anything is changed. */
static int place(struct entry *entry, enum field_kind kind, const char *key,
                 struct field **ret_field, struct error *err)
{
	struct field *old = find(entry, kind, key, NULL);
	char *copy = NULL;
	int r;

	if (has_key(kind)) {
		copy = strdup(key);
		if (!copy)
			return no_memory(err);
	}
	if (old && old->kind == kind) {
		field_done(old);
		*old = (struct field){.kind = kind, .key = copy};
		*ret_field = old;
		return 0;
	}
	if (old)
		remove_field(entry, (size_t)(old - entry->fields));
	r = insert_field(entry, kind, ret_field, err);
	if (r < 0)
		free(copy);
	else
		(*ret_field)->key = copy;
	return r;
}

static int check_text(enum field_kind kind, const char *text, struct error *err)
{
	unsigned char uuid[UUID_BYTES];
	char realm[REALM_NAME_SIZE];
	const char *reason;
	struct rules rules;
	int64_t seconds;

	if (strlen(text) > FIELD_TEXT_MAX || !text_is_printable(text, strlen(text)))
		return error_set(
			err, VAULT_USAGE,
			"the value of a field must be text of at most %d bytes without control"
			" characters",
			FIELD_TEXT_MAX);
	if (kind == FIELD_EXPIRES && !when_read(text, strlen(text), &seconds))
		return error_set(err, VAULT_USAGE, "'%s' is no date such as 2030-12-31", text);
	if (!has_key(kind) && !*text)
		return error_set(err, VAULT_USAGE, "%s must not be empty",
		                 kind == FIELD_URL        ? "a URL"
		                 : kind == FIELD_TAG      ? "a tag"
		                 : kind == FIELD_CONSUMER ? "who uses a password"
		                                          : "password rules");
	if (kind == FIELD_CONSUMER && strpbrk(text, "\t\n"))
		return error_set(err, VAULT_USAGE, "who uses a password is told in one line");
	if (kind == FIELD_RESETS && !uuid_read(text, strlen(text), uuid))
		return error_set(err, VAULT_USAGE, "what an entry is reset through is a uuid");
	if (kind == FIELD_REALM && !realm_split(text, strlen(text), realm, &reason))
		return error_set(err, VAULT_USAGE, "a realm has a name and a reason");
	return kind == FIELD_RULES ? rules_parse(text, &rules, err) : 0;
}

/* Gives the text as it is stored. */
static char *stored_text(enum field_kind kind, const char *text)
{
	unsigned char uuid[UUID_BYTES];
	char written[WHEN_SIZE], spelled[UUID_SIZE];
	int64_t seconds;

	if (kind == FIELD_RESETS && uuid_read(text, strlen(text), uuid)) {
		uuid_write(uuid, spelled);
		return strdup(spelled);
	}
	if (kind != FIELD_EXPIRES || !when_read(text, strlen(text), &seconds))
		return strdup(text);
	when_write(seconds, written);
	return strdup(written);
}

/* A consumer's key, unless it has one that is as late; such times sort as texts do. */
static int later_key(struct field *field, const char *key, struct error *err)
{
	char *copy;

	if (!key || (field->key && strcmp(field->key, key) >= 0))
		return 0;
	copy = stored_text(FIELD_EXPIRES, key);
	if (!copy)
		return no_memory(err);
	free(field->key);
	field->key = copy;
	return 0;
}

int entry_set_text(struct entry *entry, enum field_kind kind, const char *key, const char *text,
                   struct error *err)
{
	struct field *field = NULL;
	bool replaces = has_key(kind) || is_single(kind);
	char *copy;
	int64_t seconds;
	int r = has_key(kind) ? check_key(kind, key, err) : 0;

	if (kind == FIELD_CONSUMER && key && !when_read(key, strlen(key), &seconds))
		r = error_set(err, VAULT_USAGE, "the key of a consumer is a time");
	if (r == 0)
		r = check_text(kind, text, err);
	if (r < 0)
		return r;
	copy = stored_text(kind, text);
	if (!copy)
		return no_memory(err);
	field = replaces ? NULL : find(entry, kind, NULL, copy);
	if (field) {
		free(copy);
		return kind == FIELD_CONSUMER ? later_key(field, key, err) : 0;
	}
	r = replaces ? place(entry, kind, key, &field, err)
	             : insert_field(entry, kind, &field, err);
	if (r < 0) {
		free(copy);
		return r;
	}
	field->text = copy;
	return kind == FIELD_CONSUMER ? later_key(field, key, err) : 0;
}

/* Where a field of the same kind is that this one would be put in the place of. */
static struct field *place_of(struct entry *entry, const struct field *field)
{
	for (size_t i = 0; i < entry->n_fields; i++) {
		struct field *there = &entry->fields[i];

		if (there->kind == field->kind &&
		    (field_has_many(field->kind)
		             ? strcmp(there->text, field->text) == 0
		             : !there->key == !field->key &&
		                       (!field->key || strcmp(there->key, field->key) == 0)))
			return there;
	}
	return NULL;
}

static int copy_field(struct field *copy, const struct field *field, struct error *err)
{
	copy->kind = field->kind;
	copy->key = field->key ? strdup(field->key) : NULL;
	copy->text = field->text ? strdup(field->text) : NULL;
	if (!copy->key != !field->key || !copy->text != !field->text)
		return no_memory(err);
	return field->secret ? secret_copy(&copy->secret, field->secret->bytes,
	                                   field->secret->length, err)
	                     : 0;
}

int entry_put_stored(struct entry *entry, const struct field *field, struct error *err)
{
	struct field copy = {0}, *there = place_of(entry, field);
	int r;

	if (there && field_has_many(field->kind))
		return field->kind == FIELD_CONSUMER ? later_key(there, field->key, err) : 0;
	r = copy_field(&copy, field, err);
	if (r == 0 && there)
		field_done(there);
	else if (r == 0)
		r = insert_field(entry, field->kind, &there, err);
	if (r == 0)
		*there = copy;
	else
		field_done(&copy);
	return r;
}

/* Puts the canonical URI in the place of what was given. */
static int canonical_otp(const struct entry *entry, struct secret **secret, struct error *err)
{
	OTP_AUTO otp = {0};
	SECRET_AUTO *uri = NULL;
	int r = otp_read(*secret, &otp, err);

	if (r == 0 && !otp.account)
		r = otp_label(&otp, entry->name, err);
	if (r == 0)
		r = otp_uri(&otp, &uri, err);
	if (r < 0)
		return r;
	secret_free(*secret);
	*secret = uri;
	uri = NULL;
	return 0;
}

int entry_set_secret(struct entry *entry, enum field_kind kind, const char *key,
                     struct secret **secret, struct error *err)
{
	struct field *field = NULL;
	size_t most = kind == FIELD_ATTACHMENT ? ATTACHMENT_MAX : PASSWORD_MAX;
	int r = has_key(kind) ? check_key(kind, key, err) : 0;

	if (r == 0 && (*secret)->length > most)
		r = error_set(err, VAULT_USAGE, "%s holds %zu bytes at most",
		              kind == FIELD_ATTACHMENT ? "an attachment" : "a secret field", most);
	if (r == 0 && kind == FIELD_OTP)
		r = canonical_otp(entry, secret, err);
	if (r == 0)
		r = place(entry, kind, key, &field, err);
	if (r < 0)
		return r;
	field->secret = *secret;
	*secret = NULL;
	return 0;
}

static enum field_kind kind_of_word(const char *word)
{
	if (strcmp(word, "url") == 0)
		return FIELD_URL;
	if (strcmp(word, "tag") == 0)
		return FIELD_TAG;
	if (strcmp(word, "rules") == 0)
		return FIELD_RULES;
	if (strcmp(word, "otp") == 0)
		return FIELD_OTP;
	if (strcmp(word, "expires") == 0)
		return FIELD_EXPIRES;
	if (strcmp(word, "resets-via") == 0)
		return FIELD_RESETS;
	if (strcmp(word, "used-by") == 0)
		return FIELD_CONSUMER;
	if (strcmp(word, "pending") == 0)
		return FIELD_PENDING;
	return strcmp(word, "note") == 0 ? FIELD_NOTE : FIELD_TEXT;
}

int entry_clear(struct entry *entry, const char *what)
{
	enum field_kind kind = kind_of_word(what);
	size_t before = entry->n_fields;

	if (strcmp(what, "user") == 0) {
		if (!entry->user)
			return VAULT_NOT_FOUND;
		free(entry->user);
		entry->user = NULL;
		return 0;
	}
	for (size_t i = entry->n_fields; i-- > 0;) {
		const struct field *field = &entry->fields[i];

		if (kind == FIELD_TEXT
		            ? field_is_custom(field->kind) && strcmp(field->key, what) == 0
		            : field->kind == kind)
			remove_field(entry, i);
	}
	return entry->n_fields < before ? 0 : VAULT_NOT_FOUND;
}

const struct field *entry_attachment(const struct entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->n_fields; i++)
		if (entry->fields[i].kind == FIELD_ATTACHMENT &&
		    strcmp(entry->fields[i].key, name) == 0)
			return &entry->fields[i];
	return NULL;
}

int entry_detach(struct entry *entry, const char *name)
{
	const struct field *field = entry_attachment(entry, name);

	if (!field)
		return VAULT_NOT_FOUND;
	remove_field(entry, (size_t)(field - entry->fields));
	return 0;
}

void entry_clear_kind(struct entry *entry, enum field_kind kind)
{
	for (size_t i = entry->n_fields; i-- > 0;)
		if (entry->fields[i].kind == kind)
			remove_field(entry, i);
}

const struct field *entry_field(const struct entry *entry, const char *key)
{
	enum field_kind kind = kind_of_word(key);

	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];

		if (kind == FIELD_TEXT ? has_key(field->kind) && strcmp(field->key, key) == 0
		                       : field->kind == kind)
			return field;
	}
	return NULL;
}
