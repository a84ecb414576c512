#include "format/json_read.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/when.h"

#define GLANCE_BYTES ((size_t)1024 * 1024)
#define FLAGS (JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL)

void json_read_prepare(void)
{
	unsigned seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed) || seed == 0)
		seed = 1; /* 0 would let jansson look for one by itself */
	json_object_seed(seed);
}

void json_read_decref(json_t **value)
{
	json_decref(*value);
}

void json_walk_start(struct json_walk *walk, const struct source *source)
{
	const char *bytes = (const char *)source->bytes;
	size_t skip = source->length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	*walk = (struct json_walk){bytes, bytes + skip, bytes + source->length, true};
}

static void skip_blanks(struct json_walk *walk)
{
	while (walk->p < walk->end && *walk->p && strchr(" \t\r\n", *walk->p))
		walk->p++;
}

size_t json_walk_offset(const struct json_walk *walk)
{
	return (size_t)(walk->p - walk->start);
}

size_t json_walk_line(const struct json_walk *walk)
{
	size_t line = 1;

	for (const char *p = walk->start; (p = memchr(p, '\n', (size_t)(walk->p - p))); p++)
		line++;
	return line;
}

static int wrong(const struct json_walk *walk, const char *what, struct error *err)
{
	return error_set(err, VAULT_USAGE, "line %zu, byte %zu: %s", json_walk_line(walk),
	                 json_walk_offset(walk), walk->p == walk->end ? "it ends too early" : what);
}

char json_walk_peek(struct json_walk *walk)
{
	skip_blanks(walk);
	return walk->p < walk->end ? *walk->p : '\0';
}

static int expect(struct json_walk *walk, char c, const char *what, struct error *err)
{
	if (json_walk_peek(walk) != c || walk->p == walk->end)
		return wrong(walk, what, err);
	walk->p++;
	return 0;
}

int json_walk_enter(struct json_walk *walk, char opening, struct error *err)
{
	int r = expect(walk, opening, opening == '{' ? "no object" : "no list", err);

	walk->first = true;
	return r;
}

/* The comma in front of the next one, or the end. */
static int next(struct json_walk *walk, char closing, struct error *err)
{
	if (json_walk_peek(walk) == closing && walk->p < walk->end) {
		walk->p++;
		walk->first = false;
		return 0;
	}
	if (!walk->first) {
		int r = expect(walk, ',', "a comma is missing", err);

		if (r < 0)
			return r;
	}
	walk->first = false;
	return 1;
}

int json_walk_element(struct json_walk *walk, struct error *err)
{
	return next(walk, ']', err);
}

int json_walk_member(struct json_walk *walk, json_t **ret_key, struct error *err)
{
	JSON_AUTO *key = NULL;
	int r = next(walk, '}', err);

	if (r <= 0)
		return r;
	if (json_walk_peek(walk) != '"')
		return wrong(walk, "the name of a member is missing", err);
	r = json_walk_value(walk, &key, err);
	if (r == 0)
		r = expect(walk, ':', "a colon is missing", err);
	if (r < 0)
		return r;
	*ret_key = key;
	key = NULL;
	return 1;
}

int json_walk_value(struct json_walk *walk, json_t **ret_value, struct error *err)
{
	json_error_t error;
	char what[JSON_ERROR_TEXT_LENGTH], *near;

	skip_blanks(walk);
	if (walk->p == walk->end)
		return wrong(walk, "", err);
	*ret_value = json_loadb(walk->p, (size_t)(walk->end - walk->p), FLAGS, &error);
	if (*ret_value) {
		walk->p += error.position;
		return 0;
	}
	if (json_error_code(&error) == json_error_out_of_memory)
		return error_set(err, VAULT_USAGE, "line %zu: a value is too large",
		                 json_walk_line(walk));
	/* What jansson says ends with what it stumbled over. */
	memcpy(what, error.text, sizeof(what));
	near = strstr(what, " near ");
	if (near)
		*near = '\0';
	if (error.position > 0 && error.position <= walk->end - walk->p)
		walk->p += error.position;
	return wrong(walk, what, err);
}

int json_walk_item(struct json_walk *walk, json_t **ret_item, struct error *err)
{
	JSON_AUTO *item = NULL;
	int r = json_walk_value(walk, &item, err);

	if (r == 0 && !json_is_object(item))
		r = error_set(err, VAULT_USAGE, "line %zu: an item is no object",
		              json_walk_line(walk));
	if (r < 0)
		return r;
	*ret_item = item;
	item = NULL;
	return 0;
}

/* From the quote in front of a string to behind the other one. */
static int skip_string(struct json_walk *walk, struct error *err)
{
	for (walk->p++; walk->p < walk->end && *walk->p != '"'; walk->p++)
		if (*walk->p == '\\' && walk->p + 1 < walk->end)
			walk->p++;
	if (walk->p == walk->end)
		return wrong(walk, "", err);
	walk->p++;
	return 0;
}

