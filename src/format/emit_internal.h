/* The item under construction: what emit.c takes and finish.c makes a vault's item of. */
#ifndef FORMAT_EMIT_INTERNAL_H
#define FORMAT_EMIT_INTERNAL_H

#include <vault/rules.h>

#include "format/emit.h"

/* Bytes in emit->arena, which moves while it grows; a NUL is behind them. */
struct part {
	bool there;
	size_t at, length;
};

struct part_password {
	struct part value, reason;
	int64_t since, until;
	bool current;
	bool undated; /* since when is not told */
	size_t order; /* as they came */
};

struct part_field {
	enum field_kind kind;
	struct part key, value;
	size_t order;
};

struct remark {
	enum fate fate;
	struct part what, how;
};

struct emit {
	emit_put put;
	void *context;
	struct buf out; /* frames that have not been put */
	int result;     /* of the first failure to put, or to get memory */
	unsigned progress;
	size_t n_items; /* ended so far */

	struct buf arena;
	bool has_uuid;
	unsigned char uuid[ITEM_UUID_BYTES];
	struct part name, user, otp;
	struct buf folder, note;
	bool has_note;
	int64_t created, modified, trashed, expires;
	char rules[RULES_TEXT_MAX + 1]; /* "": none */
	struct part_password *passwords;
	struct part_field *fields;
	struct remark *remarks;
	size_t n_passwords, n_fields, n_remarks;
	size_t passwords_room, fields_room, remarks_room;

	/* What finish.c hands on; kept for the next item. */
	struct item_password *item_passwords;
	struct item_field *item_fields;
	struct key_slot *keys; /* field_key.c's */
};

struct part part_of(struct emit *emit, struct span span);
struct span part_span(const struct emit *emit, struct part part);
void emit_field(struct emit *emit, enum field_kind kind, struct span key, struct span value);
void emit_gathered_otp(struct emit *emit);
/* The list with room for one more; NULL when there is none, which emit->result remembers. */
void *emit_room(struct emit *emit, void **list, size_t count, size_t *room, size_t size);

/* Gives the name of the item; free(3). NULL: no memory. */
char *emit_make_name(struct emit *emit);
/* Gives field `at` a key that an entry may have, and none before it of the item has. */
int emit_make_key(struct emit *emit, size_t at, struct error *err);
/* Makes the item of what is there. Valid until the next one begins. */
int emit_make_item(struct emit *emit, char *name, struct item *ret_item, struct error *err);

#endif
