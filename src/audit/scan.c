/*
 * Many patterns in one pass (Karp and Rabin, "Efficient randomized pattern-matching algorithms",
 * IBM J. Res. Dev. 31, 1987): the hash of the next six bytes says whether a password can begin
 * there. Nearly always one word of a filter says no.
 */
#include "audit/scan.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"

#include "vault/internal.h"

#define NONE SIZE_MAX
#define ARENA_AT_FIRST ((size_t)64 * 1024)
#define PATTERNS_PER_WORD 2 /* of the filter: it passes one hash in a thousand by mistake */
#define WINDOW_BYTES ((size_t)256 * 1024)
#define OVERLAP ((size_t)4 * SCAN_LONGEST) /* longer than any spelling */
#define BINARY_LOOK ((size_t)8192)

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

/* Of six bytes; two more behind them must be readable. */
static uint64_t hash_at(const unsigned char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	word = (le64toh(word) << 16) * UINT64_C(0x9e3779b97f4a7c15);
	word ^= word >> 32;
	return word * UINT64_C(0xd6e8feb86659fd93);
}

/* Three bits of a word of the filter, in which such a hash leaves its mark (a Bloom filter whose
 * bits lie together: Putze, Sanders and Singler, "Cache-, hash- and space-efficient Bloom filters",
 * 2007). */
static uint64_t marks_of(uint64_t hash)
{
	return UINT64_C(1) << (hash >> 12 & 63) | UINT64_C(1) << (hash >> 18 & 63) |
	       UINT64_C(1) << (hash >> 24 & 63);
}

/* The least power of two that is `least` or more. */
static unsigned bits_for(size_t least)
{
	unsigned bits = 4;

	while ((size_t)1 << bits < least)
		bits++;
	return bits;
}

/* ---- what is looked for -------------------------------------------------------------- */

int scan_add(struct scan *scan, const void *bytes, size_t length, size_t owner, enum scan_form form,
             struct error *err)
{
	struct pattern *patterns = list_room(scan->patterns, scan->n_patterns, &scan->patterns_room,
	                                     sizeof(*patterns));
	int r = 0;

	if (!patterns)
		return no_memory(err);
	scan->patterns = patterns;
	if (scan->arena->length + length > scan->arena->capacity)
		r = secret_reserve(&scan->arena, 2 * scan->arena->capacity + length, err);
	patterns[scan->n_patterns] = (struct pattern){.at = scan->arena->length,
	                                              .length = length,
	                                              .owner = owner,
	                                              .form = form};
	if (r == 0)
		r = secret_append(scan->arena, bytes, length, err);
	scan->n_patterns += r == 0;
	return r;
}

int scan_index(struct scan *scan, struct error *err)
{
	size_t slots;

	scan->filter_bits = bits_for(scan->n_patterns / PATTERNS_PER_WORD);
	scan->slot_bits = bits_for(2 * scan->n_patterns);
	slots = (size_t)1 << scan->slot_bits;
	scan->filter = calloc((size_t)1 << scan->filter_bits, sizeof(*scan->filter));
	scan->slots = malloc(slots * sizeof(*scan->slots));
	if (!scan->filter || !scan->slots)
		return no_memory(err);
	for (size_t i = 0; i < slots; i++)
		scan->slots[i] = NONE;
	for (size_t i = 0; i < scan->n_patterns; i++) {
		/* The arena is readable behind its last byte, but only by one. */
		unsigned char head[8] = {0};
		uint64_t hash;
		size_t *slot;

		memcpy(head, scan->arena->bytes + scan->patterns[i].at, SCAN_SHORTEST);
		hash = hash_at(head);
		secret_wipe(head, sizeof(head));
		scan->filter[hash >> (64 - scan->filter_bits)] |= marks_of(hash);
		slot = &scan->slots[hash >> (64 - scan->slot_bits)];
		scan->patterns[i].next = *slot;
		*slot = i;
	}
	return secret_new(&scan->window, OVERLAP + WINDOW_BYTES + 8, err);
}

/* A row of SQL_PASSWORD_VALUES. */
static int gather_one(struct scan *scan, struct stmt *stmt, struct error *err)
{
	const char *name = stmt_text(stmt, 0);
	struct span value = stmt_span(stmt, 4);
	struct owner *owners;

	if (!name || stmt_int(stmt, 1) != ENTRY_LIVE)
		return 0;
	if (value.length < SCAN_SHORTEST || value.length > SCAN_LONGEST) {
		scan->counts.too_short += value.length < SCAN_SHORTEST;
		scan->counts.too_long += value.length > SCAN_LONGEST;
		return 0;
	}
	owners = list_room(scan->owners, scan->n_owners, &scan->owners_room, sizeof(*owners));
	if (!owners)
		return no_memory(err);
	scan->owners = owners;
	owners[scan->n_owners] =
		(struct owner){.name = scan->names.length,
	                       .since = stmt_int(stmt, 2),
	                       .until = stmt_is_null(stmt, 3) ? 0 : stmt_int(stmt, 3)};
	buf_add(&scan->names, name, strlen(name) + 1);
	scan->counts.passwords++;
	return scan_spell(scan, value.bytes, value.length, scan->n_owners++, err);
}

static int gather(struct vault *vault, struct scan *scan, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_PASSWORD_VALUES, &stmt, err);

	while (r == 0 && (r = stmt_step(stmt, err)) == 1)
		r = gather_one(scan, stmt, err);
	return r == 0 ? buf_check(&scan->names, err) : r;
}

