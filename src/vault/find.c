/* Looking for words in entries: a walk over all of them, in which each row is folded into the same
 * locked memory, and nothing is kept but where a word was found. */
#include "vault/internal.h"

#include <stdlib.h>
#include <string.h>

#include <vault/text.h>

#include "base/buf.h"

#define STACK_WIPED ((size_t)32 * 1024) /* bytes: what SQLite and utf8proc use */

/* The best place of one word in the entry that is looked at. */
struct best {
	unsigned rank; /* UINT32_MAX: not found yet */
	struct find_match match;
};

/* An entry that has all words. */
struct found {
	unsigned rank; /* 0 is best */
	char *name;
	size_t n_matches;
	struct find_match matches[]; /* room for one of each word */
};

struct search {
	char *words[FIND_WORDS_MAX]; /* folded */
	size_t n_words;
	struct secret *room; /* for the text that is looked at, folded */

	int64_t id; /* of the entry that is looked at; 0: none yet */
	char name[NAME_MAX_BYTES + 1];
	struct best best[FIND_WORDS_MAX];

	struct found **found;
	size_t n_found, capacity;
};

static void match_done(struct find_match *match)
{
	free(match->key);
	free(match->text);
	*match = (struct find_match){0};
}

static void found_free(struct found *found)
{
	for (size_t i = 0; found && i < found->n_matches; i++)
		match_done(&found->matches[i]);
	if (found)
		free(found->name);
	free(found);
}

static void search_done(struct search *search)
{
	for (size_t i = 0; i < search->n_words; i++) {
		free(search->words[i]);
		match_done(&search->best[i].match);
	}
	for (size_t i = 0; i < search->n_found; i++)
		found_free(search->found[i]);
	free(search->found);
	secret_free(search->room);
}

#define SEARCH_AUTO __attribute__((cleanup(search_done))) struct search

static int fold_words(struct search *search, const char *const *words, struct error *err)
{
	for (size_t i = 0; words[i]; i++) {
		int r;

		if (i == FIND_WORDS_MAX)
			return error_set(err, VAULT_USAGE, "at most %d words can be looked for",
			                 FIND_WORDS_MAX);
		r = text_fold(words[i], &search->words[i], err);
		if (r < 0)
			return r;
		search->n_words++;
		if (search->words[i][0] == '\0')
			return error_set(err, VAULT_USAGE, "there is nothing to look for in '%s'",
			                 words[i]);
	}
	return search->n_words > 0 ? 0
	                           : error_set(err, VAULT_USAGE, "there is nothing to look for");
}

/* ---- one entry ---------------------------------------------------------------------- */

/* Remembers the place as the word's best. */
static int keep(struct best *best, enum find_place place, const char *key, const char *text,
                struct error *err)
{
	match_done(&best->match);
	best->match.place = place;
	best->match.key = key ? strdup(key) : NULL;
	best->match.text = text ? strdup(text) : NULL;
	if ((key && !best->match.key) || (text && !best->match.text))
		return error_set(err, VAULT_FAILED, "out of memory");
	return 0;
}

/* Looks for every word in a folded text; `key` and `text` are what is told of it. */
static int look(struct search *search, enum find_place place, const char *key, const char *text,
                const void *folded, size_t length, struct error *err)
{
	for (size_t i = 0; i < search->n_words; i++) {
		struct best *best = &search->best[i];
		enum text_place where = text_find(folded, length, search->words[i]);
		unsigned rank = (unsigned)place * TEXT_NOWHERE + where;

		if (where == TEXT_NOWHERE || rank >= best->rank)
			continue;
		best->rank = rank;
		if (keep(best, place, key, text, err) < 0)
			return -VAULT_FAILED;
	}
	return 0;
}

static int look_in(struct search *search, enum find_place place, const char *key, const char *text,
                   const void *bytes, size_t length, struct error *err)
{
	int r = text_fold_into(bytes, length, &search->room, err);

	if (r < 0)
		return r;
	return look(search, place, key, text, search->room->bytes, search->room->length, err);
}

static int look_in_text(struct search *search, enum find_place place, const char *key,
                        const char *text, struct error *err)
{
	/* SQLite makes a terminated string of it, and may have no memory for that. */
	if (!text)
		return error_set(err, VAULT_FAILED, "out of memory");
	return look_in(search, place, key, text, text, strlen(text), err);
}

static int begin_entry(struct search *search, struct stmt *stmt, struct error *err)
{
	const char *name = stmt_text(stmt, 1), *folded = stmt_text(stmt, 2),
		   *user = stmt_text(stmt, 3);
	int r;

	search->id = stmt_int(stmt, 0);
	if (!name || !folded || strlen(name) > NAME_MAX_BYTES)
		return error_set(err, VAULT_DAMAGED,
		                 "an entry's name is damaged: see 'vault check'");
	memcpy(search->name, name, strlen(name) + 1);
	for (size_t i = 0; i < search->n_words; i++) {
		match_done(&search->best[i].match);
		search->best[i].rank = UINT32_MAX;
	}
	r = look(search, FIND_NAME, NULL, NULL, folded, strlen(folded), err);
	if (r == 0 && user)
		r = look_in_text(search, FIND_USER, NULL, user, err);
	return r;
}

