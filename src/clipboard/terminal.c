/*
 * The clipboard of the terminal, over whatever lies between, such as ssh: OSC 52 of "XTerm Control
 * Sequences" (Operating System Commands, "Manipulate Selection Data"):
 *
 *     ESC ] 52 ; Pc ; Pd BEL        Pc: c CLIPBOARD, p PRIMARY; Pd: the value in base 64 (RFC 4648)
 *
 * "If the second parameter is neither a base64 string nor ?, then the selection is cleared." Some
 * terminals ignore what is no base 64, others the empty string: to clear, both are sent.
 */
#include <sodium.h>
#include <string.h>

#include "base/file.h"
#include "clipboard/way.h"

#define OSC_52 "\033]52;"
#define BEL "\a"
#define NOT_BASE64 "!"

/* Device control strings are handed through to the terminal outside by GNU screen, which cuts them
 * off behind 256 bytes, and by tmux (3.3 and newer with allow-passthrough), where every ESC inside
 * is doubled. */
#define DCS "\033P"
#define ST "\033\\"
#define TMUX_DCS DCS "tmux;\033"
#define SCREEN_PIECE 250

#define AROUND 32 /* bytes that stand around a value at most */

static struct {
	int fd;
	bool tmux, screen;
	unsigned selections;
} terminal = {.fd = -1};

/* Room has been made by `set`, so that it fits. */
static void append(struct secret *sequence, const char *text)
{
	secret_append(sequence, text, strlen(text), NULL);
}

static void append_base64(struct secret *sequence, const struct secret *value)
{
	sodium_bin2base64((char *)sequence->bytes + sequence->length,
	                  sequence->capacity + 1 - sequence->length, value->bytes, value->length,
	                  sodium_base64_VARIANT_ORIGINAL);
	sequence->length += strlen((const char *)sequence->bytes + sequence->length);
}

/* Appends what sets a selection to the value, or to what is no value at all. */
static void append_setting(struct secret *sequence, char selection, const struct secret *value,
                           const char *none)
{
	const char which[] = {selection, ';', '\0'};

	append(sequence, terminal.tmux ? TMUX_DCS OSC_52 : OSC_52);
	append(sequence, which);
	if (value)
		append_base64(sequence, value);
	else
		append(sequence, none);
	append(sequence, terminal.tmux ? BEL ST : BEL);
}

/* The whole in pieces that GNU screen hands through. */
static void append_pieces(struct secret *sequence, const struct secret *whole)
{
	for (size_t at = 0; at < whole->length; at += SCREEN_PIECE) {
		size_t rest = whole->length - at;
		append(sequence, DCS);
		secret_append(sequence, whole->bytes + at,
		              rest < SCREEN_PIECE ? rest : SCREEN_PIECE, NULL);
		append(sequence, ST);
	}
}

/* Sets the selections; clears them without a value. */
static int set(const struct secret *value, struct error *err)
{
	static const char letters[] = {'c', 'p'};
	const size_t base64 = value ? (value->length + 2) / 3 * 4 : 0;
	const size_t room = 4 * AROUND + 2 * base64; /* two selections, two ways to clear each */
	SECRET_AUTO *whole = NULL, *pieces = NULL;
	int r = secret_new(&whole, room, err);

	if (r == 0)
		r = secret_new(&pieces, room + (room / SCREEN_PIECE + 1) * strlen(DCS ST), err);
	if (r < 0)
		return r;
	for (int i = 0; i < 2; i++) {
		if (!(terminal.selections & (unsigned)CLIPBOARD_MAIN << i))
			continue;
		append_setting(whole, letters[i], value, "");
		if (!value)
			append_setting(whole, letters[i], value, NOT_BASE64);
	}
	if (terminal.screen)
		append_pieces(pieces, whole);
	const struct secret *sent = terminal.screen ? pieces : whole;
	return file_write_all(terminal.fd, sent->bytes, sent->length, err);
}

static int put(const struct way *way, struct copy *copy, struct error *err)
{
	(void)way;
	if (copy->terminal < 0) {
		error_set(err, VAULT_NOT_FOUND,
		          "there is no terminal whose clipboard could be set");
		return VAULT_NOT_FOUND;
	}
	terminal.fd = copy->terminal;
	copy->terminal = -1;
	terminal.tmux = copy->place->tmux;
	terminal.screen = copy->place->screen && !terminal.tmux;
	terminal.selections = copy->selections;
	return set(copy->value, err);
}

/* What the terminal has by now cannot be asked for: few answer. It is cleared whatever it is. */
static void clear(const struct way *way)
{
	(void)way;
	set(NULL, NULL);
}

static bool suits(const struct place *place)
{
	return place->ssh;
}

const struct way way_terminal = {"terminal", NULL, suits, put, NULL, NULL, clear};
