#include "format/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <vault/text.h>

#include "format/sink.h"

static int wrong(size_t line, const char *what, struct error *err)
{
	return error_set(err, VAULT_USAGE, "line %zu: %s", line, what);
}

/* The line is told: a letter or two that came from elsewhere are found by it. */
static int no_utf8(const char *bytes, size_t length, struct error *err)
{
	const char *start = bytes, *end = bytes + length, *newline;
	size_t line = 1;

	if (length >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
		return error_set(err, VAULT_USAGE, "it is in UTF-16: save it as UTF-8 first");
	for (; (newline = memchr(start, '\n', (size_t)(end - start))); start = newline + 1, line++)
		if (!text_is_utf8(start, (size_t)(newline - start)))
			break;
	return wrong(line, "it is not in UTF-8: save the file as UTF-8 first", err);
}

static size_t count_in_line(const struct csv *csv, char c)
{
	size_t count = 0;
	bool quoted = false;

	for (const char *p = csv->p; p < csv->end && (quoted || (*p != '\n' && *p != '\r')); p++) {
		quoted ^= *p == '"';
		count += !quoted && *p == c;
	}
	return count;
}

int csv_start(struct csv *csv, const struct source *source, struct error *err)
{
	const char *bytes = (const char *)source->bytes;
	size_t length = source->length;
	size_t skip = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	*csv = (struct csv){bytes, bytes + skip, bytes + length, ',', 0, 1, NULL, 0, BUF_EMPTY};
	if (!text_is_utf8(bytes, length))
		return no_utf8(bytes, length, err);
	for (const char *other = ";\t"; *other; other++)
		if (count_in_line(csv, *other) > count_in_line(csv, csv->separator))
			csv->separator = *other;
	csv->cells = calloc(CSV_COLUMNS_MAX, sizeof(*csv->cells));
	return csv->cells ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

void csv_done(struct csv *csv)
{
	free(csv->cells);
	buf_done(&csv->unquoted);
	csv->cells = NULL;
}

static bool at_line_end(const struct csv *csv)
{
	return csv->p == csv->end || *csv->p == '\n' || *csv->p == '\r';
}

/* Behind the mark that opens. A cell with a doubled mark is copied; its offset goes into
 * *ret_copied, which is SIZE_MAX for others. */
static int quoted_cell(struct csv *csv, struct span *cell, size_t *ret_copied, struct error *err)
{
	const char *piece = csv->p;
	size_t copied = SIZE_MAX, line = csv->next_line;

	for (; csv->p < csv->end; csv->p++) {
		csv->next_line += *csv->p == '\n';
		if (*csv->p != '"')
			continue;
		if (csv->p + 1 < csv->end && csv->p[1] == '"') {
			if (copied == SIZE_MAX)
				copied = csv->unquoted.length;
			csv->p++;
			buf_add(&csv->unquoted, piece, (size_t)(csv->p - piece));
			piece = csv->p + 1;
			continue;
		}
		*cell = (struct span){piece, (size_t)(csv->p - piece)};
		if (copied != SIZE_MAX) {
			buf_add(&csv->unquoted, piece, cell->length);
			cell->length = csv->unquoted.length - copied;
		}
		csv->p++;
		*ret_copied = copied;
		if (!at_line_end(csv) && *csv->p != csv->separator)
			return wrong(csv->next_line, "text behind a quotation mark", err);
		return buf_check(&csv->unquoted, err);
	}
	return wrong(line, "a quotation mark is never closed", err);
}

static void plain_cell(struct csv *csv, struct span *cell)
{
	const char *start = csv->p;

	while (!at_line_end(csv) && *csv->p != csv->separator)
		csv->p++;
	*cell = (struct span){start, (size_t)(csv->p - start)};
}

static int one_cell(struct csv *csv, size_t *copied, struct error *err)
{
	struct span *cell = &csv->cells[csv->n_cells];

	if (csv->n_cells == CSV_COLUMNS_MAX)
		return wrong(csv->line, "more columns than anybody has", err);
	csv->n_cells++;
	*copied = SIZE_MAX;
	if (csv->p < csv->end && *csv->p == '"') {
		csv->p++;
		return quoted_cell(csv, cell, copied, err);
	}
	plain_cell(csv, cell);
	return 0;
}

static void skip_line_end(struct csv *csv)
{
	if (csv->p < csv->end && *csv->p == '\r')
		csv->p++;
	if (csv->p < csv->end && *csv->p == '\n')
		csv->p++;
	csv->next_line++;
}

/* Where an unquoted copy lies is known when the row is complete and the buffer moves no more. */
int csv_row(struct csv *csv, struct error *err)
{
	size_t copied[CSV_COLUMNS_MAX];
	int r;

	csv->n_cells = 0;
	csv->unquoted.length = 0;
	while (csv->p < csv->end && at_line_end(csv))
		skip_line_end(csv);
	if (csv->p == csv->end)
		return 0;
	csv->line = csv->next_line;
	for (;;) {
		r = one_cell(csv, &copied[csv->n_cells < CSV_COLUMNS_MAX ? csv->n_cells : 0], err);
		if (r < 0)
			return r;
		if (at_line_end(csv))
			break;
		csv->p++; /* the separator */
	}
	skip_line_end(csv);
	for (size_t i = 0; i < csv->n_cells; i++) {
		if (copied[i] != SIZE_MAX)
			csv->cells[i].bytes = csv->unquoted.bytes + copied[i];
		if (csv->cells[i].length > ITEM_BYTES_MAX)
			return wrong(csv->line, "more in one cell than an entry can hold", err);
	}
	return 1;
}

void csv_escape(struct sink *sink, struct span text)
{
	const char *p = text.bytes, *end = p + text.length, *mark;

	for (; p < end && (mark = memchr(p, '"', (size_t)(end - p))); p = mark + 1) {
		sink_bytes(sink, p, (size_t)(mark + 1 - p));
		sink_bytes(sink, "\"", 1);
	}
	if (p < end)
		sink_bytes(sink, p, (size_t)(end - p));
}

void csv_put(struct sink *sink, struct span cell)
{
	sink_bytes(sink, "\"", 1);
	csv_escape(sink, cell);
	sink_bytes(sink, "\"", 1);
}
