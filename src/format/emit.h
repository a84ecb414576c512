/*
 * What a reader of a foreign format puts its findings into. Everything is taken as it comes; here
 * it becomes what a vault can hold, and whatever has to be changed for that is told in the account:
 *
 *      a name without, or with characters it may not have    made from what there is
 *      a text that is none (control characters, too long)    a secret field, which takes any bytes
 *      a secret that is too long                             an attachment
 *      a key that is taken, reserved, too long               "key (2)", …
 *
 * So a reader needs no checks of its own but for the format's own rules, and drops nothing: what it
 * does not know it hands to emit_kept.
 *
 * Functions without a result remember a failure, which emit_end passes up. Bytes are borrowed
 * during the call. Text is UTF-8; what is not is kept as bytes.
 */
#ifndef FORMAT_EMIT_H
#define FORMAT_EMIT_H

#include <vault/format.h>

#include "base/buf.h"

struct emit;

/* Where the stream of frames goes (stream.h): returns 0, or a failure. */
typedef int (*emit_put)(void *context, const void *bytes, size_t length);

/* Gives an emitter; free with emit_free. */
int emit_new(struct emit **ret_emit, emit_put put, void *context, struct error *err);
void emit_free(struct emit *emit);
int emit_finish(struct emit *emit, struct error *err); /* puts what is left */

/* Begins an item, ends it. Between them, in any order, any number of times unless told. */
void emit_begin(struct emit *emit);
int emit_end(struct emit *emit, struct error *err);

void emit_uuid(struct emit *emit, const unsigned char uuid[ITEM_UUID_BYTES]); /* the last one */
void emit_folder(struct emit *emit, struct span path); /* stands in front of the name, with "/" */
void emit_name(struct emit *emit, struct span name);   /* the last one */
void emit_user(struct emit *emit, struct span user);   /* the first one; others become fields */
void emit_url(struct emit *emit, struct span url);
void emit_tag(struct emit *emit, struct span tag);
void emit_note(struct emit *emit, struct span note); /* several are joined by an empty line */

/* What otp_read takes; what is none is kept as a secret field. The first one; others are kept. */
void emit_otp(struct emit *emit, struct span otp);
void emit_text(struct emit *emit, struct span key, struct span value);
void emit_secret(struct emit *emit, struct span key, struct span value);
void emit_attachment(struct emit *emit, struct span name, struct span value);
void emit_expires(struct emit *emit, int64_t seconds);
void emit_realm(struct emit *emit,
                struct span text); /* the text of a FIELD_REALM; the first counts */
void emit_consumer(struct emit *emit, struct span since,
                   struct span name); /* who types it; when it was given it, or nothing */
void emit_pending(struct emit *emit, struct span password); /* the first one; others are kept */
void emit_resets(struct emit *emit, struct span uuid); /* as text, of an entry of the same file */
void emit_rules(struct emit *emit, struct span rules); /* password rules; the last count */

/* The present password: the last one; earlier ones in any order, since or until 0 where it is not
 * known. */
void emit_password(struct emit *emit, struct span password, int64_t since, struct span reason);
void emit_earlier(struct emit *emit, struct span password, int64_t since, int64_t until,
                  struct span reason);

void emit_created(struct emit *emit, int64_t seconds); /* 0: not known; the last one */
void emit_modified(struct emit *emit, int64_t seconds);
void emit_trashed(struct emit *emit, int64_t seconds);

/* Something that entries do not have ("passkey", "card number"): a secret field, and told so. */
void emit_kept(struct emit *emit, struct span key, struct span value);
/* Something of this item that is taken in another way, or is not taken. */
void emit_account(struct emit *emit, enum fate fate, const char *what, const char *how);
/* Something of no item; at any time. */
void emit_account_file(struct emit *emit, enum fate fate, const char *what, const char *how);

/* How far the reader is. Cheap: for every item. */
void emit_progress(struct emit *emit, size_t done, size_t total);

/* Convenience: a span of a string; NULL gives nothing. */
struct span span_of(const char *string);

#endif
