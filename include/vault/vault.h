/*
 * The vault: one file, opened by a credential, holding entries.
 *
 * A program opens, unlocks, does its work and closes before anything slow (a prompt, a write to a
 * pipe): an open vault holds locks and keys. A struct vault belongs to one thread.
 *
 *     struct vault *vault = NULL;
 *     r = vault_open(path, 0, &vault, err);
 *     if (r == 0)
 *             r = vault_unlock(vault, &credential, err);
 *     if (r == 0)
 *             r = vault_get(vault, "mailserver", &entry, err);
 *     vault_close(vault);
 *
 * Every function may fail (< 0) with VAULT_FAILED (disk, memory, permissions) or VAULT_DAMAGED; the
 * answers (> 0) are listed at each. Names are matched as vault_get says wherever a function takes
 * one. Every writing function is one durable transaction: when it returns 0 the change survives a
 * power failure; otherwise nothing changed.
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/entry.h>
#include <vault/error.h>
#include <vault/item.h>
#include <vault/keys.h>
#include <vault/reuse.h>
#include <vault/secret.h>
#include <vault/text.h>

struct vault;

/* ---- open and close ----------------------------------------------------------------- */

enum vault_open_flags {
	VAULT_READ_ONLY = 1 << 0,       /* never write, not even to heal a header copy */
	VAULT_ACCEPT_ROLLBACK = 1 << 1, /* take an older file for the truth from now on */
	VAULT_RESCUE = 1 << 2,          /* open a changed header, a damaged state; never write */
	VAULT_NO_WAIT = 1 << 3,         /* fail at once while another program writes */
};

/* The path of the default vault; free(3). */
int vault_default_path(char **ret_path, struct error *err);

/* The path of the configuration file that programs on top may read; free(3). */
int vault_config_path(char **ret_path, struct error *err);

/* A path as people write it: with the home folder in place of the "~" of "~/"; free(3). */
int vault_expand_path(const char *path, char **ret_path, struct error *err);

/* Opens the file and reads its headers; nothing is decrypted. VAULT_NOT_FOUND (> 0, message set)
 * when there is no such file. Failures, one sentence each: a directory, a device, a link, somebody
 * else's file, a hard link, unreadable, not a vault, a newer format, truncated, both header copies
 * damaged, slot parameters out of range. */
int vault_open(const char *path, unsigned flags, struct vault **ret_vault, struct error *err);

/* Tries each slot of the credential's type. VAULT_WRONG_KEY (> 0, message set) when none opens. On
 * success the keys are in locked memory, the database is open and the witness was asked: see
 * vault_rollback. */
int vault_unlock(struct vault *vault, const struct credential *credential, struct error *err);

/* The same with the volume key itself (VOLUME_KEY_BYTES bytes): no KDF. VAULT_WRONG_KEY as
 * above. */
int vault_unlock_volume_key(struct vault *vault, const struct secret *volume_key,
                            struct error *err);

/* Wipes the keys, closes everything; NULL is fine. */
void vault_close(struct vault *vault);
void vault_closep(struct vault **vault);
#define VAULT_AUTO __attribute__((cleanup(vault_closep))) struct vault

struct vault_new {
	struct credential credential;
	struct kdf_cost cost;               /* zero members are calibrated, see kdf_cost */
	const struct secret *recovery_code; /* from recovery_code_new; or NULL: none */
};

/* Creates the vault and its folders (0700), complete or not at all, and opens it unlocked.
 * VAULT_EXISTS (> 0, message set) when the file is there. VAULT_FAILED (> 0, message set): it is
 * made and then something failed, so that it is not open, or a power failure could undo it. */
int vault_create(const char *path, const struct vault_new *how, struct vault **ret_vault,
                 struct error *err);

/* ---- state -------------------------------------------------------------------------- */

struct vault_rollback {
	bool detected;                 /* this file is older than what was seen here before */
	uint64_t generation, expected; /* of the contents; and of the newest seen */
	uint64_t sequence, expected_sequence; /* the same of the header */
};

