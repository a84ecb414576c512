/*
 * Passwords to keys: Argon2id, version 0x13, four lanes (RFC 9106), by libargon2.
 *
 * The working memory is one mmap(2) with huge pages advised, which more than halves the time of a
 * pass; libargon2 wipes it before it is unmapped. What it leaves on stacks is wiped, too.
 */
#ifndef CRYPTO_KDF_H
#define CRYPTO_KDF_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/keys.h> /* struct kdf_cost */

#define KDF_LANES 4
#define KDF_SALT_BYTES 32
#define KDF_OUTPUT_BYTES 64

/* Limits that a cost read from a file must keep BEFORE any memory is asked for. */
#define KDF_MEMORY_MIN_KIB ((uint32_t)64 * 1024)
#define KDF_MEMORY_MAX_KIB ((uint32_t)4 * 1024 * 1024)
#define KDF_TIME_MIN 3
#define KDF_TIME_MAX 64

/* VAULT_USAGE failure when a cost is outside the limits; says which and the range. */
int kdf_check_cost(const struct kdf_cost *cost, struct error *err);

/* Derives KDF_OUTPUT_BYTES bytes into `output` (the caller's locked memory); zero after a failure.
 * The cost is checked first, so that one out of range costs nothing. VAULT_FAILED when there is not
 * enough memory. The same result for every number of processors. */
int kdf_derive(const void *input, size_t input_length, const unsigned char salt[KDF_SALT_BYTES],
               const struct kdf_cost *cost, unsigned char output[KDF_OUTPUT_BYTES],
               struct error *err);

/* Chooses the zero members of `cost` as struct kdf_cost says; others are checked and kept. Choosing
 * the passes takes one derivation of KDF_TIME_MIN passes, and up to two more where all fit into a
 * second and a half. `cost` is as it was after a failure. */
int kdf_calibrate(struct kdf_cost *cost, struct error *err);

#endif