static int look_in_field(struct search *search, struct stmt *stmt, struct error *err)
{
	const void *note;
	size_t length;

	switch (stmt_int(stmt, 4)) {
	case FIELD_URL:
		return look_in_text(search, FIND_URL, NULL, stmt_text(stmt, 6), err);
	case FIELD_TAG:
		return look_in_text(search, FIND_TAG, NULL, stmt_text(stmt, 6), err);
	case FIELD_TEXT:
		return look_in_text(search, FIND_TEXT, stmt_text(stmt, 5), stmt_text(stmt, 6), err);
	case FIELD_NOTE:
		note = stmt_blob(stmt, 6, &length);
		return look_in(search, FIND_NOTE, NULL, NULL, note, length, err);
	default: /* no field, or a kind that this program does not know: it may be a secret one */
		return 0;
	}
}

static bool same_match(const struct find_match *a, const struct find_match *b)
{
	return a->place == b->place && (!a->text || strcmp(a->text, b->text) == 0) &&
	       (!a->key || strcmp(a->key, b->key) == 0);
}

/* Moves a word's match to the others, in order; the same place is told once. */
static void add_match(struct found *found, struct find_match *match)
{
	size_t at = found->n_matches;

	for (size_t i = 0; i < found->n_matches; i++)
		if (same_match(&found->matches[i], match))
			return;
	while (at > 0 && found->matches[at - 1].place > match->place) {
		found->matches[at] = found->matches[at - 1];
		at--;
	}
	found->matches[at] = *match;
	found->n_matches++;
	*match = (struct find_match){0};
}

static int make_place(struct search *search, struct error *err)
{
	struct found **found =
		list_room(search->found, search->n_found, &search->capacity, sizeof(*found));

	if (!found)
		return error_set(err, VAULT_FAILED, "out of memory");
	search->found = found;
	return 0;
}

static int end_entry(struct search *search, struct error *err)
{
	size_t size = sizeof(struct found) + search->n_words * sizeof(struct find_match);
	struct found *found;
	unsigned rank = 0;

	if (search->id == 0)
		return 0;
	for (size_t i = 0; i < search->n_words; i++) {
		if (search->best[i].rank == UINT32_MAX)
			return 0;
		rank += search->best[i].rank;
	}
	found = make_place(search, err) == 0 ? calloc(1, size) : NULL;
	if (found)
		found->name = strdup(search->name);
	if (!found || !found->name) {
		found_free(found);
		return error_set(err, VAULT_FAILED, "out of memory");
	}
	found->rank = rank;
	for (size_t i = 0; i < search->n_words; i++)
		add_match(found, &search->best[i].match);
	search->found[search->n_found++] = found;
	return 0;
}

/* ---- all of them -------------------------------------------------------------------- */

static int walk(struct vault *vault, struct search *search, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_ENTRY_FIND, &stmt, err);

	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		r = 0;
		if (stmt_int(stmt, 0) != search->id) {
			r = end_entry(search, err);
			if (r == 0)
				r = begin_entry(search, stmt, err);
		}
		if (r == 0)
			r = look_in_field(search, stmt, err);
	}
	return r == 0 ? end_entry(search, err) : r;
}

static int compare(const void *left, const void *right)
{
	const struct found *a = *(struct found *const *)left;
	const struct found *b = *(struct found *const *)right;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return strcmp(a->name, b->name);
}

int vault_find(struct vault *vault, const struct find_query *query,
               int (*each)(void *context, const struct find_hit *hit), void *context,
               size_t *ret_count, struct error *err)
{
	SEARCH_AUTO search = {0};
	size_t limit;
	int r = fold_words(&search, query->words, err);

	if (r == 0)
		r = read_begin(vault, err);
	if (r < 0)
		return r;
	r = walk(vault, &search, err);
	read_end(vault);
	secret_leave_nothing(STACK_WIPED); /* pieces of notes */
	if (r < 0)
		return r;
	*ret_count = search.n_found;
	if (search.n_found > 0)
		qsort(search.found, search.n_found, sizeof(search.found[0]), compare);
	limit = query->limit && query->limit < search.n_found ? query->limit : search.n_found;
	for (size_t i = 0; i < limit && r == 0; i++) {
		const struct found *found = search.found[i];
		const struct find_hit hit = {.name = found->name,
		                             .matches = found->matches,
		                             .n_matches = found->n_matches};

		r = each(context, &hit);
	}
	return r;
}
