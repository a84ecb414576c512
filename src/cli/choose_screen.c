/*
 * A screen to choose at: a line to type in, the names that have all that was typed in them below,
 * the best first. Control sequences are those of ECMA-48 that every terminal but a dumb one knows;
 * the alternate screen (xterm's 1049) brings back what was there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <vault/text.h>

#include "choose.h"
#include "cleanup.h"
#include "escape.h"
#include "line_edit.h"
#include "prompt_tty.h"

#define QUERY_MAX 256 /* bytes */
#define WORDS_MAX 16
#define ESCAPE_WAIT 100 /* milliseconds: what comes later behind an Esc is not of the same key */
#define LINE_SIZE 2048

/* Control characters: Esc, Ctrl-P, Ctrl-N. */
enum {
	ESC = 0x1b,
	PREVIOUS = 0x10,
	NEXT = 0x0e
};

#define ENTER "\033[?1049h\033[2J"
#define LEAVE "\033[2J\033[?1049l" /* tmux shows what is left there after a change of size */
#define REVERSE "\033[7m"
#define NORMAL "\033[0m"
#define ERASE_RIGHT "\033[K"

struct match {
	unsigned rank; /* 0 is best */
	size_t index;
};

struct chooser {
	const struct names *names;
	char **folded;         /* one of each name */
	struct match *matches; /* room for all of them */
	size_t n_matches, selected, top;
	struct line_edit query;
	bool filtered; /* `matches` fits the query */
	size_t rows, columns;
	struct tty_question question;
};

/* ---- what matches ------------------------------------------------------------------- */

/* Cuts the text at its blanks. Words beyond the limit are left out. */
static size_t split(char *text, const char *words[WORDS_MAX])
{
	size_t count = 0;

	for (char *next = text + strspn(text, " "); *next && count < WORDS_MAX;) {
		words[count++] = next;
		next += strcspn(next, " ");
		if (*next)
			*next++ = '\0';
		next += strspn(next, " ");
	}
	return count;
}

/* Does the name have all words? The rank is the sum of their places. */
static bool has_words(const char *name, const char *const *words, size_t n_words,
                      unsigned *ret_rank)
{
	*ret_rank = 0;
	for (size_t i = 0; i < n_words; i++) {
		enum text_place place = text_find(name, strlen(name), words[i]);
		if (place == TEXT_NOWHERE)
			return false;
		*ret_rank += place;
	}
	return true;
}

