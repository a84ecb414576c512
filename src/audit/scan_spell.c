/* The ways in which files of settings spell a password. */
#include "audit/scan.h"

#include <string.h>

#define SPELLED_MAX (3 * SCAN_LONGEST)
#define STACK_WIPED ((size_t)16 * 1024) /* bytes: this file's buffers */

static int add(struct scan *scan, const char *text, size_t length, size_t owner,
               enum scan_form form, struct error *err)
{
	return length >= SCAN_SHORTEST ? scan_add(scan, text, length, owner, form, err) : 0;
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~", c));
}

/* All but the unreserved characters of RFC 3986, as git and browsers write it. Programs differ in
 * the case of the digits; where none of them is a letter, the upper case is all there is. */
static int add_percent(struct scan *scan, const unsigned char *bytes, size_t length, size_t owner,
                       const char *digits, struct error *err)
{
	char spelled[SPELLED_MAX];
	size_t n = 0;
	bool differs = digits[10] == 'A';

	for (size_t i = 0; i < length; i++) {
		if (is_unreserved(bytes[i])) {
			spelled[n++] = (char)bytes[i];
			continue;
		}
		spelled[n++] = '%';
		spelled[n++] = digits[bytes[i] >> 4];
		spelled[n++] = digits[bytes[i] & 15];
		differs |= bytes[i] >> 4 >= 10 || (bytes[i] & 15) >= 10;
	}
	return n == length || !differs ? 0 : add(scan, spelled, n, owner, SCAN_PERCENT, err);
}

static int add_escaped(struct scan *scan, const unsigned char *bytes, size_t length, size_t owner,
                       struct error *err)
{
	char spelled[SPELLED_MAX];
	size_t n = 0;

	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '"' || bytes[i] == '\\')
			spelled[n++] = '\\';
		spelled[n++] = (char)bytes[i];
	}
	return n == length ? 0 : add(scan, spelled, n, owner, SCAN_ESCAPED, err);
}

/* Six bits of the password, from bit `at` on. */
static unsigned six_bits(const unsigned char *bytes, size_t at)
{
	unsigned value = 0;

	for (size_t i = at; i < at + 6; i++)
		value = value << 1 | (bytes[i / 8] >> (7 - i % 8) & 1u);
	return value;
}

/* The characters of base64 that the password alone decides, when `before` bytes of something else
 * stand before it in its group of three. */
static int add_base64(struct scan *scan, const unsigned char *bytes, size_t length, size_t owner,
                      size_t before, const char *last_two, struct error *err)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	char spelled[SPELLED_MAX];
	size_t first = (6 - 8 * before % 6) % 6, n = 0;
	bool differs = last_two[0] == '+';

	for (size_t at = first; at + 6 <= 8 * length; at += 6) {
		unsigned value = six_bits(bytes, at);

		differs |= value >= 62;
		spelled[n++] = value >= 62 ? last_two[value - 62] : letters[value];
	}
	return differs ? add(scan, spelled, n, owner, SCAN_BASE64, err) : 0;
}

int scan_spell(struct scan *scan, const unsigned char *bytes, size_t length, size_t owner,
               struct error *err)
{
	int r = add(scan, (const char *)bytes, length, owner, SCAN_PLAIN, err);

	if (r == 0)
		r = add_percent(scan, bytes, length, owner, "0123456789ABCDEF", err);
	if (r == 0)
		r = add_percent(scan, bytes, length, owner, "0123456789abcdef", err);
	if (r == 0)
		r = add_escaped(scan, bytes, length, owner, err);
	for (size_t before = 0; before < 3 && r == 0; before++) {
		r = add_base64(scan, bytes, length, owner, before, "+/", err);
		if (r == 0)
			r = add_base64(scan, bytes, length, owner, before, "-_", err);
	}
	secret_leave_nothing(STACK_WIPED);
	return r;
}