int scan_new(struct vault *vault, struct scan **ret_scan, struct error *err)
{
	SCAN_AUTO *scan = calloc(1, sizeof(*scan));
	int r = scan ? secret_new(&scan->arena, ARENA_AT_FIRST, err) : no_memory(err);

	if (r == 0)
		r = read_begin(vault, err);
	if (r < 0)
		return r;
	r = gather(vault, scan, err);
	if (r == 0)
		r = scan_accounts(scan, vault, err);
	read_end(vault);
	if (r == 0)
		r = scan_index(scan, err);
	if (r != 0)
		return r;
	*ret_scan = scan;
	scan = NULL;
	return 0;
}

void scan_free(struct scan *scan)
{
	if (!scan)
		return;
	secret_free(scan->arena);
	secret_free(scan->window);
	buf_done(&scan->names);
	buf_done(&scan->accounts);
	buf_done(&scan->hosts);
	buf_done(&scan->texts);
	free(scan->patterns);
	free(scan->owners);
	/* They tell hashes of the passwords' beginnings. */
	if (scan->filter)
		secret_wipe(scan->filter, sizeof(*scan->filter) << scan->filter_bits);
	if (scan->slots)
		secret_wipe(scan->slots, sizeof(*scan->slots) << scan->slot_bits);
	free(scan->filter);
	free(scan->slots);
	free(scan);
}

void scan_freep(struct scan **scan)
{
	scan_free(*scan);
}

void scan_counts(const struct scan *scan, struct scan_counts *ret_counts)
{
	*ret_counts = scan->counts;
}

/* ---- a file -------------------------------------------------------------------------- */

/* Where the reading is: the window begins at its byte 0. */
struct reading {
	struct scan *scan;
	const struct scan_call *call;
	const char *path;
	size_t line, counted; /* line of the byte `counted` of the window */
};

static size_t line_of(struct reading *reading, size_t at)
{
	const unsigned char *bytes = reading->scan->window->bytes, *end = bytes + at;
	const unsigned char *from = bytes + reading->counted;

	while (from < end && (from = memchr(from, '\n', (size_t)(end - from)))) {
		reading->line++;
		from++;
	}
	reading->counted = at;
	return reading->line;
}

static int tell(struct reading *reading, const struct pattern *pattern, size_t at)
{
	struct scan *scan = reading->scan;
	struct owner *owner = &scan->owners[pattern->owner];

	if (owner->told++ >= SCAN_LINES)
		return 0;
	return reading->call->hit(reading->call->context,
	                          &(struct scan_hit){.path = reading->path,
	                                             .line = line_of(reading, at),
	                                             .form = pattern->form,
	                                             .entry = (const char *)scan->names.bytes +
	                                                      owner->name,
	                                             .since = owner->since,
	                                             .until = owner->until});
}

/* Bytes from 0 to `starts` can begin a password, `length` are there. */
static int look(struct reading *reading, size_t starts, size_t length)
{
	struct scan *scan = reading->scan;
	const unsigned char *bytes = scan->window->bytes, *arena = scan->arena->bytes;
	int r = 0;

	for (size_t at = 0; at < starts && r == 0; at++) {
		uint64_t hash = hash_at(bytes + at), marks = marks_of(hash);

		if ((scan->filter[hash >> (64 - scan->filter_bits)] & marks) != marks)
			continue;
		for (size_t i = scan->slots[hash >> (64 - scan->slot_bits)]; i != NONE && r == 0;
		     i = scan->patterns[i].next) {
			const struct pattern *pattern = &scan->patterns[i];

			if (pattern->length <= length - at &&
			    memcmp(bytes + at, arena + pattern->at, pattern->length) == 0)
				r = tell(reading, pattern, at);
		}
	}
	return r;
}

static int skip(const struct reading *reading, enum scan_why why, int error)
{
	return reading->call->skipped(reading->call->context, reading->path, why, error);
}

int scan_file(struct scan *scan, int fd, const char *path, const struct scan_call *call,
              struct error *err)
{
	struct reading reading = {.scan = scan, .call = call, .path = path, .line = 1};
	unsigned char *bytes = scan->window->bytes;
	size_t kept = 0, got = 0, starts;
	int r = 0;

	(void)err;
	for (size_t i = 0; i < scan->n_owners; i++)
		scan->owners[i].told = 0;
	for (bool first = true; r == 0; first = false) {
		r = file_read_all(fd, bytes + kept, WINDOW_BYTES, &got);
		if (r < 0)
			return skip(&reading, SCAN_UNREADABLE, -r);
		if (first && memchr(bytes, 0, got < BINARY_LOOK ? got : BINARY_LOOK))
			return skip(&reading, SCAN_BINARY, 0);
		scan->counts.bytes += got;
		memset(bytes + kept + got, 0, 8);
		/* What may go on behind the window is looked at with the next one. */
		starts = kept + got;
		if (got == WINDOW_BYTES)
			starts -= starts < OVERLAP ? starts : OVERLAP;
		r = look(&reading, starts, kept + got);
		if (got < WINDOW_BYTES)
			break;
		line_of(&reading, starts);
		kept = kept + got - starts;
		memmove(bytes, bytes + starts, kept);
		reading.counted = 0;
	}
	scan->counts.files++;
	return r;
}
