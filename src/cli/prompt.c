#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "escape.h"
#include "line_edit.h"
#include "prompt.h"
#include "prompt_tty.h"
#include "wrap.h"

#define SECRET_START 256 /* bytes of room at first */
#define LINE_MAX_BYTES 4096
#define QUESTION_SIZE 1024

bool prompt_available(void)
{
	return tty_descriptor() >= 0;
}

int prompt_signal(void)
{
	return tty_signal();
}

void prompt_quiet(bool quiet)
{
	tty_quiet(quiet);
}

/* A line of a message or a question as the terminal gets it. */
static char *safe_line(const char *line, char *safe, size_t size)
{
	escape_string(line, safe, size);
	wrap_line(safe, wrap_columns(tty_descriptor()), 0);
	return safe;
}

/* Reads into `edit` until the line is done. Returns as the questions do. */
static int read_hidden(struct tty_question *question, struct line_edit *edit, struct error *err)
{
	struct line_keys keys;

	tty_line_keys(question, &keys);
	for (;;) {
		unsigned char byte;
		int r = tty_byte(question, &byte, err);
		if (r < 0)
			return r;
		if (r == 0)
			return VAULT_NOT_FOUND;
		if (r == TTY_REDRAW) {
			line_edit_clear(edit);
			continue;
		}
		enum line_event event = line_edit_byte(edit, &keys, byte);
		secret_wipe(&byte, 1);
		if (event == LINE_DONE)
			return 0;
		if (event == LINE_END)
			return VAULT_NOT_FOUND;
		if (event == LINE_MEMORY)
			return error_set(err, VAULT_FAILED, "out of memory");
	}
}

int prompt_secret(const char *question, size_t max, struct secret **ret_secret, struct error *err)
{
	char text[QUESTION_SIZE];
	struct tty_question asked = {.text = safe_line(question, text, sizeof(text)),
	                             .hidden = true};
	struct line_edit edit = {.max = max};
	int r = secret_new(&edit.line, SECRET_START < max ? SECRET_START : max, err);

	if (r == 0)
		r = tty_begin(&asked, err);
	if (r == 0) {
		r = read_hidden(&asked, &edit, err);
		tty_text("\n");
		tty_end(&asked);
	}
	if (r == 0 && edit.too_long)
		r = error_set(err, VAULT_USAGE, "that is too long: at most %zu bytes fit", max);
	if (r != 0) {
		secret_free(edit.line);
		return r;
	}
	*ret_secret = edit.line;
	return 0;
}

/* Reads a line that the kernel edits and echoes. */
static int read_shown(struct tty_question *question, char line[LINE_MAX_BYTES], struct error *err)
{
	size_t length = 0;

	for (;;) {
		unsigned char byte;
		int r = tty_byte(question, &byte, err);
		if (r < 0)
			return r;
		if (r == 0 && length == 0)
			return VAULT_NOT_FOUND;
		if (r == 0 || byte == '\n' || byte == '\r') {
			line[length] = '\0';
			return 0;
		}
		if (length + 1 < LINE_MAX_BYTES)
			line[length++] = (char)byte;
	}
}

int prompt_line(const char *question, char **ret_line, struct error *err)
{
	char text[QUESTION_SIZE], line[LINE_MAX_BYTES];
	struct tty_question asked = {.text = safe_line(question, text, sizeof(text)),
	                             .hidden = false};
	int r = tty_begin(&asked, err);

	if (r < 0)
		return r;
	r = read_shown(&asked, line, err);
	if (r != 0)
		tty_text("\n");
	tty_end(&asked);
	if (r != 0)
		return r;
	char *start = line + strspn(line, " \t"), *end = start + strlen(start);
	while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	*ret_line = strdup(start);
	return *ret_line ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

int prompt_yes(const char *question, bool otherwise, bool *ret_yes, struct error *err)
{
	char text[QUESTION_SIZE];

	snprintf(text, sizeof(text), "%s [%s] ", question, otherwise ? "Y/n" : "y/N");
	for (;;) {
		FREE_AUTO char *answer = NULL;
		int r = prompt_line(text, &answer, err);
		if (r < 0)
			return r;
		if (r > 0 || strcasecmp(answer, "n") == 0 || strcasecmp(answer, "no") == 0) {
			*ret_yes = false;
			return 0;
		}
		if (strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0) {
			*ret_yes = true;
			return 0;
		}
		if (answer[0] == '\0') {
			*ret_yes = otherwise;
			return 0;
		}
		prompt_say("Please answer yes or no.\n");
	}
}

int prompt_confirm(bool yes, const char *question, struct error *err)
{
	bool agreed = yes;

	if (!yes && !prompt_available())
		return error_set(err, VAULT_USAGE,
		                 "there is no terminal to confirm at: --yes does it without "
		                 "asking");
	if (!yes) {
		int r = prompt_yes(question, false, &agreed, err);
		if (r < 0)
			return r;
	}
	return agreed ? 0 : error_set(err, VAULT_INTERRUPTED, "Nothing was changed.");
}

void prompt_say(const char *format, ...)
{
	char text[2048];
	va_list args;

	if (!prompt_available())
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (char *line = text, *end; *line; line = end) {
		char safe[sizeof(text)];
		bool newline;
		end = line + strcspn(line, "\n");
		newline = *end == '\n';
		if (newline)
			*end++ = '\0';
		tty_text(safe_line(line, safe, sizeof(safe)));
		if (newline)
			tty_text("\n");
	}
}

void prompt_show(const struct secret *secret)
{
	if (prompt_available())
		tty_write(secret->bytes, secret->length);
}
