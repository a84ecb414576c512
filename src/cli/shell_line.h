/*
 * A command line as bash lets one see it while it is being typed: raw, with quotes and backslashes,
 * perhaps in the middle of a quotation. zsh and fish take quotes off and put them on themselves;
 * bash leaves both to the completion, and replaces only what stands behind the last of its "word
 * breaks" (a colon or = is one).
 *
 * Quotes are those of the Bash Reference Manual, 3.1.2. Nothing is expanded: no variables, no
 * commands, no patterns.
 */
#ifndef CLI_SHELL_LINE_H
#define CLI_SHELL_LINE_H

#include <stddef.h>

#include <vault/error.h>

struct shell_line {
	char **words; /* without quotes; there is at least one, as the last may be empty */
	size_t count;
	size_t kept; /* bytes of the last word, unquoted, that stand in front of what is replaced */
	char quote;  /* the quotation that is open there: ' or ", or 0 */
};

/* Splits `line`, which ends at the cursor. `replaced` is its end as bash is about to replace it.
 * VAULT_USAGE failure when it is not. Free with shell_line_done. */
int shell_line_read(const char *line, const char *replaced, struct shell_line *ret_line,
                    struct error *err);
void shell_line_done(struct shell_line *line);
#define SHELL_LINE_AUTO __attribute__((cleanup(shell_line_done))) struct shell_line

/* Writes `text` so that bash reads it back as it is, inside of the quotation `quote` or outside of
 * any (0). `quoted` has room for SHELL_QUOTED bytes per byte of text, and a NUL. */
#define SHELL_QUOTED 4
void shell_quote(const char *text, char quote, char *quoted);

#endif
