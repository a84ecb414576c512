/*
 * The filter's file, all numbers little-endian:
 *
 *     0   16  "vault breaches 1"
 *     16  4   enum plain_digest
 *     20  4   bits, B: there are 2^B buckets; 1 … 30
 *     24  8   entries, N
 *     32  8   first bytes of BLAKE2b of bytes 0 … 31
 *     40  24  zero
 *     64      for each bucket: its first entry (8 bytes), and the first 8 bytes of BLAKE2b of that
 *             number and its entries
 *     …       N entries of 4 bytes: bits B … B + 31 of each hash, in ascending order in a bucket,
 *             which the first B bits choose; those that are alike once
 */
#ifndef AUDIT_BREACH_FILTER_H
#define AUDIT_BREACH_FILTER_H

#include "audit/breaches.h"

#define FILTER_MAGIC "vault breaches 1"
#define FILTER_HEADER 64
#define FILTER_ROW 16
#define FILTER_ENTRY 4
#define FILTER_SUM 8
#define FILTER_BITS_MAX 30
#define FILTER_BUCKET 256       /* entries in one, at least on average; less than twice as many */
#define FILTER_BUCKET_MAX 4096U /* more than any has by chance */

/* Where the entries begin. */
static inline uint64_t filter_entries_at(unsigned bits)
{
	return FILTER_HEADER + ((uint64_t)FILTER_ROW << bits);
}

/* A bucket's sum: `entries` begins with FILTER_SUM bytes of room, for the number of the first. */
void filter_sum(unsigned char *entries, uint64_t first, size_t count,
                unsigned char sum[FILTER_SUM]);

/* The header of a filter; `bytes` has FILTER_HEADER. */
void filter_header(enum plain_digest digest, const struct breach_filter *filter,
                   unsigned char *bytes);

#endif
