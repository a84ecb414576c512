/*
 * CSV (RFC 4180), read row by row: commas, or whichever of ; and tab the first line has more of;
 * cells in quotation marks may hold anything, a mark is doubled in them. A UTF-8 byte order mark in
 * front is passed over. Blanks count: they may belong to a password.
 */
#ifndef FORMAT_CSV_H
#define FORMAT_CSV_H

#include "base/buf.h"
#include "format/format.h"

#define CSV_COLUMNS_MAX 1000

struct csv {
	const char *start, *p, *end;
	char separator;
	size_t line; /* of the row that was read last, from 1 */
	size_t next_line;
	struct span *cells; /* of that row; valid until the next one */
	size_t n_cells;
	struct buf unquoted; /* cells that had doubled marks */
};

/* VAULT_USAGE failure: it is no UTF-8. */
int csv_start(struct csv *csv, const struct source *source, struct error *err);
void csv_done(struct csv *csv);
#define CSV_AUTO __attribute__((cleanup(csv_done))) struct csv

/* 1: a row; 0: the end. Empty lines are passed over. VAULT_USAGE failure names the line. */
int csv_row(struct csv *csv, struct error *err);

struct sink;
void csv_put(struct sink *sink, struct span cell);    /* in quotation marks */
void csv_escape(struct sink *sink, struct span text); /* a part of what stands between them */

#endif
