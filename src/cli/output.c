#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "escape.h"
#include "output.h"
#include "wrap.h"

#define FORMAT_SIZE 1024
#define PIECE_SIZE 512
#define SENTENCE_COLUMNS 20 /* with less room it is not worth breaking */

/* There is one standard output in a process. */
static struct {
	int fd;
	int errnum; /* of the first failure */
	char *bytes;
	size_t length, capacity;
} out = {.fd = STDOUT_FILENO};

void output_fail(int errnum)
{
	if (out.errnum == 0)
		out.errnum = errnum;
}

static void write_all(const void *bytes, size_t length)
{
	const char *p = bytes;

	while (length > 0 && out.errnum == 0) {
		ssize_t n = write(out.fd, p, length);
		if (n >= 0) {
			p += n;
			length -= (size_t)n;
		} else if (errno == EAGAIN) {
			struct pollfd wait = {.fd = out.fd, .events = POLLOUT};
			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			output_fail(errno);
		}
	}
}

void output_flush(void)
{
	write_all(out.bytes, out.length);
	out.length = 0;
}

void output_to(int fd)
{
	output_flush();
	out.fd = fd;
}

void output_bytes(const void *bytes, size_t length)
{
	if (length > out.capacity - out.length) {
		size_t capacity = (out.capacity ? out.capacity : 2048) * 2;
		while (capacity - out.length < length)
			capacity *= 2;
		char *bigger = realloc(out.bytes, capacity);
		if (!bigger) {
			output_fail(ENOMEM);
			return;
		}
		out.bytes = bigger;
		out.capacity = capacity;
	}
	memcpy(out.bytes + out.length, bytes, length);
	out.length += length;
}

void output_string(const char *string)
{
	output_bytes(string, strlen(string));
}

void output_format(const char *format, ...)
{
	char text[FORMAT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	output_string(text);
}

void output_text(const char *text)
{
	size_t length = strlen(text), used = 0;

	if (!output_is_terminal()) {
		output_bytes(text, length);
		return;
	}
	for (size_t at = 0; at < length; at += used) {
		char piece[PIECE_SIZE];
		size_t n = escape_text((const unsigned char *)text + at, length - at, &used, piece,
		                       sizeof(piece));
		output_bytes(piece, n);
	}
}

void output_sentence(const char *text, size_t indent)
{
	size_t columns = output_is_terminal() ? wrap_columns(out.fd) : 0;
	size_t size = strlen(text) * ESCAPE_UNIT_MAX + 1;
	FREE_AUTO char *safe = NULL;

	if (columns >= indent + SENTENCE_COLUMNS)
		safe = malloc(size);
	if (!safe) {
		output_text(text);
		return;
	}
	escape_string(text, safe, size);
	wrap_line(safe, columns - indent, 0);
	for (char *line = safe, *end; line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		output_string(line);
		if (end)
			output_format("\n%*s", (int)indent, "");
	}
}

void output_padded(const char *text, size_t columns)
{
	output_text(text);
	for (size_t i = escape_columns(text); i + 1 < columns; i++)
		output_string(" ");
	output_string(" ");
}

void output_secret(const struct secret *secret)
{
	output_flush();
	write_all(secret->bytes, secret->length);
}

void output_secret_text(const struct secret *secret, int indent)
{
	SECRET_AUTO *piece = NULL;
	size_t used = 0;

	if (!output_is_terminal()) {
		output_secret(secret);
		return;
	}
	if (secret_new(&piece, PIECE_SIZE, NULL) != 0) {
		output_fail(ENOMEM);
		return;
	}
	for (size_t at = 0; at < secret->length; at += used) {
		const unsigned char *rest = secret->bytes + at;
		const unsigned char *newline = memchr(rest, '\n', secret->length - at);
		if (newline == rest) {
			output_format("\n%*s", indent, "");
			used = 1;
			continue;
		}
		piece->length =
			escape_text(rest, newline ? (size_t)(newline - rest) : secret->length - at,
		                    &used, (char *)piece->bytes, PIECE_SIZE);
		output_secret(piece);
	}
}

bool output_is_terminal(void)
{
	static int known = -1, known_fd = -1; /* asked for every line of a list */

	if (known_fd != out.fd) {
		known = isatty(out.fd) == 1;
		known_fd = out.fd;
	}
	return known;
}

bool output_is_utf8(void)
{
	/* Reading the locale's files is left to those who need to know. */
	return setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

const char *output_mask(void)
{
	return output_is_utf8() ? "••••••••" : "********";
}

static int tell_failure(struct error *err)
{
	int errnum = out.errnum;

	out.errnum = 0;
	return errnum == 0 ? 0 : error_errno(err, VAULT_FAILED, errnum, "cannot write the answer");
}

int output_written(struct error *err)
{
	output_flush();
	/* Terminals and pipes cannot be synced and say so by other numbers. */
	if (fsync(out.fd) != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT))
		output_fail(errno);
	return tell_failure(err);
}

int output_finish(struct error *err)
{
	output_flush();
	free(out.bytes);
	out.bytes = NULL;
	out.capacity = 0;
	return tell_failure(err);
}