/* What the witness said at unlock. Reading goes on; every writing function fails with VAULT_DAMAGED
 * until the vault is opened with VAULT_ACCEPT_ROLLBACK. Borrowed from the vault. */
const struct vault_rollback *vault_rollback(const struct vault *vault);

struct vault_status_info {
	unsigned char uuid[16];
	unsigned format; /* of the file */
	unsigned schema; /* of the database; 0 while locked */
	int64_t created;
	uint64_t size;             /* bytes of the file */
	uint64_t generation;       /* counts committed writes; 0 while locked */
	uint64_t sequence;         /* counts header writes */
	bool header_healed;        /* one header copy was torn and has been written anew */
	bool header_torn;          /* one header copy is torn and could not be written */
	bool read_only;            /* the file or file system cannot be written */
	bool memory_locked;        /* SQLite's memory is locked into RAM */
	uint64_t entries, trashed; /* 0 while locked */
};

int vault_info(struct vault *vault, struct vault_status_info *ret_info, struct error *err);

/* The used slots, at most KEY_SLOTS; works while locked. */
void vault_key_slots(const struct vault *vault, struct key_slot ret_slots[KEY_SLOTS],
                     size_t *ret_count);

/* ---- entries ------------------------------------------------------------------------ */

/* What a writing function tells besides done. */
struct write_result {
	char *name; /* the entry's exact name as stored; free with write_result_done */
	struct conflicts
		conflicts; /* whom it is shared with; with answer 0 it went in all the same */
	bool changed;      /* false: nothing had to be written */
};
void write_result_done(struct write_result *result);
#define WRITE_RESULT_AUTO __attribute__((cleanup(write_result_done))) struct write_result

/* Makes several writes one transaction: all of them or none. Writing functions in between behave as
 * always, but are durable only when vault_batch_end returns 0. `keep` false, or a failure (< 0) in
 * between, drops them all; so does vault_close. */
int vault_batch_begin(struct vault *vault, struct error *err);
int vault_batch_end(struct vault *vault, bool keep, struct error *err);

/* Stores a new entry (which must have a password). Borrows `entry`. Answers:
 * VAULT_EXISTS   the name is taken (message set)
 * VAULT_REFUSED  the password is shared, now or formerly, and `allow_reuse` is NULL;
 *                result->conflicts tells */
int vault_add(struct vault *vault, const struct entry *entry, const char *allow_reuse,
              struct write_result *result, struct error *err);

/* Applies an edit. VAULT_NOT_FOUND, VAULT_REFUSED as above. A new password sends the old one to the
 * history; the same password again is no change. */
int vault_edit(struct vault *vault, const char *name, struct entry_edit *edit,
               const char *allow_reuse, struct write_result *result, struct error *err);

/* Answers VAULT_NOT_FOUND, VAULT_EXISTS. Reports what the password is shared with, never
 * refuses. */
int vault_rename(struct vault *vault, const char *name, const char *new_name,
                 struct write_result *result, struct error *err);

/* Loads one entry, verified against the vault's digest. The name matches exactly, else when it is
 * the only one that is equal after case folding. VAULT_NOT_FOUND (> 0): no such entry; *ret_entry
 * is NULL. */
int vault_get(struct vault *vault, const char *name, struct entry **ret_entry, struct error *err);

/* The uuid of an entry, as text: what it is known by whatever its name, in every copy of the vault.
 * VAULT_NOT_FOUND as for vault_get. */
#define VAULT_UUID_SIZE 37
int vault_uuid(struct vault *vault, const char *name, char ret_uuid[VAULT_UUID_SIZE],
               struct error *err);

/* And the way back, live or not; free(3) the name. Cost: a walk over the table of entries.
 * VAULT_NOT_FOUND (> 0, no message): there never was one here. */
int vault_by_uuid(struct vault *vault, const char *uuid, char **ret_name,
                  enum entry_state *ret_state, struct error *err);

/* Is a live entry called exactly so? Looks at the index of names alone: a courtesy before somebody
 * is asked for a password; vault_add decides. */
int vault_has(struct vault *vault, const char *name, bool *ret_there, struct error *err);

/* Names of live entries that resemble `name`, best first, at most `max` of them; gives the strings,
 * each free(3). */
