/*
 * What the files of src/vault share: the open vault, its keys, its transactions, its records.
 */
#ifndef VAULT_INTERNAL_H
#define VAULT_INTERNAL_H

#include <vault/vault.h>

#include "base/cleanup.h"
#include "crypto/fingerprint.h"
#include "crypto/seal.h"
#include "store/db.h"
#include "store/digest.h"
#include "store/header.h"
#include "vault/versions.h"

/* Beside enum vault_open_flags. */
enum vault_internal_flags {
	/* A copy on its way to its place: the witness is neither asked nor told about it. */
	VAULT_NO_WITNESS = 1 << 16,
};

/* Everything that opens or authenticates something; lives in one locked allocation. */
struct keys {
	unsigned char volume[VOLUME_KEY_BYTES];
	unsigned char database[32];
	unsigned char header[HASH_KEY_BYTES];
	unsigned char digest[HASH_KEY_BYTES];
	unsigned char witness[HASH_KEY_BYTES];
	unsigned char fingerprint[FINGERPRINT_KEY_BYTES]; /* from the state row */
	unsigned char
		master[FINGERPRINT_BYTES]; /* fingerprint of the password that opened the vault */
};

/* The state row: what one transaction sees of the whole vault. */
struct state {
	uint64_t generation, entries, trashed;
	unsigned char top[HASH_BYTES];  /* of the digest */
	unsigned char root[HASH_BYTES]; /* authenticates all of this */
};

/* The way from a form's hash to a password, as a row of the table of variants. */
struct form_way {
	int64_t hash;
	int64_t entry, position;
};

struct vault {
	char *path;     /* as given, made absolute */
	unsigned flags; /* enum vault_open_flags */
	struct db *db;
	struct header header;
	enum copy_state copies[HEADER_COPIES]; /* as found when the vault was opened */
	bool healed;
	struct secret *key_memory; /* holds struct keys; NULL while locked */
	struct keys *keys;         /* into key_memory; NULL while locked */
	bool has_master;           /* keys->master is set */
	int slot;                  /* that opened the vault; -1: the volume key did */
	unsigned schema;
	struct state state;            /* of the last transaction */
	struct digest_changes changes; /* of this one */
	struct vault_rollback rollback;
	bool witnessed;           /* something is remembered of it on this machine */
	bool batch, batch_failed; /* see vault_batch_begin */
	struct {
		struct form_way *items;
		size_t count, room;
	} ways;                        /* that the batch has not written yet: see ways_write */
	struct identities *identities; /* of a batch that imports (identity.c); else NULL */
	struct import_names *names;    /* the same (import_names.c) */
	struct references *references; /* the same (import_refs.c) */
	struct realm_names *realms;    /* the same (import_realms.c) */
};

/* ---- keys (keys.c) ------------------------------------------------------------------ */

/* Allocates the keys and derives the subkeys of `volume_key` (borrowed). */
int keys_set(struct vault *vault, const unsigned char volume_key[VOLUME_KEY_BYTES],
             struct error *err);
void keys_forget(struct vault *vault);
/* Remembers which slot the credential opened, and the fingerprint of its password for the reuse
 * guard. */
void keys_remember(struct vault *vault, const struct credential *credential, int slot);

/* Fills slot `index` of `header` so that `credential` opens `volume_key`. Costs a key
 * derivation. */
int slot_seal(struct header *header, unsigned index, const struct credential *credential,
              const struct kdf_cost *cost, const char *label,
              const unsigned char volume_key[VOLUME_KEY_BYTES], struct error *err);

/* Opens it. VAULT_WRONG_KEY (> 0): the credential is another's. VAULT_DAMAGED failure: the
 * credential is right and the slot was changed. Costs a key derivation. */
int slot_open(const struct header *header, unsigned index, const struct credential *credential,
              unsigned char ret_volume_key[VOLUME_KEY_BYTES], struct error *err);

/* ---- header (open.c) ---------------------------------------------------------------- */

/* Reads the headers again; with keys, also verifies the MAC of each copy that is not torn
 * (VAULT_DAMAGED failure). */
int header_refresh(struct vault *vault, struct error *err);

/* Writes `header` as the next one: the older copy, sync, the other, sync. In a write
 * transaction. */
int header_store(struct vault *vault, struct header *header, struct error *err);

/* ---- transactions (state.c) --------------------------------------------------------- */

/* A read transaction with a verified state; write_begin adds: refused (VAULT_DAMAGED) while a
 * rollback is not accepted. Inside a batch, write_begin and write_commit only count on the
 * batch, and read_begin sees to it that what the batch did is in the tables. */
