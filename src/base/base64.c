#include "base/base64.h"

#define BLANK (-2)

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
		return BLANK;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* What the padding and the blanks at the end leave. */
static size_t without_end(const char *text, size_t length)
{
	while (length > 0 && (text[length - 1] == '=' || digit_of(text[length - 1]) == BLANK))
		length--;
	return length;
}

static bool is_base64(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++) {
		int digit = digit_of(text[i]);

		if (digit == -1)
			return false;
		count += digit != BLANK;
	}
	return count % 4 != 1;
}

bool base64_decode(char *text, size_t length, struct span *ret_bytes)
{
	char *out = text;
	size_t count = 0;
	unsigned long group = 0;

	length = without_end(text, length);
	if (!is_base64(text, length))
		return false;
	for (size_t i = 0; i < length; i++) {
		int digit = digit_of(text[i]);

		if (digit == BLANK)
			continue;
		group = group << 6 | (unsigned long)digit;
		if (++count % 4 == 0) {
			*out++ = (char)(group >> 16);
			*out++ = (char)(group >> 8);
			*out++ = (char)group;
			group = 0;
		}
	}
	if (count % 4 == 2)
		*out++ = (char)(group >> 4);
	if (count % 4 == 3) {
		*out++ = (char)(group >> 10);
		*out++ = (char)(group >> 2);
	}
	*ret_bytes = (struct span){text, (size_t)(out - text)};
	return true;
}

void base64_group(const unsigned char *bytes, size_t count, char ret_text[4])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned long group = (unsigned long)bytes[0] << 16 |
	                      (unsigned long)(count > 1 ? bytes[1] : 0) << 8 |
	                      (count > 2 ? bytes[2] : 0);

	ret_text[0] = digits[group >> 18];
	ret_text[1] = digits[group >> 12 & 63];
	ret_text[2] = count > 1 ? digits[group >> 6 & 63] : '=';
	ret_text[3] = count > 2 ? digits[group & 63] : '=';
}
