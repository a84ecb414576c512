#include "qr_show.h"

#include <string.h>
#include <unistd.h>

#include <vault/qr.h>

#include "output.h"
#include "wrap.h"

#define QUIET 4 /* modules of white around the code: ISO/IEC 18004 demands them */

/* Colours out of the fixed part of the 256, which a terminal's theme does not change. */
#define BLACK_ON_WHITE "\x1b[38;5;16;48;5;231m"
#define BLACK "\x1b[48;5;16m"
#define WHITE "\x1b[48;5;231m"
#define RESET "\x1b[0m\n"

#define LINE_ROOM 32  /* bytes of a line's colours */
#define BLOCK_ROOM 3  /* bytes of a half block in UTF-8 */
#define BLANK_ROOM 16 /* bytes of a module as two blanks with their colour */

static int put(struct secret *picture, const char *text, struct error *err)
{
	return secret_append(picture, text, strlen(text), err);
}

/* Two rows of modules as one line of half blocks. */
static int draw_blocks(struct secret *picture, const struct secret *code, int row,
                       struct error *err)
{
	static const char *const blocks[2][2] = {{" ", "▄"}, {"▀", "█"}};
	int r = put(picture, BLACK_ON_WHITE, err);

	for (int column = -QUIET; r == 0 && column < qr_size(code) + QUIET; column++)
		r = put(picture, blocks[qr_dark(code, column, row)][qr_dark(code, column, row + 1)],
		        err);
	return r == 0 ? put(picture, RESET, err) : r;
}

/* One row of modules as coloured blanks, for a terminal that shows no UTF-8. */
static int draw_blanks(struct secret *picture, const struct secret *code, int row,
                       struct error *err)
{
	int r = 0;

	for (int column = -QUIET; r == 0 && column < qr_size(code) + QUIET; column++)
		r = put(picture, qr_dark(code, column, row) ? BLACK "  " : WHITE "  ", err);
	return r == 0 ? put(picture, RESET, err) : r;
}

static int draw(const struct secret *code, struct error *err)
{
	bool blocks = output_is_utf8();
	size_t side = (size_t)qr_size(code) + 2 * QUIET,
	       room = side * (LINE_ROOM + side * BLANK_ROOM);
	size_t wide = blocks ? side : 2 * side, columns = wrap_columns(STDOUT_FILENO);
	SECRET_AUTO *picture = NULL;
	int r;

	if (output_is_terminal() && columns > 0 && columns < wide)
		return error_set(err, VAULT_FAILED,
		                 "the terminal is too narrow: the QR code takes %zu columns, and "
		                 "there are %zu",
		                 wide, columns);
	if (blocks)
		room = side * (LINE_ROOM + side * BLOCK_ROOM);
	r = secret_new(&picture, room, err);
	for (int row = -QUIET; r == 0 && row < qr_size(code) + QUIET; row += blocks ? 2 : 1)
		r = (blocks ? draw_blocks : draw_blanks)(picture, code, row, err);
	if (r == 0)
		output_secret(picture);
	return r;
}

int qr_show(const struct secret *text, struct error *err)
{
	SECRET_AUTO *code = NULL;
	int r = qr_encode(text, &code, err);

	return r == 0 ? draw(code, err) : r;
}