int read_begin(struct vault *vault, struct error *err);
void read_end(struct vault *vault);
int write_begin(struct vault *vault, struct error *err);
/* Next generation, new root, commit, witness. */
int write_commit(struct vault *vault, struct error *err);
/* Ends a write without a change. `r` is the result that is passed on: a failure (< 0) spoils a
 * batch. Returns `r`. */
int write_rollback(struct vault *vault, int r);

/* Reads and verifies the state row. Without `verify`, a root that does not fit is not an error
 * (rescue). */
int state_read(struct vault *vault, bool verify, struct error *err);
void state_root(const struct vault *vault, const struct state *state,
                unsigned char ret_root[HASH_BYTES]);
/* Inserts (in a new database) or updates the state row from vault->state, with a new root. */
int state_write(struct vault *vault, bool insert, struct error *err);

/* ---- records (record.c): entries as rows -------------------------------------------- */

enum record_want {
	WANT_SECRETS = 1 << 0, /* the current password and the secret fields */
	WANT_HISTORY = 1 << 1, /* the list of passwords, without their values */
	WANT_PAST = 1 << 2,    /* and their values */
};

#define FORMS_MAX 65 /* bytes of a row of form */

struct past {
	int64_t since, until; /* until 0: in use */
	struct secret *value; /* NULL: not wanted, or erased */
	bool erased;
	unsigned char fingerprint[FINGERPRINT_BYTES];
	char *reason;
	unsigned char forms[FORMS_MAX]; /* its row of form, as it is stored */
	size_t forms_length;            /* 0: it has none */
};

struct record {
	int64_t id;
	unsigned char uuid[16];
	int64_t revision;
	enum entry_state state;
	struct entry *entry;                          /* fields and password as wanted */
	unsigned char fingerprint[FINGERPRINT_BYTES]; /* of the latest password; zero: none */
	size_t n_passwords;                           /* ever */
	struct past *past; /* WANT_HISTORY: all passwords, oldest first */
	size_t n_past;
	struct versions versions;       /* see versions.h */
	int64_t modified;               /* as it was read */
	unsigned char leaf[HASH_BYTES]; /* of the rows as they were read */
};

/* Steps to the row of an entry, its columns as in SQL_ENTRY_READ: 1, or 0 when there is none. The
 * caller ends the statement. */
int entry_row(struct vault *vault, int64_t id, struct stmt **ret_stmt, struct error *err);

/* Reads the rows of one entry and hashes them to its leaf, unverified. VAULT_NOT_FOUND (> 0): no
 * such id. */
int record_read(struct vault *vault, int64_t id, unsigned want, struct record *ret_record,
                struct error *err);

/* The same, verified against the digest of the transaction's state: VAULT_DAMAGED failure. */
int record_load(struct vault *vault, int64_t id, unsigned want, struct record *ret_record,
                struct error *err);
void record_done(struct record *record);
#define RECORD_AUTO __attribute__((cleanup(record_done))) struct record

/* Writes the entry row (insert when record->id is 0, which sets it) and, with `fields`, its fields
 * anew. An entry that was there has one more version. */
int record_write(struct vault *vault, struct record *record, bool fields, struct error *err);

/* Writes its fields and its versions anew, and nothing else. */
int record_write_fields(struct vault *vault, const struct record *record, struct error *err);

/* Binds the row of the entry, ?2 to ?9 of SQL_ENTRY_INSERT and SQL_ENTRY_REPLACE. Borrows until
 * stmt_done. */
void record_bind(struct stmt *stmt, const struct record *record, const char *folded);

/* Puts a password in use, the present one into the history. */
int record_write_password(struct vault *vault, struct record *record, const struct secret *password,
                          int64_t now, const char *reason, struct error *err);

/* Keeps a fingerprint alone, as a former password of that span. */
int record_write_fingerprint(struct vault *vault, struct record *record,
                             const unsigned char fingerprint[FINGERPRINT_BYTES], int64_t since,
                             int64_t until, struct error *err);

/* Hashes the entry's rows as they are now and renews the digest. The last step of every change. */
int record_seal(struct vault *vault, int64_t id, struct error *err);
/* The same, for who has hashed what it wrote on the way: finishes `leaf`. */
int record_seal_leaf(struct vault *vault, int64_t id, struct hash *leaf, struct error *err);

/* ---- names (names.c) ---------------------------------------------------------------- */

/* The id of the live entry of that name, exact first, else the only one equal after folding.
 * VAULT_NOT_FOUND (> 0). When nothing is found the whole digest is verified first (VAULT_DAMAGED
 * failure), so that a name index put back to an older state cannot hide an entry. In a
 * transaction. */
int name_find(struct vault *vault, const char *name, int64_t *ret_id, struct error *err);

/* The live entry of exactly this name, which is normalised. VAULT_NOT_FOUND (> 0). */
int name_exact(struct vault *vault, const char *name, int64_t *ret_id, struct error *err);