int vault_nearest(struct vault *vault, const char *name, char **ret_names, size_t max,
                  size_t *ret_count, struct error *err);

/* A line of `list`: everything is borrowed and valid during the call only. */
struct list_item {
	const char *name, *user; /* user may be NULL */
	int64_t created, modified, password_since;
};
struct list_filter {
	const char *pattern; /* see text_match; NULL: all */
	/* Exact; every one of them must be there. NULL-terminated, or NULL: any. */
	const char *const *tags;
	bool details; /* fill in all of list_item, not the name alone */
};
/* In order of name. `each` returns 0 to go on; any other value ends the walk and is returned.
 * Touches no secret column. */
int vault_list(struct vault *vault, const struct list_filter *filter,
               int (*each)(void *context, const struct list_item *item), void *context,
               struct error *err);

/* Where `find` finds a word, best first. */
enum find_place {
	FIND_NAME,
	FIND_USER,
	FIND_URL,
	FIND_TAG,
	FIND_TEXT,
	FIND_NOTE
};

struct find_match {
	enum find_place place;
	char *key;  /* of FIND_TEXT; else NULL */
	char *text; /* the whole value; NULL for the name, and for a note, which is secret */
};

/* An entry that was found: everything is borrowed and valid during the call only. */
struct find_hit {
	const char *name;
	const struct find_match *matches; /* the best place of each word, none twice; best first */
	size_t n_matches;
};

#define FIND_WORDS_MAX 16

struct find_query {
	const char *const *words; /* NULL-terminated: each must be somewhere in the entry */
	size_t limit;             /* hits at most, the best ones; 0: all */
};

/* Looks for words in names, users, URLs, tags, plain custom fields and notes of live entries;
 * passwords and secret fields are left alone. Upper and lower case are the same, and so are the
 * ways to write one character. The best hit comes first: a word in the name before one in the user,
 * and so on; there the whole text before its beginning, the beginning of a word, any part; then by
 * name. *ret_count tells how many there are, told or not.
 *
 * `each` returns 0 to go on; any other value ends it and is returned. VAULT_USAGE failure for no
 * word, too many, or one without a visible character. As with vault_list rows are not verified.
 * Cost: one walk over all entries. */
int vault_find(struct vault *vault, const struct find_query *query,
               int (*each)(void *context, const struct find_hit *hit), void *context,
               size_t *ret_count, struct error *err);

/* Names of live entries, or the tags that they have, each once, that begin with `prefix`, byte for
 * byte, in order: a range of an index is read, so that it costs what it gives. For who types the
 * beginning of one; like vault_list it verifies no rows. `each` as there; the string is borrowed
 * during the call. */
int vault_names(struct vault *vault, const char *prefix,
                int (*each)(void *context, const char *name), void *context, struct error *err);
int vault_tags(struct vault *vault, const char *prefix, int (*each)(void *context, const char *tag),
               void *context, struct error *err);

/* The addresses of the live entries, in order of name; an entry has as many as it has. Borrowed
 * during the call; `each` as for vault_list. Like a list, they are not verified: before anything is
 * given away for an address, load the entry and look there. */
int vault_urls(struct vault *vault, int (*each)(void *context, const char *name, const char *url),
               void *context, struct error *err);

/* Moves an entry to the trash. VAULT_NOT_FOUND. */
int vault_remove(struct vault *vault, const char *name, struct write_result *result,
                 struct error *err);

/* The trash, oldest first; several may have one name. */
struct trash_item {
	int64_t id;
	const char *name, *user; /* borrowed during the call */
	int64_t trashed;
};
int vault_trash_list(struct vault *vault, int (*each)(void *context, const struct trash_item *item),
                     void *context, struct error *err);

/* Brings the entry of that name back, the one trashed last where there are several, under
 * `new_name` unless NULL. VAULT_NOT_FOUND, VAULT_EXISTS (a live entry has the name). Reports what
 * the password is shared with, never refuses: it gives back what was the user's. */
int vault_trash_restore(struct vault *vault, const char *name, const char *new_name,
                        struct write_result *result, struct error *err);

