#include <vault/error.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Context may take half the room at most: the cause behind it is worth more than where it came
 * up. */
#define CONTEXT_MAX (ERROR_MESSAGE_MAX / 2)
#define BEHIND_MAX 128 /* kept free for the system's text */

#define CUT_MARK "..."

/* `wanted` is what vsnprintf returned for a buffer of `size` bytes: where it did not fit, ends the
 * text with a mark instead of in the middle of a character of UTF-8. */
static void mark_cut(char *text, size_t size, int wanted)
{
	size_t end = size - sizeof(CUT_MARK);

	if (wanted < 0) { /* no text rather than half of one */
		text[0] = '\0';
		return;
	}
	if ((size_t)wanted < size)
		return;
	while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
		end--;
	memcpy(text + end, CUT_MARK, sizeof(CUT_MARK));
}

/* strerror_r(3) comes in two forms: the one of XSI fills the buffer and returns an int, the one of
 * the GNU C library returns the text. */
static inline const char *text_of_xsi(int r, const char *buffer)
{
	return r == 0 ? buffer : "unknown error";
}

static inline const char *text_of_gnu(const char *text, const char *buffer)
{
	(void)buffer;
	return text;
}

static const char *system_text(int errnum, char *buffer, size_t size)
{
	return _Generic(&strerror_r, int (*)(int, char *, size_t)
	                : text_of_xsi, default
	                : text_of_gnu)(strerror_r(errnum, buffer, size), buffer);
}

/* The text is made beside the struct first, since an argument may be the message that is there. */
static int set(struct error *err, enum vault_status status, const char *behind, const char *format,
               va_list arguments) __attribute__((format(printf, 4, 0)));

static int set(struct error *err, enum vault_status status, const char *behind, const char *format,
               va_list arguments)
{
	char text[ERROR_MESSAGE_MAX];
	size_t room = sizeof(text) - (behind ? BEHIND_MAX : 0);

	if (status == VAULT_OK) /* "failed with success" would turn into success on its way up */
		status = VAULT_FAILED;
	if (!err)
		return -(int)status;
	mark_cut(text, room, vsnprintf(text, room, format, arguments));
	if (behind)
		mark_cut(err->message, sizeof(err->message),
		         snprintf(err->message, sizeof(err->message), "%s: %s", text, behind));
	else
		memcpy(err->message, text, strlen(text) + 1);
	err->status = status;
	return -(int)status;
}

int error_set(struct error *err, enum vault_status status, const char *format, ...)
{
	int saved = errno;
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = set(err, status, NULL, format, arguments);
	va_end(arguments);
	errno = saved;
	return r;
}

int error_errno(struct error *err, enum vault_status status, int errnum, const char *format, ...)
{
	int saved = errno;
	char buffer[BEHIND_MAX];
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = set(err, status, system_text(errnum, buffer, sizeof(buffer)), format, arguments);
	va_end(arguments);
	errno = saved;
	return r;
}

int error_context(struct error *err, const char *format, ...)
{
	char context[CONTEXT_MAX];
	char old[ERROR_MESSAGE_MAX];
	va_list arguments;

	if (!err)
		return -(int)VAULT_FAILED;
	va_start(arguments, format);
	mark_cut(context, sizeof(context), vsnprintf(context, sizeof(context), format, arguments));
	va_end(arguments);
	memcpy(old, err->message, strlen(err->message) + 1);
	mark_cut(err->message, sizeof(err->message),
	         snprintf(err->message, sizeof(err->message), old[0] ? "%s: %s" : "%s", context,
	                  old));
	if (err->status == VAULT_OK)
		err->status = VAULT_FAILED;
	return -(int)err->status;
}
