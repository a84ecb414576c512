/* An entry of a KeePass file while it is gathered: as it is, and as it was before (its history).
 * Lives in the parser's process alone; see keepass_xml.h for the document. */
#ifndef FORMAT_KEEPASS_ENTRY_H
#define FORMAT_KEEPASS_ENTRY_H

#include "base/buf.h"
#include "base/span.h"
#include "format/emit.h"

/* Strings, and likewise attachments, of one state of an entry: one of ours has fewer. */
#define KEEPASS_STRINGS_MAX 1200
/* Both, of all states together: what was different once is found by comparing each with each. */
#define KEEPASS_PARTS_MAX 50000

/* Bytes in the entry's arena, a NUL behind them. */
struct keepass_text {
	bool there;
	size_t at, length;
};

struct keepass_string {
	struct keepass_text key, value;
	bool secret;  /* protected in memory */
	bool literal; /* was encoded: nothing in it is a reference */
};

struct keepass_file {
	struct keepass_text name, value;
	struct span outside; /* a value that lies elsewhere */
};

/* What is told in the account and of no other use here. */
enum keepass_left {
	LEFT_ICON = 1 << 0,
	LEFT_COLOR = 1 << 1,
	LEFT_AUTO_TYPE = 1 << 2,
	LEFT_CUSTOM_DATA = 1 << 3,
	LEFT_QUALITY = 1 << 4,
	LEFT_PREVIOUS_GROUP = 1 << 5,
	LEFT_GROUP_NOTE = 1 << 6,
	LEFT_FILE = 1 << 7, /* an attachment that the file does not hold */
	LEFT_REFERENCE = 1 << 8,
	LEFT_LOST_REFERENCE = 1 << 9,
};

struct keepass_state {
	bool has_uuid;
	unsigned char uuid[ITEM_UUID_BYTES];
	int64_t created, modified, moved, expires; /* seconds since 1970; 0: not known */
	bool does_expire;
	struct keepass_text tags, override;
	struct keepass_string *strings;
	struct keepass_file *files;
	size_t n_strings, n_files, strings_room, files_room;
	unsigned left; /* enum keepass_left */
	size_t order;  /* as it stood in the file */
};

struct keepass_entry {
	struct buf arena;
	struct keepass_state now;
	struct keepass_state *history;
	size_t n_history, history_room;
	size_t n_parts; /* strings and attachments of all states */
	struct keepass_text folder, group_tags;
	bool trashed;
};

void keepass_entry_free(struct keepass_entry *entry); /* NULL is fine */

struct keepass_text keepass_keep(struct keepass_entry *entry, struct span span);
/* Borrowed until something is kept. */
struct span keepass_span(const struct keepass_entry *entry, struct keepass_text text);

/* The value of a string of that key; NULL: there is none. */
struct keepass_string *keepass_find(const struct keepass_entry *entry,
                                    const struct keepass_state *state, const char *key);

/* Hands the entry on: all of it, and what becomes of it, in the account. */
int keepass_entry_emit(struct keepass_entry *entry, struct emit *emit, struct error *err);

/* ---- one-time codes: keepass_otp.c --------------------------------------------------- */

/* Hands on the one-time code that the entry's strings make in any of the spellings:
 *
 *     otp                                   an otpauth URI, or "key=…&step=…&size=…" (KeeOtp)
 *     TOTP Seed, TOTP Settings              KeePassXC before 2.7, KeeTrayTOTP: "30;6"
 *     TimeOtp-Secret[-Hex|-Base32|-Base64]  KeePass 2.47; with -Length, -Period, -Algorithm
 *     HmacOtp-Secret…, HmacOtp-Counter      likewise
 */
void keepass_otp_emit(const struct keepass_entry *entry, struct emit *emit);

/* Is it the key of one of these, which keepass_otp_emit has dealt with? */
bool keepass_otp_key(struct span key);

/* ---- references: keepass_refs.c ------------------------------------------------------ */

/* {REF:P@I:UUID}: a value is that of another entry. What may be referred to is remembered of every
 * entry, in the order of the file; entries that refer wait for the end. */
struct keepass_refs;

int keepass_refs_new(struct keepass_refs **ret_refs, struct error *err);
void keepass_refs_free(struct keepass_refs *refs);

/* Remembers the entry's values, and takes the entry (*entry becomes NULL) where it has references
 * itself. */
int keepass_refs_add(struct keepass_refs *refs, struct keepass_entry **entry, struct error *err);

/* Hands on the entries that waited. */
int keepass_refs_emit(struct keepass_refs *refs, struct emit *emit, struct error *err);

/* ---- values that XML has no room for: keepass_code.c --------------------------------- */

/* XML 1.0 holds neither control characters nor bytes that are no UTF-8. Such a value is written as
 * "{vault:base64:…}", and so is one that would look like that by itself. */
#define KEEPASS_CODE "{vault:base64:"
#define KEEPASS_CODE_END "}"

/* Must it be written so? */
bool keepass_needs_code(struct span value);

/* Decodes in place. False: it is no such value, and stays as it is. */
bool keepass_decode(char *text, size_t *length);

/* A custom field whose key means something else here stands behind this: "vault.field.Title". What
 * has no place in KeePass stands behind "vault.": docs/FORMATS.md lists it. */
#define KEEPASS_OWN "vault."
#define KEEPASS_OWN_FIELD "vault.field."
#define KEEPASS_OWN_REASON "vault.reason"

/* When the password of a state came and went, where the states do not tell: "SINCE UNTIL STATE",
 * each a number of seconds since 1970, UNTIL 0 where it is in use. It counts while the state is of
 * the time STATE: who changes the entry later in another program changes that. */
#define KEEPASS_OWN_DATES "vault.dates"

/* Has the key of a string a meaning beside being a custom field? */
bool keepass_key_means(struct span key);

#endif
