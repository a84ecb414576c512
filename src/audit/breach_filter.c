#include "audit/breach_filter.h"

#include <string.h>

#include "base/bytes.h"
#include "crypto/seal.h"

void filter_sum(unsigned char *entries, uint64_t first, size_t count, unsigned char sum[FILTER_SUM])
{
	unsigned char hash[HASH_BYTES];

	put_u64(entries, first);
	hash_bytes(hash, entries, FILTER_SUM + FILTER_ENTRY * count, NULL);
	memcpy(sum, hash, FILTER_SUM);
}

void filter_header(enum plain_digest digest, const struct breach_filter *filter,
                   unsigned char *bytes)
{
	unsigned char hash[HASH_BYTES];

	memset(bytes, 0, FILTER_HEADER);
	memcpy(bytes, FILTER_MAGIC, 16);
	put_u32(bytes + 16, digest);
	put_u32(bytes + 20, filter->bits);
	put_u64(bytes + 24, filter->entries);
	hash_bytes(hash, bytes, 32, NULL);
	memcpy(bytes + 32, hash, FILTER_SUM);
}

static int damaged(const struct breaches *breaches, struct error *err)
{
	return error_set(err, VAULT_FAILED,
	                 "the filter '%s' is damaged or cut off: build it anew with 'vault "
	                 "breaches build'",
	                 breaches->path);
}

bool breach_is_filter(const unsigned char *bytes, size_t length)
{
	return length >= 16 && memcmp(bytes, FILTER_MAGIC, 16) == 0;
}

int breach_filter_open(struct breaches *breaches, struct error *err)
{
	unsigned char found[FILTER_HEADER], expected[FILTER_HEADER];
	struct breach_filter *filter = &breaches->filter;
	uint32_t digest;
	int r;

	if (breaches->size < FILTER_HEADER)
		return damaged(breaches, err);
	r = breach_read(breaches, breaches->fd, found, FILTER_HEADER, 0, err);
	if (r < 0)
		return r;
	digest = get_u32(found + 16);
	filter->bits = get_u32(found + 20);
	filter->entries = get_u64(found + 24);
	if ((digest != DIGEST_SHA1 && digest != DIGEST_NTLM) || filter->bits == 0 ||
	    filter->bits > FILTER_BITS_MAX || filter->entries > breaches->size)
		return damaged(breaches, err);
	breaches->digest = (enum plain_digest)digest;
	breaches->hash_bytes = plain_digest_bytes(breaches->digest);
	filter_header(breaches->digest, filter, expected);
	if (memcmp(found, expected, FILTER_HEADER) != 0 ||
	    breaches->size != filter_entries_at(filter->bits) + FILTER_ENTRY * filter->entries)
		return damaged(breaches, err);
	return 0;
}

/* Reads a bucket into the room, behind FILTER_SUM bytes, and verifies its sum. */
static int read_bucket(const struct breaches *breaches, uint64_t bucket, size_t *ret_count,
                       uint64_t *ret_end, struct error *err)
{
	const struct breach_filter *filter = &breaches->filter;
	bool last = bucket + 1 == (uint64_t)1 << filter->bits;
	unsigned char rows[2 * FILTER_ROW], sum[FILTER_SUM];
	uint64_t first, end;
	int r = breach_read(breaches, breaches->fd, rows, last ? FILTER_ROW : 2 * FILTER_ROW,
	                    FILTER_HEADER + FILTER_ROW * bucket, err);

	if (r < 0)
		return r;
	first = get_u64(rows);
	end = last ? filter->entries : get_u64(rows + FILTER_ROW);
	if (first > end || end > filter->entries || end - first > FILTER_BUCKET_MAX)
		return damaged(breaches, err);
	*ret_count = (size_t)(end - first);
	*ret_end = end;
	r = breach_read(breaches, breaches->fd, breaches->room + FILTER_SUM,
	                FILTER_ENTRY * *ret_count,
	                filter_entries_at(filter->bits) + FILTER_ENTRY * first, err);
	if (r < 0)
		return r;
	filter_sum(breaches->room, first, *ret_count, sum);
	return memcmp(sum, rows + FILTER_SUM, FILTER_SUM) == 0 ? 0 : damaged(breaches, err);
}

int breach_filter_find(struct breaches *breaches, const unsigned char *hash,
                       struct breach *ret_breach, struct error *err)
{
	uint64_t value = breach_value(hash), end;
	unsigned bits = breaches->filter.bits;
	uint32_t wanted = (uint32_t)(value >> (32 - bits));
	const unsigned char *entries = breaches->room + FILTER_SUM;
	size_t count = 0, low = 0, high;
	int r = read_bucket(breaches, value >> (64 - bits), &count, &end, err);

	if (r < 0)
		return r;
	for (high = count; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (get_u32(entries + FILTER_ENTRY * middle) < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_breach = (struct breach){
		.found = low < count && get_u32(entries + FILTER_ENTRY * low) == wanted,
	};
	return 0;
}

int breach_filter_verify(struct breaches *breaches, uint64_t *ret_lines, struct error *err)
{
	uint64_t end = 0;
	size_t count;
	int r = 0;

	for (uint64_t bucket = 0; r == 0 && bucket < (uint64_t)1 << breaches->filter.bits; bucket++)
		r = read_bucket(breaches, bucket, &count, &end, err);
	*ret_lines = breaches->filter.entries;
	return r;
}
