#include "audit/breaches.h"

#include <errno.h>
#include <unistd.h>

/* A digit's value and 1; 0: it is none. A table, since a look-up reads a hundred lines. */
static const unsigned char digits_and_1[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* Reads the digits of a hash from number `skip` on; false where one is none. */
static bool read_hash(const unsigned char *text, size_t skip, size_t bytes, unsigned char *hash)
{
	size_t at = skip / 2;
	bool right = true;

	if (skip % 2 == 1) {
		unsigned low = digits_and_1[*text++];

		right = low != 0;
		hash[at] = (unsigned char)((hash[at] & 0xf0) | (low - right));
		at++;
	}
	for (; at < bytes; at++, text += 2) {
		unsigned high = digits_and_1[text[0]], low = digits_and_1[text[1]];

		right &= high != 0 && low != 0;
		hash[at] = (unsigned char)((high - 1) << 4 | ((low - 1) & 0xf));
	}
	return right;
}

size_t breach_line_read(const unsigned char *text, size_t length, const struct breaches *breaches,
                        size_t skip, bool last, struct breach_line *line)
{
	size_t digits = 2 * breaches->hash_bytes - skip, at = digits, start;

	if (length <= digits || !read_hash(text, skip, breaches->hash_bytes, line->hash))
		return 0;
	if (text[at++] != ':')
		return 0;
	start = at;
	for (line->count = 0; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
		if (at - start >= 19) /* what fits into 64 bits for certain */
			return 0;
		line->count = 10 * line->count + (unsigned)(text[at] - '0');
	}
	if (at == start)
		return 0;
	if (at < length && text[at] == '\r')
		at++;
	if (at == length)
		return last ? at : 0;
	return text[at] == '\n' ? at + 1 : 0;
}

enum plain_digest breach_line_digest(const unsigned char *text, size_t length, size_t skip,
                                     bool last)
{
	static const enum plain_digest digests[] = {DIGEST_SHA1, DIGEST_NTLM};
	struct breach_line line;

	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		const struct breaches as = {.hash_bytes = plain_digest_bytes(digests[i])};

		if (breach_line_read(text, length, &as, skip, last, &line) > 0)
			return digests[i];
	}
	return 0;
}

uint64_t breach_value(const unsigned char *hash)
{
	uint64_t value = 0;

	for (size_t i = 0; i < sizeof(value); i++)
		value = value << 8 | hash[i];
	return value;
}

int breach_read(const struct breaches *breaches, int fd, void *bytes, size_t length, uint64_t at,
                struct error *err)
{
	unsigned char *to = bytes;

	while (length > 0) {
		ssize_t count = pread(fd, to, length, (off_t)at);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_errno(err, VAULT_FAILED, errno, "cannot read '%s'",
			                   breaches->path);
		if (count == 0)
			return error_set(err, VAULT_FAILED, "'%s' became shorter while it was read",
			                 breaches->path);
		to += count;
		length -= (size_t)count;
		at += (uint64_t)count;
	}
	return 0;
}
