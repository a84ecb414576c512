#include "audit/breaches.h"

#include <errno.h>
#include <unistd.h>

static int digit_of(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t breach_line_read(const unsigned char *text, size_t length, const struct breaches *breaches,
                        size_t skip, bool last, struct breach_line *line)
{
	size_t digits = 2 * breaches->hash_bytes - skip, at = 0, start;

	if (length <= digits)
		return 0;
	for (size_t nibble = skip; at < digits; at++, nibble++) {
		int digit = digit_of(text[at]);
		unsigned char *byte = &line->hash[nibble / 2];

		if (digit < 0)
			return 0;
		if (nibble % 2 == 0)
			*byte = (unsigned char)(digit << 4 | (*byte & 0xf));
		else
			*byte = (unsigned char)((*byte & 0xf0) | digit);
	}
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
