/*
 * libfault.so: put in front of a program by LD_PRELOAD, it records, breaks, drops or stops what the
 * program does to the files below one folder.
 *
 * Why here and not in an SQLite VFS: a vault is changed through three doors. SQLite writes the
 * database and its journal, the header goes through SQLite's descriptor by a file control, and
 * creating, rekeying, restoring and the witness use rename(2), link(2) and fsync(2) of folders
 * directly. The C library's calls are the one place that sees all three, in their order, in the
 * very program that users run.
 *
 * Environment:
 *     FAULT_ROOT   the folder, absolute, without symbolic links. Everything outside it passes
 *                  untouched
 *     FAULT_LOG    append a recording (log.h) to this file
 *     FAULT_STATE  a file of sizeof(struct fault_shared) bytes, mapped and counted in: it survives
 *                  a SIGKILL
 *     FAULT_AT     CLASS:N:once|ever:WHAT, the Nth operation of a class and, with `ever`, all later
 *                  ones
 *                  CLASS  open read write truncate sync name close lock; `change` is every
 *                         operation that changes something, `any` is every operation
 *                  WHAT   EIO ENOSPC EDQUOT … the call fails so
 *                         short  half is written or read, and at last nothing (ENOSPC)
 *                         lie    nothing is done, success is reported
 *                         kill   SIGKILL instead of the call; half: SIGKILL in the middle of a
 *                                write
 *                         exit   _exit(0) instead of the call: "done" before it is
 *     FAULT_DROP   words joined by commas: what is left out though success is reported
 *                  header-sync   fsync after nothing but header writes
 *                  file-sync     every other fsync of a file
 *                  folder-sync   every fsync of a folder
 *                  header-copy   the second header copy is never written
 *                  journal       nothing is written to rollback journals
 *                  lock          every lock is granted
 *     FAULT_SPACE  bytes left on the disk: files below the folder cannot grow by more
 *     FAULT_KDF    "fast": Argon2 is replaced by a cheap mixing function (kdf.h), so that thousands
 *                  of runs of passwd or rekey spend their time on files
 */
#ifndef FAULT_PRELOAD_H
#define FAULT_PRELOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "log.h"

#define FAULT_PATH_MAX 256 /* bytes of a path relative to the folder */
#define FAULT_FILES_MAX 1024
#define FAULT_HEADER_BYTES 4096 /* of one copy of a vault's header */

enum fault_class {
	FAULT_OPEN,
	FAULT_READ,
	FAULT_WRITE,
	FAULT_TRUNCATE,
	FAULT_SYNC,
	FAULT_NAME, /* rename, link, unlink, mkdir */
	FAULT_CLOSE,
	FAULT_LOCK,
	FAULT_CHANGE,
	FAULT_ANY,
	FAULT_CLASSES,
};

enum fault_drop {
	DROP_HEADER_SYNC = 1 << 0,
	DROP_FILE_SYNC = 1 << 1,
	DROP_FOLDER_SYNC = 1 << 2,
	DROP_HEADER_COPY = 1 << 3,
	DROP_JOURNAL = 1 << 4,
	DROP_LOCK = 1 << 5,
};

/* Zeroed by whoever makes the file. Python reads it as 64-bit integers. */
struct fault_shared {
	uint64_t count[FAULT_CLASSES]; /* operations so far */
	uint64_t fired;                /* how often FAULT_AT or FAULT_SPACE came true */
	int64_t grown;                 /* bytes that files have grown, for FAULT_SPACE */
	uint64_t derivations;          /* how often the fast KDF took Argon2's place */
};

#define FAULT_SYMBOL(name) __asm__(name) __attribute__((visibility("default"), used))

enum fault_verdict {
	VERDICT_PASS,
	VERDICT_FAIL, /* with errno set */
	VERDICT_SHORT,
	VERDICT_LIE,
	VERDICT_HALF, /* write half, then die */
};

/* An open file or folder below FAULT_ROOT. */
struct fault_file {
	bool used, folder;
	enum {
		WROTE_NOTHING,
		WROTE_HEADERS,
		WROTE_MORE
	} wrote; /* since the last sync */
	uint64_t handle;
	char path[FAULT_PATH_MAX];
};

/* Counts one operation and says what is to become of it. May not return (kill, exit). */
enum fault_verdict fault_decide(enum fault_class class, bool changes);

/* Is `path`, seen from the folder open as `at`, below FAULT_ROOT? Then its relative path is in
 * `name`. */
bool fault_inside(int at, const char *path, char name[FAULT_PATH_MAX]);

bool fault_drops(enum fault_drop what);
struct fault_file *fault_file(int fd); /* NULL when it is not below FAULT_ROOT */
void fault_opened(int fd, const char *name, int flags, bool created);
bool fault_is_journal(const char *name);
bool fault_is_header(const struct fault_file *file, size_t length, off_t offset);

/* How many of `length` bytes at `offset` still fit on the disk of FAULT_SPACE; accounts for
 * them. */
size_t fault_room(int fd, size_t length, off_t offset);
void fault_give_back(off_t bytes);

/* Appends to the recording, if there is one. */
void fault_record(enum log_op op, const struct fault_file *file, uint64_t offset, const void *first,
                  size_t length, const char *second);

/* syscall(2) itself, past the interposed one. */
extern long (*fault_raw)(long number, ...);

/* Tells and aborts: something would go by unrecorded, and the test would prove nothing. */
void fault_die(const char *why) __attribute__((noreturn));

void fault_fast_kdf_used(void);
bool fault_fast_kdf(void);

#endif
