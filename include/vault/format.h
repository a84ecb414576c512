/*
 * Foreign formats: what other password managers write and read.
 *
 * What is read is taken apart by a process of its own, which has no files, no network and nothing
 * of the vault (it is started before the vault is unlocked), and hands back one item after the
 * other. What is written goes into a new file that appears under its name complete or not at all.
 */
#ifndef VAULT_FORMAT_H
#define VAULT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/item.h>
#include <vault/secret.h>

/* What a format has room for, beside a name, a user, a password, a URL and a note. */
enum format_holds {
	HOLDS_HISTORY = 1 << 0, /* earlier passwords */
	HOLDS_DATES = 1 << 1,   /* when it was made and changed */
	HOLDS_URLS = 1 << 2,    /* more than one */
	HOLDS_TAGS = 1 << 3,
	HOLDS_FIELDS = 1 << 4, /* custom ones, plain and secret */
	HOLDS_OTP = 1 << 5,
	HOLDS_ATTACHMENTS = 1 << 6,
	HOLDS_EXPIRY = 1 << 7,
	HOLDS_TRASH = 1 << 8,
	HOLDS_BYTES = 1 << 9,      /* values that are no text */
	HOLDS_REASONS = 1 << 10,   /* why a password is shared */
	HOLDS_RULES = 1 << 11,     /* what the service accepts as a password */
	HOLDS_CHAIN = 1 << 12,     /* through which entry a password can be reset */
	HOLDS_REALMS = 1 << 13,    /* which entries share a password on purpose */
	HOLDS_CONSUMERS = 1 << 14, /* who types the password */
	HOLDS_PENDING = 1 << 15,   /* a password that is to be the next */
	HOLDS_EVERYTHING = (1 << 16) - 1,
};

enum format_flags {
	FORMAT_READS = 1 << 0,
	FORMAT_WRITES = 1 << 1,
	FORMAT_PLAIN = 1 << 2,  /* what is written can be read by everybody */
	FORMAT_SEALED = 1 << 3, /* what is written needs a password */
	FORMAT_MAPPED = 1 << 4, /* takes a map of columns */
	FORMAT_TWICE = 1 << 5,  /* wants export_ahead */
	FORMAT_SORTED = 1 << 6, /* wants items folder by folder: EXPORT_BY_NAME */
};

struct format {
	const char *name;               /* "firefox-csv" */
	const char *title;              /* "Firefox CSV" */
	unsigned flags;                 /* enum format_flags */
	unsigned holds;                 /* enum format_holds: of what is written */
	const struct format_code *code; /* the library's own */
};

extern const struct format *const formats[]; /* NULL-terminated, in the order of the help */

const struct format *format_find(const char *name); /* NULL: there is none of that name */

/* ---- the account: what became of everything ------------------------------------------ */

enum fate {
	FATE_TAKEN,   /* as it was */
	FATE_CHANGED, /* taken, but not as it was: `how` tells */
	FATE_LEFT,    /* not taken: `how` tells why */
};

#define ACCOUNT_NAMES 100 /* entries named in a row */

struct account_row {
	enum fate fate;
	char *what; /* "one-time code" */
	char *how;  /* "kept as a secret field"; "" for what was taken as it was */
	size_t count;
	char *names[ACCOUNT_NAMES]; /* of the first entries it happened to */
	size_t n_names;
};

struct account {
	struct account_row *rows; /* in the order they came up */
	size_t n_rows;
};

/* Counts one more. `name` may be NULL. Out of memory it counts less. */
void account_add(struct account *account, enum fate fate, const char *what, const char *how,
                 const char *name);
/* Counts everything that is in an item as taken. */
void account_item(struct account *account, const struct item *item);
/* One field less that was: it turned out that it is not taken after all. */
void account_untake(struct account *account, enum field_kind kind);
/* What a field is called in an account. */
const char *account_word(enum field_kind kind);
void account_done(struct account *account);
#define ACCOUNT_AUTO __attribute__((cleanup(account_done))) struct account

/* ---- import -------------------------------------------------------------------------- */

#define IMPORT_BYTES_MAX ((size_t)1 << 30) /* of a file */
#define IMPORT_ENTRIES_MAX 1000000         /* in a file, those with nothing in them included */
#define IMPORT_MAP_MAX 200                 /* columns in a map */

