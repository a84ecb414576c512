/*
 * A growing byte buffer for what is not secret: SQL, paths, reports, canonical encodings of sizes.
 * Failure to grow is remembered: check once, at the end, with buf_failed.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

struct buf {
	unsigned char *bytes; /* NUL-terminated once something was added; NULL before */
	size_t length;
	size_t capacity;
	bool failed;
};

#define BUF_EMPTY ((struct buf){0})
#define BUF_AUTO __attribute__((cleanup(buf_done))) struct buf

void buf_add(struct buf *buf, const void *bytes, size_t length);
void buf_add_string(struct buf *buf, const char *string);
void buf_add_format(struct buf *buf, const char *format, ...) VAULT_PRINTF(2, 3);

/* Failure "out of memory" if anything failed. */
int buf_check(const struct buf *buf, struct error *err);

/* Gives the string, "" where nothing was added; free(3). NULL if anything failed. The buffer is
 * empty afterwards. */
char *buf_take_string(struct buf *buf);

void buf_done(struct buf *buf);

/* Room for one more in a list of structs that are not secret: the list, which may have moved, or
 * NULL for want of memory; the list is as it was then. `count` are in it, and *room fit. It grows
 * by doubling, and belongs to the caller; free(3). */
void *list_room(void *list, size_t count, size_t *room, size_t size);

#endif
