#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "shell_line.h"

#define BLANKS " \t\n"
#define MEANING " \t\n!\"#$&'()*;<>?[\\]^`{|}~" /* what needs a backslash outside of quotes */
#define IN_DOUBLE "\"$\\`"                      /* and between double ones */

#define ANSI_C '$' /* the state inside of $'…' */

void shell_line_done(struct shell_line *line)
{
	if (line->words)
		free(line->words[0]);
	free(line->words);
	*line = (struct shell_line){0};
}

/* Reads one byte of a word at `in` in the state *quote: 0, ', " or ANSI_C. Gives how many it took;
 * *ret_byte is what they stand for, or -1: nothing, a quotation was opened or closed. */
static size_t read_byte(const char *in, char *quote, int *ret_byte)
{
	bool escapes = *quote == 0 || *quote == ANSI_C ||
	               (*quote == '"' && in[1] && strchr(IN_DOUBLE, in[1]));

	*ret_byte = -1;
	if (*quote == 0 && in[0] == '$' && in[1] == '\'') {
		*quote = ANSI_C;
		return 2;
	}
	if (*quote == 0 ? in[0] == '\'' || in[0] == '"'
	                : in[0] == (*quote == ANSI_C ? '\'' : *quote)) {
		*quote = *quote ? 0 : in[0];
		return 1;
	}
	if (in[0] == '\\' && escapes) {
		/* One at the end: what it was to stand in front of is to come. */
		if (in[1])
			*ret_byte = (unsigned char)in[1];
		return in[1] ? 2 : 1;
	}
	*ret_byte = (unsigned char)in[0];
	return 1;
}

/* Reads a word at `in` up to a blank or `end`; appends it to *out. Gives the place behind it. */
static const char *read_word(const char *in, const char *end, char *quote, char **out)
{
	int byte;

	*quote = 0;
	while (in < end && (*quote || !strchr(BLANKS, *in))) {
		in += read_byte(in, quote, &byte);
		if (byte >= 0)
			*(*out)++ = (char)byte;
	}
	return in;
}

/* How much of the last word, which begins at `word`, stands in front of what is replaced. */
static int find_replaced(const char *word, const char *replaced, struct shell_line *line,
                         struct error *err)
{
	size_t length = strlen(word), behind = strlen(replaced);
	char *scratch, *out;

	if (behind > length || strcmp(word + length - behind, replaced) != 0)
		return error_set(err, VAULT_USAGE, "the line does not end in '%s'", replaced);
	scratch = out = malloc(length + 1);
	if (!scratch)
		return error_set(err, VAULT_FAILED, "out of memory");
	read_word(word, word + length - behind, &line->quote, &out);
	line->kept = (size_t)(out - scratch);
	free(scratch);
	if (line->quote == ANSI_C)
		return error_set(err, VAULT_USAGE, "inside of $'' nothing is proposed");
	return 0;
}

int shell_line_read(const char *line, const char *replaced, struct shell_line *ret_line,
                    struct error *err)
{
	size_t length = strlen(line);
	SHELL_LINE_AUTO read = {0};
	const char *in = line, *end = line + length, *word;
	char *out = malloc(length + 2);
	int r;

	/* A word takes two bytes at least, its blank or end counted. */
	read.words = calloc(length / 2 + 2, sizeof(*read.words));
	if (!out || !read.words) {
		free(out);
		return error_set(err, VAULT_FAILED, "out of memory");
	}
	do {
		in += strspn(in, BLANKS);
		word = in;
		read.words[read.count++] = out;
		in = read_word(in, end, &read.quote, &out);
		*out++ = '\0';
	} while (in < end);
	r = find_replaced(word, replaced, &read, err);
	if (r < 0)
		return r;
	*ret_line = read;
	read.words = NULL;
	return 0;
}

void shell_quote(const char *text, char quote, char *quoted)
{
	for (; *text; text++) {
		const char *with = quote == '\'' ? "'" : quote == '"' ? IN_DOUBLE "!" : MEANING;
		bool means = strchr(with, *text);

		/* Where no backslash helps, the quotation is left for one character: of a single
		 * quote, and of the ! that is history between double ones. */
		bool leaves = means && (quote == '\'' || (quote == '"' && *text == '!'));
		if (leaves)
			*quoted++ = quote;
		if (means)
			*quoted++ = '\\';
		*quoted++ = *text;
		if (leaves)
			*quoted++ = quote;
	}
	*quoted = '\0';
}
