/*
 * JSON (RFC 8259), read piece by piece: the outer structure is walked here, and each value of a
 * manageable size, such as an entry, is taken apart by jansson. So memory is bound to the largest
 * entry and not to the file, and numbers, escapes, UTF-8 and depth are a library's.
 *
 * A walk stands in front of a value, a member or the end of what it is in. Everything wrong is a
 * VAULT_USAGE failure that names the line; no part of the input is in the message.
 */
#ifndef FORMAT_JSON_READ_H
#define FORMAT_JSON_READ_H

#include <jansson.h>

#include "format/format.h"

struct json_walk {
	const char *start, *p, *end;
	bool first; /* no member or element has been read of what was entered last */
};

/* Before the sandbox: jansson wants a random number once. */
void json_read_prepare(void);

void json_walk_start(struct json_walk *walk, const struct source *source);

/* The first character of what follows, blanks skipped; 0 at the end. */
char json_walk_peek(struct json_walk *walk);

/* Enters an object ('{') or an array ('['). Leaving comes with the last member or element. */
int json_walk_enter(struct json_walk *walk, char opening, struct error *err);

/* 1: a member follows, its name is in *ret_key (json_decref it), its value next; 0: no more, the
 * object has been left. */
int json_walk_member(struct json_walk *walk, json_t **ret_key, struct error *err);
int json_walk_element(struct json_walk *walk, struct error *err); /* the same of an array */

/* Goes through an object or a list. `visit` stands in front of each value, which it takes, with the
 * member's name, or nothing in a list; its failure ends the walk. */
typedef int (*json_visit)(struct json_walk *walk, struct span key, void *context,
                          struct error *err);
int json_walk_object(struct json_walk *walk, json_visit visit, void *context, struct error *err);
/* The same of a whole file, which is one object and nothing behind it. */
int json_walk_file(const struct source *source, json_visit visit, void *context, struct error *err);
int json_walk_array(struct json_walk *walk, json_visit visit, void *context, struct error *err);

/* The value of a member of the object that follows, without moving; NULL where there is none.
 * json_decref it. */
json_t *json_walk_ahead(const struct json_walk *walk, const char *member);

/* Takes the whole value that follows; json_decref it. */
int json_walk_value(struct json_walk *walk, json_t **ret_value, struct error *err);
/* The same of a value that has to be an object. */
int json_walk_item(struct json_walk *walk, json_t **ret_item, struct error *err);
/* Passes over the whole value that follows, taking brackets and quotes for what they look like. */
int json_walk_skip(struct json_walk *walk, struct error *err);
/* The same of a string; its bytes as they stand between the quotes, escapes and all. */
int json_walk_raw(struct json_walk *walk, struct span *ret_raw, struct error *err);
int json_walk_end(struct json_walk *walk, struct error *err); /* nothing follows */

/* A member of the outermost object, looked at to recognise a format. */
#define JSON_GLANCE_TEXT 64
struct json_glance {
	const char *name;
	char first;                  /* character of its value; 0: it was not seen */
	char text[JSON_GLANCE_TEXT]; /* of a short string or another scalar; "" of all else */
};

/* Fills in what is among the first members, as far as a megabyte goes. False: it is no object. */
bool json_glance(const struct source *source, struct json_glance *members, size_t count);

size_t json_walk_offset(const struct json_walk *walk);
size_t json_walk_line(const struct json_walk *walk);

/* ---- values -------------------------------------------------------------------------- */

/* A string's bytes; nothing for null, a missing member or anything else. */
struct span json_span(const json_t *value);
struct span json_member(const json_t *object, const char *key);

/* Any value as it would stand in a file; free(3). NULL: no memory. */
char *json_text(const json_t *value);

/* Bytes in base 64, decoded in place of the string's own memory; false: it is none. */
bool json_base64(const json_t *value, struct span *ret_bytes);

/* A date as when_read takes it, from a string or a number; 0: none. */
int64_t json_date(const json_t *value);

#define JSON_AUTO __attribute__((cleanup(json_read_decref))) json_t
void json_read_decref(json_t **value);

#endif
