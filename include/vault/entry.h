/*
 * An entry: one account at one service, as it is handed in and out of a vault.
 *
 * Everything an entry points to belongs to it: entry_free frees it all, secrets wiped. Strings are
 * UTF-8.
 */
#ifndef VAULT_ENTRY_H
#define VAULT_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/secret.h>

#define ENTRY_FIELDS_MAX 1000                     /* fields of one entry, all kinds together */
#define FIELD_KEY_MAX 255                         /* bytes of a custom field's key */
#define FIELD_TEXT_MAX (64 * 1024)                /* bytes of a plain field's text */
#define ATTACHMENT_MAX ((size_t)16 * 1024 * 1024) /* bytes */

/* The numbers are the file format's. Kinds from FIELD_NOTE on are secret. */
enum field_kind {
	FIELD_URL = 1,      /* any number; no key */
	FIELD_TAG = 2,      /* any number; no key */
	FIELD_TEXT = 3,     /* custom, by key */
	FIELD_EXPIRES = 4,  /* at most one; no key: a time as in RFC 3339, UTC, whole seconds */
	FIELD_RULES = 5,    /* at most one; no key: password rules, see vault/rules.h */
	FIELD_CONSUMER = 6, /* any number: who types the password; the key is the time at which it
	                         was last given the password, or NULL; see consumer.h */
	FIELD_RESETS = 7,   /* any number; no key: the uuid, as text, of the entry through which
	                         the password can be reset */
	FIELD_REALM = 8,   /* at most one; no key: a realm's name, a tab, the reason; see realm.h */
	FIELD_NOTE = 16,   /* at most one; no key */
	FIELD_SECRET = 17, /* custom, by key */
	FIELD_OTP = 18,    /* at most one; no key: a one-time code, as otp_uri writes it */
	FIELD_ATTACHMENT = 19, /* a file, by its name, which may be a custom field's key as well */
	FIELD_PENDING = 20     /* at most one; no key: the password to be, see rotate.h */
};

/* Words that mean a field every entry can have, and are no keys of custom ones. */
#define ENTRY_WORDS \
	{ \
		"name", "user", "password", "url", "tag", "note", "otp", "expires", "rules", \
			"resets-via", "used-by", "pending" \
	}

struct field {
	enum field_kind kind;
	char *key;  /* FIELD_TEXT, FIELD_SECRET, FIELD_ATTACHMENT, FIELD_CONSUMER; else NULL */
	char *text; /* the value of a plain kind; else NULL */
	struct secret *secret; /* the value of a secret kind; else NULL */
};

struct entry {
	int64_t id;                /* 0: not stored yet */
	char *name;                /* see text_name */
	char *user;                /* may be NULL */
	int64_t created, modified; /* seconds since 1970, UTC */
	int64_t trashed;           /* when it went to the trash; 0: it is not there */
	struct secret *password;   /* NULL: none, or not loaded */
	int64_t password_since;    /* when the current password came in */
	char *reuse_reason;   /* why the current password may be one in use elsewhere; or NULL */
	struct field *fields; /* in order of kind, then in the order they were added */
	size_t n_fields;
};

int entry_new(struct entry **ret_entry, const char *name, struct error *err); /* checks the name */
void entry_free(struct entry *entry);
void entry_freep(struct entry **entry);
#define ENTRY_AUTO __attribute__((cleanup(entry_freep))) struct entry

int entry_set_user(struct entry *entry, const char *user,
                   struct error *err); /* copies; NULL or "" clears */
void entry_set_password(struct entry *entry, struct secret **password); /* takes */

/* Adds or replaces a plain field. A URL or tag that is there already is left alone; a text field of
 * that key is replaced, and so is a secret one (a key is unique over both kinds). Copies.
 * A date of expiry may be any date; it is stored as FIELD_EXPIRES says.
 * A consumer that is there already gets the key, unless that is NULL or older than its own.
 * VAULT_USAGE for a key that is empty, too long, not printable or one of ENTRY_WORDS, and for
 * rules that rules_parse refuses. A FIELD_RESETS is a uuid (see vault_uuid), in any spelling. */
int entry_set_text(struct entry *entry, enum field_kind kind, const char *key, const char *text,
                   struct error *err);

/* The same for a secret field: FIELD_SECRET, FIELD_ATTACHMENT by its name, or with NULL as key
 * FIELD_NOTE, FIELD_OTP or FIELD_PENDING. Takes the secret on success. For FIELD_OTP it may be all
 * that otp_read takes; it is stored as otp_uri writes it, named after the entry where it has no
 * label. */
int entry_set_secret(struct entry *entry, enum field_kind kind, const char *key,
                     struct secret **secret, struct error *err);

/* Puts a copy of a field that a vault has into an entry, as it is: what is stored already is
 * nobody's to refuse, also where this program would not take it anew, as an older one did. */
int entry_put_stored(struct entry *entry, const struct field *field, struct error *err);

/* Removes: for "user" and the other words of ENTRY_WORDS all of that kind, else the custom field of
 * that key. VAULT_NOT_FOUND (> 0) when there is nothing of it. Name and password cannot be
 * cleared. */
int entry_clear(struct entry *entry, const char *what);

void entry_clear_kind(struct entry *entry, enum field_kind kind);

/* An attachment by its name: a custom field may have the same one. Borrowed as from entry_field;
 * NULL when there is none. */
const struct field *entry_attachment(const struct entry *entry, const char *name);

/* Removes it. VAULT_NOT_FOUND (> 0): there is none. */
int entry_detach(struct entry *entry, const char *name);

/* A custom field by its key, or else an attachment by its name; the note ("note"), the one-time
 * code ("otp"), the date of expiry ("expires"), the password rules ("rules"), the password to be
 * ("pending"), or the first URL ("url"), FIELD_RESETS ("resets-via") or FIELD_CONSUMER ("used-by").
 * Borrowed: valid until the entry changes. NULL when there is none. */
const struct field *entry_field(const struct entry *entry, const char *key);

bool field_is_secret(enum field_kind kind);
bool field_is_custom(enum field_kind kind); /* FIELD_TEXT or FIELD_SECRET, named by the user */

/* May an entry have several of that kind, which no key tells apart? */
bool field_has_many(enum field_kind kind);

/*
 * An edit: what to change in an entry, gathered before the vault is locked for writing and applied
 * inside the transaction to the entry as it is then, so that two people who change different fields
 * both succeed.
 */
struct entry_edit {
	const char *user; /* NULL: leave; "": clear */
	struct secret
		*password; /* NULL: leave. Taken when the edit was stored, kept when refused */
	struct entry *set; /* fields to set, or NULL; name and user are not looked at */
	const char *const
		*clear; /* entry_clear words, done before `set`; NULL-terminated, or NULL */
	const char *const *detach; /* names of attachments to remove; the same */
};

#endif