/* The latest one of that name among those that are not live too: `which` is SQL_TRASH_NEWEST or
 * SQL_ENTRY_EVER. VAULT_NOT_FOUND (> 0). Without a proof that nothing is hidden. */
int name_newest(struct vault *vault, enum sql which, const char *name, int64_t *ret_id,
                struct error *err);

/* Is a live entry called exactly so? */
int name_taken(struct vault *vault, const char *name, bool *ret_taken, struct error *err);

/* ---- reuse (reuse.c, relatives.c) --------------------------------------------------- */

/* The one guard that every password passes, inside the write transaction: with whom entry `id` (0:
 * a new one) would share this password, and of whose it would be a variant. `entry` has the names
 * as they are about to be; its password is not looked at. */
int reuse_find(struct vault *vault, const struct secret *password, const struct entry *entry,
               int64_t id, struct conflicts *ret_conflicts, struct error *err);

bool reuse_is_master(const struct vault *vault, const unsigned char fingerprint[FINGERPRINT_BYTES]);

/* The second half of reuse_find: adds the variants, of entries that are not among the conflicts
 * yet. At most one per entry, the one in use if it is, else the latest. `burned`: of what leaked,
 * its incident takes the place of the entry. Cost: a look-up for each form, and a comparison for
 * each candidate, a few hundred at most. */
int relatives_find(struct vault *vault, const struct secret *password, const struct entry *entry,
                   int64_t id, bool burned, struct conflicts *conflicts, struct error *err);

struct variant_forms;

/* The same for a password of which only the forms are left: whose surely is a variant. */
int relatives_by_forms(struct vault *vault, const struct variant_forms *forms, int64_t id,
                       struct conflicts *conflicts, struct error *err);

/* Gives an entry that has nothing but these names and the stored URLs: what the forms of its
 * passwords depend on. In a transaction. */
int entry_names(struct vault *vault, int64_t id, const char *name, const char *user,
                struct entry **ret_entry, struct error *err);

/* Is the other entry in the same realm as this one is, or is about to be? (realm.c) */
int realm_partner(struct vault *vault, const struct entry *entry, int64_t partner, bool *ret_same,
                  struct error *err);

/* Appends a copy, the name as given. */
int conflicts_add(struct conflicts *conflicts, const struct conflict *conflict, const char *name,
                  struct error *err);

/* ---- consumers (consumer.c) --------------------------------------------------------- */

/* A time that is later than all ticks of the entry's consumers, and not before its password, for a
 * password that comes in `now`: it may do so in the same second. Times that are far from now are
 * somebody else's. */
int64_t consumers_after(const struct entry *entry, int64_t now);

/* Puts ticks of `since` and later before it: they were made by somebody who did not know the
 * password that is in use since then. */
int consumers_untick(struct entry *entry, int64_t since, struct error *err);

/* The fields of a new entry, the time put in as the key of consumers that have none. Gives the
 * list, which borrows what is in it; free(3). */
int consumers_stamp(const struct entry *entry, char *when, struct field **ret_fields,
                    struct error *err);

/* ---- incidents (incident.c, radius.c) ------------------------------------------------ */

struct incident;

/* 16 bytes in hexadecimal; of an entry's uuid it is the key of the field in which an incident says
 * why the entry was dismissed. */
#define DISMISSED_KEY_SIZE 33
const char *dismissed_key(const unsigned char uuid[16], char key[DISMISSED_KEY_SIZE]);

/* The rows of all incidents (SQL_INCIDENTS), or of the open ones (SQL_INCIDENTS_OPEN), in order.
 * free(3). In a transaction, as what follows. */
int incident_ids(struct vault *vault, enum sql which, int64_t **ret_ids, size_t *ret_count,
                 struct error *err);
/* With its burned passwords as history, and why entries were dismissed as fields. */
int incident_load(struct vault *vault, int64_t id, struct record *ret_record, struct error *err);
/* With its items; `told` as in radius_find. */
int incident_read(struct vault *vault, int64_t id, unsigned number, bool told,
                  struct incident **ret_incident, struct error *err);

/* Fills in who is affected by the incident of `record` (read with WANT_HISTORY), and how far it
 * is. In a transaction. Cost: that of the guard for each burned password; with `told` also a walk
 * over all entries, for those that have the user in common. */
int radius_find(struct vault *vault, const struct record *record, bool told,
                struct incident *incident, struct error *err);

/* Adds fields to the incident of `record` that say whose passwords are variants of the one that
 * leaked, by comparison, which takes the password. In a transaction. */
int radius_keep_variants(struct vault *vault, const struct secret *typed, struct record *record,
                         struct error *err);

/* Adds fields to the incident of `record` that say whose password to be is one of those that
 * leaked. In a transaction. Cost: a walk over the table of fields. */
