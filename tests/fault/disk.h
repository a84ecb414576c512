/*
 * A disk that can lose power: replays a recording (log.h) and makes what may be found after a crash
 * at any point of it.
 *
 * The model is the weakest that POSIX and common file systems promise: - What was written to a file
 *   since its last fsync is there in full, in part, or not at all, each write by itself and
 *     in any order. A part is any set of its 512-byte sectors or of its 4 KiB blocks.
 *   - A file that grew without fsync may have its new size before its new bytes: zeros, or in some
 *     states garbage. Of the sectors that were being overwritten, one may be garbage.
 *   - Names (created, renamed, linked, removed, folders made) wait for an fsync of their folder. An
 *     fsync of the file does not bring its name along. Waiting changes of names arrive in their
 *     order, as in a journalling file system, or, in half of the random states, in any subset:
 *     stronger than ext4 or XFS are known to behave.
 *   - What an fsync has answered for stays. Bytes outside of a write are never touched by it
 *   (SQLite's "powersafe overwrite").
 */
#ifndef FAULT_DISK_H
#define FAULT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log.h"
#include "random.h"

struct disk;

/* Reads the folder as it was before the recording, and the recording. Exits with a message when
 * either does not read. Gives. */
struct disk *disk_new(const char *base, const char *recording);
void disk_free(struct disk *disk);

/* Applies the next record; false at the end. disk_position counts those applied, disk_marks the
 * LOG_MARKs among them. */
bool disk_next(struct disk *disk);
size_t disk_position(const struct disk *disk);
unsigned disk_marks(const struct disk *disk);

/* Is anything waiting for an fsync? If not, there is one state only. */
bool disk_is_settled(const struct disk *disk);

/* One line about the record applied last, for reports. */
void disk_describe(const struct disk *disk, char *text, size_t size);

enum crash {
	CRASH_NOTHING, /* nothing that waited arrived */
	CRASH_ALL,     /* everything did */
	CRASH_RANDOM,
};

struct image_file {
	const char *path; /* relative; borrowed from the disk until its next record */
	bool folder;
	unsigned char *bytes; /* owned by the image, reused by the next crash */
	size_t size, room;
};

struct image {
	struct image_file *files;
	size_t count, room;
	uint64_t hash; /* of names and contents */
};

/* What is found after power is lost now. */
void disk_crash(struct disk *disk, enum crash how, struct chance *chance, struct image *image);

/* Writes the image into the folder `path`, which is emptied before. Exits with a message on
 * failure. */
void image_write(const struct image *image, const char *path);
/* Is the folder `path` exactly this image? Says what differs. */
bool image_equals(const struct image *image, const char *path, char *difference, size_t size);
void image_done(struct image *image);

#endif
