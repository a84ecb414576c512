#include "format/keepass_entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/uuid.h"

#define VALUE_MAX 4096 /* bytes that are remembered of a value: nobody refers to longer ones */
#define DEPTH_MAX 10   /* references that lead to references */
/* A value that grows by references to values that grow is bounded, and so are all of them. */
#define FOLLOWED_MAX 100
#define MADE_MAX ((size_t)64 * 1024)
#define MADE_ALL_MAX ((size_t)64 * 1024 * 1024)

/* Letter, key of the string. */
static const struct {
	char letter;
	const char *key;
} wanted[] = {{'T', "Title"}, {'U', "UserName"}, {'P', "Password"}, {'A', "URL"}, {'N', "Notes"}};

#define WANTED (sizeof(wanted) / sizeof(wanted[0]))

struct known {
	unsigned char uuid[UUID_BYTES];
	struct keepass_text values[WANTED]; /* in `values` below */
};

struct keepass_refs {
	struct buf values;
	struct known *known;
	struct keepass_entry **waiting;
	size_t n_known, n_waiting, known_room, waiting_room;
	size_t made; /* bytes of all values that references were replaced in */
};

/* One value while its references are replaced. */
struct making {
	const struct keepass_refs *refs;
	struct buf made;
	unsigned followed;
	bool missed; /* one leads nowhere */
};

int keepass_refs_new(struct keepass_refs **ret_refs, struct error *err)
{
	*ret_refs = calloc(1, sizeof(**ret_refs));
	return *ret_refs ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

void keepass_refs_free(struct keepass_refs *refs)
{
	if (!refs)
		return;
	for (size_t i = 0; i < refs->n_waiting; i++)
		keepass_entry_free(refs->waiting[i]);
	free(refs->waiting);
	free(refs->known);
	buf_done(&refs->values);
	free(refs);
}

static bool refers(struct span value)
{
	return value.length > 0 && memmem(value.bytes, value.length, "{REF:", 5);
}

static int remember(struct keepass_refs *refs, const struct keepass_entry *entry, struct error *err)
{
	struct known *known =
		list_room(refs->known, refs->n_known, &refs->known_room, sizeof(*known));

	if (!known)
		return error_set(err, VAULT_FAILED, "out of memory");
	refs->known = known;
	known += refs->n_known++;
	*known = (struct known){0};
	memcpy(known->uuid, entry->now.uuid, UUID_BYTES);
	for (size_t i = 0; i < WANTED; i++) {
		const struct keepass_string *string =
			keepass_find(entry, &entry->now, wanted[i].key);
		struct span value = string ? keepass_span(entry, string->value) : span_of("");

		known->values[i] = (struct keepass_text){value.length <= VALUE_MAX,
		                                         refs->values.length, value.length};
		if (value.length > 0 && value.length <= VALUE_MAX)
			buf_add(&refs->values, value.bytes, value.length);
	}
	return buf_check(&refs->values, err);
}

int keepass_refs_add(struct keepass_refs *refs, struct keepass_entry **entry, struct error *err)
{
	struct keepass_entry **waiting;
	bool does = false;

	if ((*entry)->now.has_uuid) {
		int r = remember(refs, *entry, err);

		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < (*entry)->now.n_strings; i++)
		does |= !(*entry)->now.strings[i].literal &&
		        refers(keepass_span(*entry, (*entry)->now.strings[i].value));
	if (!does)
		return 0;
	waiting = list_room(refs->waiting, refs->n_waiting, &refs->waiting_room, sizeof(*waiting));
	if (!waiting)
		return error_set(err, VAULT_FAILED, "out of memory");
	refs->waiting = waiting;
	waiting[refs->n_waiting++] = *entry;
	*entry = NULL;
	return 0;
}

/* ---- resolving ----------------------------------------------------------------------- */

static int compare_known(const void *a, const void *b)
{
	return memcmp(((const struct known *)a)->uuid, ((const struct known *)b)->uuid, UUID_BYTES);
}

/* "{REF:P@I:0123…}" at the beginning of `text`: its length, 0 where there is none that can be
 * followed. */
static size_t follow(const struct keepass_refs *refs, struct span text, struct span *ret_value)
{
	const char *p = text.bytes, *end = memchr(p, '}', text.length);
	struct known key;
	const struct known *found = NULL;

	if (!end || end - p < 10 || p[6] != '@' || (p[7] & ~0x20) != 'I' || p[8] != ':' ||
	    !uuid_read(p + 9, (size_t)(end - p) - 9, key.uuid))
		return 0;
	if (refs->n_known > 0)
		found = bsearch(&key, refs->known, refs->n_known, sizeof(key), compare_known);
	for (size_t i = 0; found && i < WANTED; i++) {
		const struct keepass_text *value = &found->values[i];

		if ((p[5] & ~0x20) != wanted[i].letter || !value->there)
			continue;
		*ret_value = (struct span){value->length ? refs->values.bytes + value->at : NULL,
		                           value->length};
		return (size_t)(end + 1 - p);
	}
	return 0;
}

/* Adds `text` with what its references lead to. */
static void resolve(struct making *making, struct span text, unsigned depth)
{
	const char *p = text.bytes, *end = p + text.length, *next;

	for (; (next = memmem(p, (size_t)(end - p), "{REF:", 5));) {
		struct span value = {NULL, 0};
		size_t length = 0;

		buf_add(&making->made, p, (size_t)(next - p));
		p = next;
		if (depth < DEPTH_MAX && making->followed++ < FOLLOWED_MAX &&
		    making->made.length < MADE_MAX)
			length = follow(making->refs, (struct span){p, (size_t)(end - p)}, &value);
		if (length > 0 && value.length > 0)
			resolve(making, value, depth + 1);
		if (length == 0) {
			making->missed = true;
			buf_add(&making->made, p, length = 5);
		}
		p += length;
	}
	buf_add(&making->made, p, (size_t)(end - p));
}

/* The values of a waiting entry, replaced. */
static void resolve_entry(struct keepass_refs *refs, struct keepass_entry *entry)
{
	for (size_t i = 0; i < entry->now.n_strings; i++) {
		struct keepass_string *string = &entry->now.strings[i];
		struct making making = {.refs = refs};
		struct span made;

		if (string->literal || !refers(keepass_span(entry, string->value)))
			continue;
		if (refs->made < MADE_ALL_MAX)
			resolve(&making, keepass_span(entry, string->value), 0);
		else
			making.missed = true;
		made = (struct span){making.made.bytes, making.made.length};
		refs->made += made.length;
		entry->now.left |= making.missed ? LEFT_LOST_REFERENCE : LEFT_REFERENCE;
		if (made.bytes)
			string->value = keepass_keep(entry, made);
		entry->arena.failed |= making.made.failed;
		buf_done(&making.made);
	}
}

int keepass_refs_emit(struct keepass_refs *refs, struct emit *emit, struct error *err)
{
	int r = 0;

	if (refs->n_waiting > 0 && refs->n_known > 1)
		qsort(refs->known, refs->n_known, sizeof(*refs->known), compare_known);
	for (size_t i = 0; i < refs->n_waiting && r == 0; i++) {
		resolve_entry(refs, refs->waiting[i]);
		r = keepass_entry_emit(refs->waiting[i], emit, err);
		keepass_entry_free(refs->waiting[i]);
		refs->waiting[i] = NULL;
	}
	return r;
}
