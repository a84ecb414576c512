/*
 * Folders read and written whole, for tests: every function exits with status 3 and a message when
 * something is wrong.
 */
#ifndef FAULT_FOLDER_H
#define FAULT_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls `each` for everything below `path`, folders before their contents; names are relative.
 * Gives the bytes. */
void folder_walk(const char *path,
                 void (*each)(void *context, const char *name, bool folder, unsigned char *bytes,
                              size_t size),
                 void *context);

/* Removes everything below `path`, which is made when it is missing. */
void folder_empty(const char *path);

/* Gives the bytes of a file; free(3). */
unsigned char *folder_read_file(const char *path, size_t *ret_size);
void folder_write_file(const char *path, const void *bytes, size_t size);

/* Of a name and contents; not cryptographic. */
uint64_t folder_hash(const char *name, const unsigned char *bytes, size_t size);

#endif
