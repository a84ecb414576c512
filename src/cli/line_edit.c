#include "line_edit.h"

/* Shortens the line; what was behind the new end is gone. */
static void cut(struct secret *line, size_t length)
{
	secret_wipe(line->bytes + length, line->length - length);
	line->length = length;
}

void line_edit_clear(struct line_edit *edit)
{
	cut(edit->line, 0);
	edit->too_long = edit->literal = false;
}

static void erase_character(struct secret *line)
{
	size_t at = line->length;

	if (at == 0)
		return;
	at--;
	while (at > 0 && line->length - at < 4 && line->bytes[at] >> 6 == 2)
		at--;
	/* Stray continuation bytes belong to no character: they go one by one. */
	if (line->bytes[at] < 0xc0)
		at = line->length - 1;
	cut(line, at);
}

static void erase_word(struct secret *line)
{
	size_t at = line->length;

	while (at > 0 && line->bytes[at - 1] == ' ')
		at--;
	while (at > 0 && line->bytes[at - 1] != ' ')
		at--;
	cut(line, at);
}

static enum line_event insert(struct line_edit *edit, unsigned char byte)
{
	if (edit->line->length >= edit->max) {
		edit->too_long = true;
		return LINE_MORE;
	}
	if (edit->line->length == edit->line->capacity &&
	    secret_reserve(&edit->line, edit->line->capacity * 2, NULL) != 0)
		return LINE_MEMORY;
	if (secret_append(edit->line, &byte, 1, NULL) != 0)
		return LINE_MEMORY;
	return LINE_MORE;
}

enum line_event line_edit_byte(struct line_edit *edit, const struct line_keys *keys,
                               unsigned char byte)
{
	if (edit->literal) {
		edit->literal = false;
		return insert(edit, byte);
	}
	if (byte == '\n' || byte == '\r')
		return LINE_DONE;
	if (byte == 0)
		return insert(edit, byte);
	if (byte == keys->end)
		return edit->line->length > 0 ? LINE_DONE : LINE_END;
	if (byte == keys->erase || byte == '\b' || byte == 0x7f) {
		edit->too_long = false;
		erase_character(edit->line);
	} else if (byte == keys->word_erase) {
		edit->too_long = false;
		erase_word(edit->line);
	} else if (byte == keys->kill) {
		edit->too_long = false;
		cut(edit->line, 0);
	} else if (byte == keys->literal) {
		edit->literal = true;
	} else {
		return insert(edit, byte);
	}
	return LINE_MORE;
}
