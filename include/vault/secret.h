/*
 * struct secret: bytes that must never leak.
 *
 * The bytes live in guarded, locked memory from sodium_malloc(3): inaccessible pages on both sides,
 * a canary, excluded from core dumps, wiped when freed. They are never a `char *` of the ordinary
 * heap, never formatted, never in a stdio buffer, never in an error text.
 *
 * bytes[length] is always readable and NUL, so that the few C interfaces that need a terminated
 * string can borrow one; the contents may hold NUL bytes and need not be UTF-8.
 *
 * Cost: at least four pages of address space and one locked page each, and a dozen system calls to
 * get and free it (0.1 ms or so). Hold few at a time, and make none in a loop over everything.
 */
#ifndef VAULT_SECRET_H
#define VAULT_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>

#define PASSWORD_MAX ((size_t)64 * 1024) /* bytes in a password or secret field */

struct secret {
	unsigned char *bytes;
	size_t length;   /* bytes in use */
	size_t capacity; /* bytes that fit, the terminating NUL not counted */
};

/* Gives an empty secret with room for `capacity` bytes, all of them zero: who writes to `bytes`
 * directly has to set `length` and nothing else. Free with secret_free. */
int secret_new(struct secret **ret_secret, size_t capacity, struct error *err);

/* Gives a secret holding a copy of `length` bytes at `bytes`, which the caller should wipe. */
int secret_copy(struct secret **ret_secret, const void *bytes, size_t length, struct error *err);

/* Appends; fails with VAULT_USAGE when it would exceed the capacity. Borrows `bytes`. */
int secret_append(struct secret *secret, const void *bytes, size_t length, struct error *err);

/* Gives bigger room, contents kept: the old memory is wiped and freed, *secret replaced. */
int secret_reserve(struct secret **secret, size_t capacity, struct error *err);

/* Compares in time that depends on the lengths alone. NULL equals only NULL. */
bool secret_equal(const struct secret *a, const struct secret *b);

/* Reads from `fd` with read(2), no buffer in between.
 * secret_read_line: up to the first newline, which is consumed and not kept, or the end of input;
 *     bytes after the newline stay unread (it reads one byte at a time, on purpose).
 * secret_read_all: up to the end of input.
 * Both give the secret; more than `max` bytes is VAULT_USAGE. Return VAULT_NOT_FOUND (> 0) when the
 * input ends before the first byte (and, for a line, without a newline). A signal whose handler was
 * installed without SA_RESTART ends the wait: VAULT_INTERRUPTED failure. */
int secret_read_line(int fd, size_t max, struct secret **ret_secret, struct error *err);
int secret_read_all(int fd, size_t max, struct secret **ret_secret, struct error *err);

/* Wipes and frees; NULL is fine. secret_freep is for scope clean-up:
 * `SECRET_AUTO *password = NULL;` */
void secret_free(struct secret *secret);
void secret_freep(struct secret **secret);

/* Overwrites memory in a way the compiler may not remove. */
void secret_wipe(void *bytes, size_t length);

/* Wipes `stack_bytes` below this frame, and the registers a function may use, where the compiler
 * can (GCC 11, clang 15): whoever copies keys leaves words of them in both. */
void secret_leave_nothing(size_t stack_bytes);

#define SECRET_AUTO __attribute__((cleanup(secret_freep))) struct secret

#endif
