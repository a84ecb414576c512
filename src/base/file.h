/*
 * Files, as far as the vault touches them outside SQLite: small ones read whole, and new ones that
 * appear complete under their name or not at all.
 *
 * Never open the vault file itself here while a database connection to it is open: closing any
 * descriptor of a file drops all POSIX locks the process holds on it (fcntl(2)), SQLite's too.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include <vault/error.h>

/* Creates `path`'s missing parent folders with mode 0700 (existing ones are left as they are). The
 * folder above each new one is synced, so that a file synced in it does not lose its way to it. */
int file_make_parents(const char *path, struct error *err);

/* Reads at most `size` bytes of a regular file into `bytes`; *ret_length tells how many. Returns
 * VAULT_NOT_FOUND (> 0) when it does not exist. O_NOFOLLOW | O_CLOEXEC | O_NOCTTY. */
int file_read(const char *path, void *bytes, size_t size, size_t *ret_length, struct error *err);

/* Reads `size` bytes, or to the end; *ret_length tells how many. Returns 0 or -errno. */
int file_read_all(int fd, void *bytes, size_t size, size_t *ret_length);

/* Replaces `path` by a file of mode 0600 with these bytes: temporary file in the same folder, fsync
 * when `durable`, rename, fsync of the folder when `durable`. For contents that are not secret. */
int file_replace(const char *path, const void *bytes, size_t length, int durable,
                 struct error *err);

/* Makes the finished file `temporary` appear as `path` (same folder). With `replace` it takes the
 * place of what is there; without, an existing `path` is VAULT_EXISTS (> 0) and `temporary` stays.
 * The folder is synced, so the name survives a power failure. The caller has synced the file. */
int file_publish(const char *temporary, const char *path, int replace, struct error *err);

/* Opens a new file of mode 0600 for writing, which will be `path`, and for contents that must not
 * be left behind: until it is published it has no name, and is gone when the process ends, however
 * it does. Where the file system has no such files it is a temporary neighbour, *ret_temporary
 * (else NULL), which the caller removes; free(3). */
int file_open_unseen(const char *path, int *ret_fd, char **ret_temporary, struct error *err);

/* As file_publish, for what that gave. */
int file_publish_unseen(int fd, const char *temporary, const char *path, int replace,
                        struct error *err);

/* fsync of the folder that holds `path`. */
int file_sync_parent(const char *path, struct error *err);

/* Gives `path` with ".XXXXXXXX" (random) behind it, for a temporary neighbour; free(3). */
int file_temporary_name(const char *path, char **ret_path, struct error *err);

/* Retry on EINTR and short counts; the whole length or failure. */
int file_write_all(int fd, const void *bytes, size_t length, struct error *err);

#endif
