/*
 * HTML pages that stand alone: one file without script, without a reference to anything outside,
 * readable on paper. Written piece by piece to the output.
 *
 * The page forbids itself by a Content-Security-Policy to load anything, whatever a name in it
 * says.
 */
#ifndef CLI_HTML_H
#define CLI_HTML_H

#include <stddef.h>
#include <stdint.h>

void html_page(const char *title); /* opens; html_end ends it */
void html_end(void);

/* Text or an attribute's value, with what is special to HTML escaped. */
void html_text(const char *text);
/* The same, at most so many characters, "…" for the rest. */
void html_short(const char *text, size_t characters);

void html_heading(const char *text);

/* A table: a row of headings, NULL-terminated; then rows, each with html_row, html_cell and
 * html_row_end; html_table_end. */
void html_table(const char *const *headings);
void html_row(void);
void html_cell(const char *text);
void html_row_end(void);
void html_table_end(void);

#endif