/* Erases the secrets and fields of everything in the trash (or of the entries of that name). Names,
 * dates and fingerprints stay, so that a password used once is known for ever. */
int vault_trash_empty(struct vault *vault, const char *name, size_t *ret_count, struct error *err);

/* ---- import and export --------------------------------------------------------------- */

enum import_outcome {
	IMPORT_ADDED = 1,
	IMPORT_SAME,    /* nothing in it is new: it was imported before, or is known otherwise */
	IMPORT_DIFFERS, /* it is there, and something in the item is new; nothing was changed */
	IMPORT_UPDATED, /* the same, with IMPORT_UPDATE: what is new was taken */
	IMPORT_TRASHED, /* it is in the trash, and stays there */
};

enum import_flags {
	IMPORT_UPDATE = 1 << 0, /* take what is new in an item whose entry is there */
};

/* What is new in an item, or was. */
enum import_news {
	NEWS_PASSWORD = 1 << 0,
	NEWS_HISTORY = 1 << 1, /* earlier passwords */
	NEWS_USER = 1 << 2,
	NEWS_FIELDS = 1 << 3,
	NEWS_OLDER = 1 << 4, /* the entry was changed after the item was: a password of the item
	                        goes into the history, what else differs stays as it is */
	NEWS_NEWER = 1 << 5, /* the item was changed after the entry was: it may even go back to a
	                        password of the entry's history */
	NEWS_KEPT = 1 << 6,  /* the entry has another value of something, and keeps it */
};

struct import_result {
	enum import_outcome outcome;
	unsigned news;      /* enum import_news; of IMPORT_SAME: NEWS_KEPT */
	bool renamed;       /* the name was taken */
	bool realm_left;    /* the vault has a realm of that name, which the entry is not in */
	bool other_name;    /* the entry that the item is has another name */
	bool trashed_there; /* and it is not in the trash, as the item is */
	bool master;        /* the password is the master password */
	bool burned;        /* it has leaked, or is a variant of one that has */
	char name[NAME_MAX_BYTES + 1]; /* of the entry */
};

/*
 * Stores an item with its dates and its history, inside a batch (vault_batch_begin). Never refuses
 * a password. Borrows the item, which may come from anywhere: VAULT_USAGE failure for what no entry
 * can hold.
 *
 * An item is the same as an entry of its uuid, or of one that follows from its name, user and first
 * URL; or else of that name, user and one of its URLs. Two items of one import are never the same.
 * A name that is taken gets " (USER)" behind it, or the first free of " (2)", " (3)", ….
 *
 * It takes time and memory for an index of all entries once in a batch, and none that grows with
 * the vault after that.
 */
int vault_import(struct vault *vault, const struct item *item, unsigned flags,
                 struct import_result *ret_result, struct error *err);

/* Told of an entry that names another one as what it is reset through: that one is not there, or it
 * is `there` and IMPORT_UPDATE was not given. `added`: the entry is new. */
typedef void (*import_lost_each)(void *context, const char *name, bool there, bool added);

/* To be called after the last item, inside the batch: an item may name one that comes after it, and
 * which entry that is shows only then. Its uuid is the file's until here. */
int vault_import_end(struct vault *vault, import_lost_each lost, void *context, struct error *err);

enum export_flags {
	EXPORT_TRASHED = 1 << 0,  /* those in the trash, too */
	EXPORT_BY_NAME = 1 << 1,  /* folder by folder, the trash at last; it takes twice the time */
	EXPORT_ATTACHED = 1 << 2, /* only those with attachments; not with EXPORT_BY_NAME */
};

/* Calls `each` with every entry, in the order they were made, each verified. Items are valid during
 * the call. `each` returns 0 to go on; any other value ends the walk and is returned. */
int vault_export(struct vault *vault, unsigned flags,
                 int (*each)(void *context, const struct item *item), void *context,
                 struct error *err);

/* ---- history ------------------------------------------------------------------------ */

