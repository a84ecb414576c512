/*
 * How members of foreign objects become fields: a table says where each goes, and what is in no
 * table is kept.
 */
#ifndef FORMAT_JSON_TAKE_H
#define FORMAT_JSON_TAKE_H

#include "base/span.h"
#include "format/emit.h"
#include "format/json_read.h"

enum json_take {
	TAKE_ELSEWHERE = 1, /* the reader does it */
	TAKE_TEXT,          /* a custom field */
	TAKE_SECRET,        /* a secret one */
	TAKE_LEFT,          /* of use to that program alone: not taken, which is told */
};

struct json_rule {
	const char *member; /* NULL ends the table … */
	enum json_take how; /* … and says how all other members are taken; 0: they are kept */
	const char *key;    /* of the field; NULL: as the member */
};

/* Takes all members of an object; null, "", [] and {} are nothing. NULL is none. */
void json_take(struct emit *emit, const json_t *object, const struct json_rule *rules);

/* One value as a field: a string as it is, all else as it stands in the file. */
void json_take_value(struct emit *emit, enum json_take how, struct span key, const json_t *value);

/* The same to emit_kept. */
void json_keep(struct emit *emit, struct span key, const json_t *value);

/* The identity that another program gives an item: a UUID as it is, anything else hashed to one,
 * so that a second import finds the first. `program` keeps those of two programs apart. */
void json_take_id(struct emit *emit, const char *program, struct span id);
void uuid_of_name(const char *context, struct span name, unsigned char ret_uuid[ITEM_UUID_BYTES]);

/* Fields lie in a section with a heading, which entries do not have: told. */
void json_take_heading(struct emit *emit);

/* Tells how far the walk is. */
void json_take_progress(struct emit *emit, const struct json_walk *walk);

bool json_is_nothing(const json_t *value);

#endif
