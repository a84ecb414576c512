/* What disk.c (replaying) and crash.c (losing power) share. */
#ifndef FAULT_DISK_INTERNAL_H
#define FAULT_DISK_INTERNAL_H

#include "disk.h"

/* A change of a file's contents that waits for its fsync. */
struct change {
	const unsigned char *bytes; /* into the recording; NULL: a truncation */
	size_t length;
	size_t offset; /* or the new size */
};

struct inode {
	bool folder;
	unsigned char *bytes; /* as the disk has them for sure */
	size_t size, room;
	struct change *changes;
	size_t waiting, changes_room;
};

/* A change of names that waits for an fsync of the folder of `path`. */
struct naming {
	enum {
		NAME_SET,
		NAME_DROP,
		NAME_MOVE
	} what;
	char *path, *from;
	size_t inode;
};

struct name {
	char *path;
	size_t inode;
};

struct names {
	struct name *items;
	size_t count, room;
};

struct handle {
	uint64_t handle;
	size_t inode;
};

struct disk {
	unsigned char *recording;
	size_t length, at, position;
	unsigned marks;
	struct log_record last;
	const unsigned char *last_bytes;
	struct inode *inodes;
	size_t n_inodes, inodes_room;
	struct names sure, live; /* on the disk for sure; as the programs see them */
	struct naming *namings;
	size_t waiting, namings_room;
	struct handle *handles;
	size_t n_handles, handles_room;
	struct names chosen; /* of the crash in the making */
};

/* Makes room for one more item; exits when there is no memory. */
void *disk_grow(void *items, size_t count, size_t *room, size_t size);

struct name *names_find(struct names *names, const char *path);
void names_set(struct names *names, const char *path, size_t inode);
void names_clear(struct names *names);
void names_apply(struct names *names, const struct naming *naming);

/* Changes the size of contents; what is new is zero. */
void bytes_resize(unsigned char **bytes, size_t *size, size_t *room, size_t wanted);

#endif