struct import;

/* Columns of a CSV by what they hold: "name=Title", "user=Login", "password=Kennwort"; also url,
 * note, otp, tag, folder, created, modified, expires; another word in front makes a custom field of
 * that name, "-" leaves the column out. */
struct import_map {
	const char *const *items;
	size_t count;
};

/* Maps the file behind `fd` (borrowed), or reads it to its end when it is no regular one. `label`
 * names it in messages, without its folders. */
int import_open(int fd, const char *label, struct import **ret_import, struct error *err);

/* The same of a folder of encrypted files, as pass, gopass and passage keep them: NAME.gpg, which
 * gpg decrypts, or NAME.age, which age does; both with what they ask and the agents they have. All
 * of them or none: the first that cannot be decrypted is a failure that names it
 * (VAULT_WRONG_KEY). What is in them lies in locked memory. */
struct import_tree {
	const char *identities;                            /* age's file of them, or NULL */
	void (*tell)(void *context, unsigned thousandths); /* how far it is, or NULL */
	void *context;
};
int import_open_tree(int folder, const struct import_tree *how, struct import **ret_import,
                     struct error *err);

void import_close(struct import *import); /* ends the parser; NULL is fine */
void import_closep(struct import **import);
#define IMPORT_AUTO __attribute__((cleanup(import_closep))) struct import

/* What the contents look like. VAULT_NOT_FOUND (> 0, message set): nothing that is known.
 * VAULT_FINDINGS (> 0, message set): several formats, which the message names. */
struct import_guess {
	const struct format *format;
	bool sealed; /* a password or a key file is needed */
};
int import_guess(struct import *import, struct import_guess *ret_guess, struct error *err);

/* The same for one format: is it sealed? */
int import_look(struct import *import, const struct format *format, bool *ret_sealed,
                struct error *err);

/* Starts the parser, of its own process. Call it before the vault is unlocked. All is borrowed
 * during the call; password, key file and map may be NULL. */
struct import_how {
	const struct format *format;
	const struct secret *password, *key_file;
	const struct import_map *map;
	bool costly; /* the file may take as long and as much memory to open as it says */
};
int import_start(struct import *import, const struct import_how *how, struct error *err);

/* Waits for the first item or the end, so that a wrong password is known before anything else is
 * done, and what is wrong anywhere in all but a large file. VAULT_WRONG_KEY (> 0, message set):
 * import_start may be called again. */
int import_wait(struct import *import, struct error *err);

/* 1: here is an item, valid until the next call, in locked memory; 0: that was all of them. A
 * failure names the line or the offset where the parser stopped. */
int import_next(struct import *import, struct item *ret_item, struct error *err);

/* What the parser could not hand on as it was. Borrowed; complete after the last item. */
const struct account *import_account(const struct import *import);

/* How much of the file has been read, in thousandths. */
unsigned import_progress(const struct import *import);

/* ---- export -------------------------------------------------------------------------- */

struct export;

struct export_how {
	const struct format *format;
	const struct secret *password; /* for a FORMAT_SEALED one; borrowed until export_finish */
	const struct secret *key_file; /* or NULL; likewise */
	bool replace;                  /* an existing file */
};

/* Can it be written there? For asking nothing in vain: export_open looks again. */
int export_check(const char *path, bool replace, struct error *err);
/* Begins a file of mode 0600, under a temporary name beside `path`. VAULT_EXISTS (> 0, message
 * set): there is one. "-" is standard output, never a terminal. */
int export_open(const char *path, const struct export_how *how, struct export **ret_export,
                struct error *err);
/* Of a FORMAT_TWICE: every item with attachments, in any order, before the first goes to
 * export_item. */
int export_ahead(struct export *export, const struct item *item, struct error *err);
int export_item(struct export *export, const struct item *item, struct error *err);
/* Completes the file, makes it durable, gives it its name. */
int export_finish(struct export *export, struct error *err);
void export_close(struct export *export); /* removes an unfinished file; NULL is fine */
void export_closep(struct export **export);
#define EXPORT_AUTO __attribute__((cleanup(export_closep))) struct export

/* Counts what the format has no room for: FATE_LEFT, or FATE_CHANGED where it is written otherwise.
 * To be asked of every item before the first is written. */
void export_losses(const struct format *format, const struct item *item, struct account *account);

#endif