int radius_keep_pending(struct vault *vault, struct record *record, struct error *err);

/* The last step of every change of an entry: opens the incidents again that the password belongs to
 * that came in with these conflicts (NULL: none did), and closes those in which nobody is open any
 * more. Where no incident is open, a look into an empty index. */
int incidents_settle(struct vault *vault, const struct conflicts *conflicts, struct error *err);
/* The same after many entries have changed: looks at each incident there ever was. */
int incidents_review(struct vault *vault, struct error *err);

/* ---- forms of passwords (forms.c) --------------------------------------------------- */

/* Writes, or writes anew, the forms of the password at that position of the entry, after whose
 * names they are made. */
int forms_write(struct vault *vault, const struct entry *entry, int64_t id, int64_t position,
                const struct secret *password, struct error *err);
/* The same for a password that has none yet; `leaf` gets them. */
int forms_add(struct vault *vault, const struct entry *entry, int64_t id, int64_t position,
              const struct secret *password, struct hash *leaf, struct error *err);
/* The same as it is stored of a password whose value is gone. */
int forms_keep(struct vault *vault, int64_t id, int64_t position, struct span hashes,
               struct error *err);
/* Takes all forms of an entry away. */
int forms_clear(struct vault *vault, int64_t id, struct error *err);
/*
 * The ways from hashes to passwords, eight for each, belong at random places of their table. A
 * batch keeps those that it adds, and writes them in the order of the table: before anybody looks
 * for one, at its end, and when there are very many. Elsewhere there are none to write.
 */
int ways_write(struct vault *vault, struct error *err);
void ways_forget(struct vault *vault); /* instead: nothing is written */
/* The forms that are stored of one password; none, where there is no row. */
int forms_read(struct vault *vault, int64_t id, int64_t position, struct variant_forms *ret_forms,
               struct error *err);
/* The forms of an erased password for another place. */
int forms_copy(struct vault *vault, int64_t from, int64_t from_position, int64_t id,
               int64_t position, struct error *err);
/* A stored list of forms. False: it is none. */
bool forms_unpack(const void *bytes, size_t length, struct variant_forms *ret_forms);
int64_t form_number(const unsigned char *hash); /* as it stands in the table of variants */

/* ---- older schemas (upgrade.c) ------------------------------------------------------ */

/* Brings tables and contents to the newest schema, in a transaction of its own that verifies every
 * entry on the way. Nothing is done where another program was quicker. */
int upgrade(struct vault *vault, struct error *err);

/* ---- digest (verify.c) -------------------------------------------------------------- */

/* Recomputes the digest of everything and compares: every entry, every node, the root, the counts.
 * `each` (may be NULL) gets a sentence per finding. *ret_damaged counts them. In a transaction. */
int verify_all(struct vault *vault,
               void (*each)(void *context, enum check_severity severity, const char *text),
               void *context, size_t *ret_damaged, struct error *err);

/* ---- witness (witness.c) ------------------------------------------------------------ */

struct witness {
	bool found;   /* there is a file for this vault */
	bool foreign; /* but not written under this volume key */
	uint64_t generation, sequence;
	unsigned char root[HASH_BYTES];
};

/* Reads what was seen last. Read it before the header and the state it is compared with: another
 * program may be writing. */
int witness_read(struct vault *vault, struct witness *ret_witness, struct error *err);
/* Compares, fills vault->rollback. */
void witness_compare(struct vault *vault, const struct witness *witness);
/* Remembers what the vault is now; never goes back unless `force`. A failure to write is not one of
 * the caller's: ignored. */
void witness_store(struct vault *vault, bool force);
/* Before `next`, with another volume key, takes the place of a file: adds what `next` will be to
 * what is remembered, durably, so that neither is taken for a rolled back one after a crash.
 * witness_store forgets the other. `witnessed`: something was remembered a moment ago; that it
 * cannot be read now is a failure then. */
int witness_announce(const struct vault *next, bool witnessed, struct error *err);

/* ---- files (create.c) --------------------------------------------------------------- */

/* Makes a complete vault file under `path` (which must not exist): header with the slots of `how`,
 * tables, state. Gives it open and unlocked. `like` (may be NULL): uuid, creation date and
 * fingerprint key are taken from it; the rows are not. */
int create_file(const char *path, const struct vault_new *how, const struct vault *like,
                struct vault **ret_vault, struct error *err);

/* Allocates a vault around an opened file and reads its headers. */
int vault_attach(const char *path, unsigned flags, struct vault **ret_vault, struct error *err);
/* With the keys set: unlocks the database, reads schema and state, asks the witness, heals the
 * header. */
int vault_start(struct vault *vault, struct error *err);

int64_t now_seconds(void);

#endif
