#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "escape.h"
#include "output.h"
#include "report.h"
#include "wrap.h"

#define LINE_SIZE 2048

#define RED "\033[1;31m"
#define YELLOW "\033[1;33m"
#define NORMAL "\033[0m"

/* A setting of the process, as standard error is one for all of it. */
static bool notes_silenced;

void report_quiet(bool quiet)
{
	notes_silenced = quiet;
}

static bool colourful(void)
{
	const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return (!no_colour || !no_colour[0]) && terminal && strcmp(terminal, "dumb") != 0 &&
	       isatty(STDERR_FILENO) == 1;
}

static void write_line(const char *colour, const char *prefix, const char *message)
{
	char safe[LINE_SIZE], line[LINE_SIZE + 64];
	bool coloured = colour[0] && colourful();

	/* Where both go to one terminal, the answer so far stands in front of what is said. */
	output_flush();
	escape_string(message, safe, sizeof(safe));
	wrap_line(safe, wrap_columns(STDERR_FILENO), strlen(prefix));
	int length = snprintf(line, sizeof(line), "%s%s%s%s\n", coloured ? colour : "", prefix,
	                      coloured ? NORMAL : "", safe);

	/* There is nobody left to tell when this fails. */
	if (length > 0 && write(STDERR_FILENO, line, (size_t)length) < 0)
		return;
}

void report_error(const struct error *err)
{
	if (err->message[0] == '\0')
		return;
	if (err->status == VAULT_INTERRUPTED)
		write_line("", "", err->message);
	else
		write_line(RED, "vault: ", err->message);
}

void report_warning(const char *format, ...)
{
	char message[LINE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	write_line(YELLOW, "vault: warning: ", message);
}

void report_note(const char *format, ...)
{
	char message[LINE_SIZE];
	va_list args;

	if (notes_silenced)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	write_line("", "", message);
}