static int compare(const void *left, const void *right)
{
	const struct match *a = left, *b = right;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

static int filter(struct chooser *chooser, struct error *err)
{
	SECRET_AUTO *folded = NULL;
	const struct secret *query = chooser->query.line;
	const char *words[WORDS_MAX];
	int r = text_fold_into(query->bytes, query->length, &folded, err);

	if (r < 0)
		return r;
	size_t n_words = split((char *)folded->bytes, words);
	chooser->n_matches = chooser->selected = chooser->top = 0;
	for (size_t i = 0; i < chooser->names->count; i++) {
		struct match match = {.index = i};
		if (has_words(chooser->folded[i], words, n_words, &match.rank))
			chooser->matches[chooser->n_matches++] = match;
	}
	qsort(chooser->matches, chooser->n_matches, sizeof(struct match), compare);
	chooser->filtered = true;
	return 0;
}

/* ---- what is seen ------------------------------------------------------------------- */

static void measure(struct chooser *chooser)
{
	struct winsize size = {0};

	ioctl(chooser->question.fd, TIOCGWINSZ, &size);
	chooser->rows = size.ws_row ? size.ws_row : 24;
	chooser->columns = size.ws_col ? size.ws_col : 80;
}

/* Rows for names: the line to type in stands above them, and the count where there is room. */
static size_t list_rows(const struct chooser *chooser)
{
	return chooser->rows - (chooser->rows > 2 ? 2 : 1);
}

/* `prefix`, and as much of the text as leaves the last column free: writing there makes some
 * terminals go to the next line. */
static void draw_line(const struct chooser *chooser, size_t row, const char *mark,
                      const char *prefix, const char *text)
{
	char safe[LINE_SIZE], line[LINE_SIZE + 64];
	size_t room = chooser->columns > strlen(prefix) ? chooser->columns - strlen(prefix) - 1 : 0;
	int length;

	escape_string(text, safe, sizeof(safe));
	length = snprintf(line, sizeof(line), "\033[%zu;1H%s%s%.*s" NORMAL ERASE_RIGHT, row, mark,
	                  prefix, (int)text_fit(safe, room), safe);
	tty_write(line, (size_t)length);
}

/* The end of the query, where it does not fit; the cursor stands behind it. */
static void draw_query(const struct chooser *chooser)
{
	char safe[LINE_SIZE], place[32];
	const char *shown = safe;
	size_t room = chooser->columns > 4 ? chooser->columns - 4 : 0;
	int length;

	escape_string((const char *)chooser->query.line->bytes, safe, sizeof(safe));
	while (text_columns(shown, strlen(shown)) > room)
		shown += text_fit(shown, 1) ? text_fit(shown, 1) : text_fit(shown, 2);
	draw_line(chooser, 1, "", "> ", shown);
	length = snprintf(place, sizeof(place), "\033[1;%zuH",
	                  3 + text_columns(shown, strlen(shown)));
	tty_write(place, (size_t)length);
}

static void draw(struct chooser *chooser)
{
	size_t rows = list_rows(chooser), first = chooser->rows - rows + 1;
	char count[64];

	if (chooser->selected < chooser->top)
		chooser->top = chooser->selected;
	if (rows > 0 && chooser->selected >= chooser->top + rows)
		chooser->top = chooser->selected - rows + 1;
	if (first > 2) {
		snprintf(count, sizeof(count), "%zu/%zu", chooser->n_matches,
		         chooser->names->count);
		draw_line(chooser, 2, "", "  ", count);
	}
	for (size_t i = 0; i < rows; i++) {
		size_t at = chooser->top + i;
		bool there = at < chooser->n_matches, here = there && at == chooser->selected;
		draw_line(chooser, first + i, here ? REVERSE : "", here ? "> " : "  ",
		          there ? chooser->names->items[chooser->matches[at].index] : "");
	}
	draw_query(chooser);
}

/* ---- what is typed ------------------------------------------------------------------ */

enum action {
	GO_ON,
	CHOSEN,
	LEFT
};

static void move_up(struct chooser *chooser, size_t rows)
{
	chooser->selected -= rows < chooser->selected ? rows : chooser->selected;
}

static void move_down(struct chooser *chooser, size_t rows)
{
	size_t left = chooser->n_matches > 0 ? chooser->n_matches - 1 - chooser->selected : 0;

	chooser->selected += rows < left ? rows : left;
}

static void press(struct chooser *chooser, unsigned char final, unsigned number)
{
	size_t page = list_rows(chooser);

	if (final == 'A')
		move_up(chooser, 1);
	else if (final == 'B')
		move_down(chooser, 1);
	else if (final == '~' && number == 5)
		move_up(chooser, page);
	else if (final == '~' && number == 6)
		move_down(chooser, page);
	else if (final == 'H' || (final == '~' && (number == 1 || number == 7)))
		move_up(chooser, chooser->n_matches);
	else if (final == 'F' || (final == '~' && (number == 4 || number == 8)))
		move_down(chooser, chooser->n_matches);
}

/* Behind an Esc: nothing, then it was the key of that name; or the rest of what another key sends,
 * "[5~" or "OA", of which the unknown does nothing. */
static int read_sequence(struct chooser *chooser, enum action *ret_action, struct error *err)
{
	unsigned char byte = 0;
	unsigned number = 0;
	int r = tty_byte_within(&chooser->question, ESCAPE_WAIT, &byte, err);

	if (r == TTY_SILENCE || r == 0)
		*ret_action = LEFT;
	if (r != 1 || (byte != '[' && byte != 'O'))
		return r < 0 ? r : 0;
	do {
		r = tty_byte_within(&chooser->question, ESCAPE_WAIT, &byte, err);
		if (r != 1)
			return r < 0 ? r : 0;
		if (byte >= '0' && byte <= '9')
			number = (number * 10 + byte - '0') % 1000;
	} while (byte < 0x40 || byte > 0x7e);
	press(chooser, byte, number);
	return 0;
}

static bool edits(const struct line_keys *keys, unsigned char byte)
{
	return byte == keys->erase || byte == keys->word_erase || byte == keys->kill ||
	       byte == keys->end || byte == '\b';
}

static int type(struct chooser *chooser, unsigned char byte, enum action *ret_action,
                struct error *err)
{
	struct line_keys keys;

	tty_line_keys(&chooser->question, &keys);
	keys.literal = 0;
	if (byte == ESC)
		return read_sequence(chooser, ret_action, err);
	if (byte == '\n' || byte == '\r') {
		*ret_action = CHOSEN;
	} else if (byte == PREVIOUS) {
		move_up(chooser, 1);
	} else if (byte == NEXT) {
		move_down(chooser, 1);
	} else if (byte >= ' ' || edits(&keys, byte)) {
		enum line_event event = line_edit_byte(&chooser->query, &keys, byte);
		if (event == LINE_MEMORY)
			return error_set(err, VAULT_FAILED, "out of memory");
		if (event == LINE_END)
			*ret_action = LEFT;
		chooser->filtered = false;
	}
	return 0;
}

/* Nothing is drawn while more is to be read: a character may have come in half, and what is pasted
 * or typed ahead is filtered once. */
static int converse(struct chooser *chooser, size_t *ret_chosen, struct error *err)
{
	bool drawn = false;

	measure(chooser);
	for (;;) {
		enum action action = GO_ON;
		unsigned char byte;
		int r = tty_byte_within(&chooser->question, drawn ? -1 : 0, &byte, err);

		if (r == 0)
			return VAULT_NOT_FOUND;
		if (r == 1)
			r = type(chooser, byte, &action, err);
		if (r >= 0 && !chooser->filtered && (r == TTY_SILENCE || action == CHOSEN))
			r = filter(chooser, err) < 0 ? -VAULT_FAILED : r;
		if (r < 0)
			return r;
		if (r == TTY_REDRAW)
			measure(chooser);
		drawn = r == TTY_SILENCE;
		if (drawn)
			draw(chooser);
		if (action == LEFT)
			return VAULT_NOT_FOUND;
		if (action == CHOSEN && chooser->n_matches > 0) {
			*ret_chosen = chooser->matches[chooser->selected].index;
			return 0;
		}
	}
}

static int prepare(struct chooser *chooser, struct error *err)
{
	size_t count = chooser->names->count;
	int r = secret_new(&chooser->query.line, QUERY_MAX, err);

	chooser->folded = calloc(count + 1, sizeof(*chooser->folded));
	chooser->matches = calloc(count + 1, sizeof(*chooser->matches));
	if (r == 0 && (!chooser->folded || !chooser->matches))
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < count && r == 0; i++)
		r = text_fold(chooser->names->items[i], &chooser->folded[i], err);
	return r;
}

int choose_screen(const struct names *names, size_t *ret_chosen, struct error *err)
{
	struct chooser chooser = {
		.names = names,
		.query = {.max = QUERY_MAX},
		.question = {.text = ENTER, .hidden = true, .after = LEAVE, .screen = true},
	};
	int r = prepare(&chooser, err);

	if (r == 0)
		r = tty_begin(&chooser.question, err);
	if (r == 0) {
		r = converse(&chooser, ret_chosen, err);
		tty_end(&chooser.question);
	}
	for (size_t i = 0; chooser.folded && i < names->count; i++)
		free(chooser.folded[i]);
	free(chooser.folded);
	free(chooser.matches);
	secret_free(chooser.query.line);
	return r;
}