int json_walk_skip(struct json_walk *walk, struct error *err)
{
	size_t depth = 0;

	do {
		char c = json_walk_peek(walk);
		int r = 0;

		if (walk->p == walk->end || (depth == 0 && c && strchr(",:]}", c)))
			return wrong(walk, "a value is missing", err);
		if (c == '"') {
			r = skip_string(walk, err);
		} else if (c && strchr("{[}],:", c)) {
			walk->p++;
			depth += c == '{' || c == '[';
			depth -= c == '}' || c == ']';
		} else {
			while (walk->p < walk->end &&
			       !(*walk->p && strchr("{[}],: \t\r\n\"", *walk->p)))
				walk->p++;
		}
		if (r < 0)
			return r;
	} while (depth > 0);
	return 0;
}

int json_walk_raw(struct json_walk *walk, struct span *ret_raw, struct error *err)
{
	const char *start;
	int r;

	if (json_walk_peek(walk) != '"')
		return wrong(walk, "no string", err);
	start = walk->p + 1;
	r = skip_string(walk, err);
	if (r == 0)
		*ret_raw = (struct span){start, (size_t)(walk->p - start) - 1};
	return r;
}

int json_walk_object(struct json_walk *walk, json_visit visit, void *context, struct error *err)
{
	int r = json_walk_enter(walk, '{', err);

	while (r == 0) {
		JSON_AUTO *key = NULL;

		r = json_walk_member(walk, &key, err);
		if (r <= 0)
			return r;
		r = visit(walk, json_span(key), context, err);
	}
	return r;
}

int json_walk_file(const struct source *source, json_visit visit, void *context, struct error *err)
{
	struct json_walk walk;
	int r;

	json_walk_start(&walk, source);
	r = json_walk_object(&walk, visit, context, err);
	return r == 0 ? json_walk_end(&walk, err) : r;
}

int json_walk_array(struct json_walk *walk, json_visit visit, void *context, struct error *err)
{
	int r = json_walk_enter(walk, '[', err);

	while (r == 0 && (r = json_walk_element(walk, err)) == 1)
		r = visit(walk, (struct span){NULL, 0}, context, err);
	return r;
}

json_t *json_walk_ahead(const struct json_walk *walk, const char *member)
{
	struct json_walk ahead = *walk;
	json_t *value = NULL;

	if (json_walk_enter(&ahead, '{', NULL) < 0)
		return NULL;
	for (;;) {
		JSON_AUTO *key = NULL;

		if (json_walk_member(&ahead, &key, NULL) != 1)
			return NULL;
		if (strcmp(json_string_value(key), member) == 0)
			return json_walk_value(&ahead, &value, NULL) == 0 ? value : NULL;
		if (json_walk_skip(&ahead, NULL) < 0)
			return NULL;
	}
}

static void glance_at(struct json_walk *walk, struct json_glance *member)
{
	const char *start = walk->p;
	size_t length;

	member->first = json_walk_peek(walk);
	start = walk->p;
	if (json_walk_skip(walk, NULL) < 0 || member->first == '{' || member->first == '[')
		return;
	length = (size_t)(walk->p - start);
	if (member->first == '"') {
		start++;
		length -= 2;
	}
	if (length >= sizeof(member->text))
		return;
	memcpy(member->text, start, length);
	member->text[length] = '\0';
}

bool json_glance(const struct source *source, struct json_glance *members, size_t count)
{
	struct source window = *source;
	struct json_walk walk;
	int r = 0;

	if (window.length > GLANCE_BYTES)
		window.length = GLANCE_BYTES;
	json_walk_start(&walk, &window);
	if (json_walk_peek(&walk) != '{' || json_walk_enter(&walk, '{', NULL) < 0)
		return false;
	while (r == 0) {
		JSON_AUTO *key = NULL;
		bool wanted = false;

		if (json_walk_member(&walk, &key, NULL) != 1)
			break;
		for (size_t i = 0; i < count && !wanted; i++) {
			wanted = strcmp(json_string_value(key), members[i].name) == 0;
			if (wanted)
				glance_at(&walk, &members[i]);
		}
		if (!wanted)
			r = json_walk_skip(&walk, NULL);
	}
	return true;
}

int json_walk_end(struct json_walk *walk, struct error *err)
{
	skip_blanks(walk);
	return walk->p < walk->end ? wrong(walk, "something follows the end", err) : 0;
}

/* ---- values -------------------------------------------------------------------------- */

struct span json_span(const json_t *value)
{
	if (!json_is_string(value))
		return (struct span){NULL, 0};
	return (struct span){json_string_value(value), json_string_length(value)};
}

struct span json_member(const json_t *object, const char *key)
{
	return json_span(json_object_get(object, key));
}

char *json_text(const json_t *value)
{
	if (json_is_string(value) && json_string_length(value) == strlen(json_string_value(value)))
		return strdup(json_string_value(value));
	return json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
}

bool json_base64(const json_t *value, struct span *ret_bytes)
{
	/* A file has one use: the string may become what it stands for. */
	char *text = (char *)(uintptr_t)json_string_value(value);

	return text && base64_decode(text, json_string_length(value), ret_bytes);
}

int64_t json_date(const json_t *value)
{
	int64_t seconds = 0;
	char number[32];

	if (json_is_string(value) &&
	    when_read(json_string_value(value), json_string_length(value), &seconds))
		return seconds;
	if (json_is_integer(value)) {
		int length = snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
		                      json_integer_value(value));

		if (when_read(number, (size_t)length, &seconds))
			return seconds;
	}
	return 0;
}