struct history_item {
	int64_t since, until;          /* until 0: in use */
	const struct secret *password; /* NULL unless revealed, or when it has been erased */
	const char *reuse_reason;      /* or NULL */
};
/* The passwords of an entry, newest first. Items are borrowed during the call. VAULT_NOT_FOUND. */
int vault_history(struct vault *vault, const char *name, bool reveal,
                  int (*each)(void *context, const struct history_item *item), void *context,
                  struct error *err);

/* ---- keys --------------------------------------------------------------------------- */

/* What changes keys also answers VAULT_FAILED (> 0, message set): the change is in force, or may
 * be, and a power failure could undo it, since the disk did not confirm it. Whoever made a secret
 * for it has to keep both. A failure (< 0): nothing was changed. */

/* Adds a slot. VAULT_EXISTS (> 0): all slots are in use. `cost` as in struct vault_new. `label` may
 * be NULL. */
int vault_key_add(struct vault *vault, const struct credential *credential,
                  const struct kdf_cost *cost, const char *label, unsigned *ret_index,
                  struct error *err);

/* Empties a slot. VAULT_NOT_FOUND: it is empty. VAULT_REFUSED: it is the last one that is not a
 * recovery code. */
int vault_key_remove(struct vault *vault, unsigned index, struct error *err);

/* Replaces the credential of the slot that opened the vault (or `index`, when the volume key opened
 * it). The old or the new one opens at every instant. Old copies of the file still open with the
 * old password: see vault_rekey. */
int vault_passwd(struct vault *vault, unsigned index, const struct credential *credential,
                 const struct kdf_cost *cost, struct error *err);

/* Index of the slot that opened the vault, or -1. */
int vault_current_slot(const struct vault *vault);

/* New volume key, new file, everything encrypted anew; then takes the old file's place. Only what
 * is presented opens the result: `how` is as for vault_create. The vault is closed afterwards,
 * whatever the outcome: open it again. VAULT_FAILED (> 0) as above: the new file is in place. */
int vault_rekey(struct vault **vault, const struct vault_new *how, struct error *err);

/* ---- care --------------------------------------------------------------------------- */

enum check_severity {
	CHECK_NOTE = 0,    /* counts and good news */
	CHECK_WARNING = 1, /* nothing is lost: a healed header copy, a damaged free page */
	CHECK_DAMAGE = 2,  /* contents are lost, changed from outside or rolled back */
};
/* Verifies everything: both header copies, every page, SQLite's structure, every entry against the
 * digest, every index. The worst severity found is in *ret_worst. `each` gets one sentence per
 * finding, borrowed. */
int vault_check(struct vault *vault,
                void (*each)(void *context, enum check_severity severity, const char *text),
                void *context, enum check_severity *ret_worst, struct error *err);

/* Writes a consistent, verified copy with the same keys to a new file of mode 0600.
 * VAULT_EXISTS (> 0) when it is there. */
int vault_backup(struct vault *vault, const char *path, struct error *err);

/* Verifies the unlocked vault `backup` and puts a copy of it in place of `path`, whose present file
 * is kept as `path` with ".before-restore" and a date behind; *ret_kept (may be NULL; free(3))
 * names it, or is NULL when there was none. */
int vault_restore(struct vault *backup, const char *path, char **ret_kept, struct error *err);

/* Calls `each` for every entry that can still be read from a damaged vault, trash included, without
 * trusting indexes; `verified` tells whether it agrees with the digest. Counts what was lost. */
struct rescue_result {
	size_t read, unverified, lost;
};
int vault_rescue(struct vault *vault,
                 int (*each)(void *context, const struct entry *entry, bool verified),
                 void *context, struct rescue_result *ret_result, struct error *err);

/* Gives the raw database key as the 64 hexadecimal digits that the stock `sqlcipher` shell takes,
 * after `tail -c +8193`: PRAGMA key = "x'…'". And the volume key in 64 digits. */
int vault_database_key(struct vault *vault, struct secret **ret_hex, struct error *err);
int vault_volume_key(struct vault *vault, struct secret **ret_hex, struct error *err);

/* Gives the volume key itself, VOLUME_KEY_BYTES bytes. */
int vault_volume_key_bytes(struct vault *vault, struct secret **ret_key, struct error *err);

#endif
