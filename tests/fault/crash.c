/* What is found after the power went: the choices of disk.h, made at random. */
#include <stdio.h>
#include <string.h>

#include "disk_internal.h"
#include "folder.h"

#define SECTOR 512
#define BLOCK 4096

/* How one random state treats what waits. */
struct mood {
	enum crash how;
	struct chance *chance;
	bool names_in_order, writes_in_order, garbage;
	bool spoiled;  /* the one sector that was being overwritten has its garbage */
	unsigned keep; /* of 256: how likely a write arrives */
	unsigned tear; /* of 256: how likely an arriving one is torn */
	size_t grain;  /* SECTOR or BLOCK */
};

static struct mood mood_of(enum crash how, struct chance *chance)
{
	static const unsigned keeps[] = {24, 128, 128, 232}, tears[] = {0, 32, 128, 255};
	struct mood mood = {.how = how, .chance = chance};

	if (how != CRASH_RANDOM)
		return mood;
	mood.names_in_order = chance_hit(chance, 128);
	mood.writes_in_order = chance_hit(chance, 64);
	mood.garbage = chance_hit(chance, 32);
	mood.keep = keeps[chance_below(chance, 4)];
	mood.tear = tears[chance_below(chance, 4)];
	mood.grain = chance_hit(chance, 180) ? SECTOR : BLOCK;
	return mood;
}

/* Does change number `i` of those in order arrive, when `reached` of them do? */
static bool arrives(const struct mood *mood, bool in_order, size_t i, size_t reached)
{
	if (mood->how != CRASH_RANDOM)
		return mood->how == CRASH_ALL;
	return in_order ? i < reached : chance_hit(mood->chance, mood->keep);
}

static size_t reach(const struct mood *mood, size_t count)
{
	return mood->how == CRASH_RANDOM ? (size_t)chance_below(mood->chance, count + 1) : 0;
}

static void choose_names(struct disk *disk, const struct mood *mood)
{
	size_t reached = reach(mood, disk->waiting);

	names_clear(&disk->chosen);
	for (size_t i = 0; i < disk->sure.count; i++)
		names_set(&disk->chosen, disk->sure.items[i].path, disk->sure.items[i].inode);
	for (size_t i = 0; i < disk->waiting; i++)
		if (arrives(mood, mood->names_in_order, i, reached))
			names_apply(&disk->chosen, &disk->namings[i]);
}

/* The same at the same place, so that a state with garbage in it counts once. */
static void put_garbage(unsigned char *bytes, size_t at, size_t end)
{
	for (; at < end; at++)
		bytes[at] = (unsigned char)(0xa5 ^ at * 0x9e3779b1U >> 7);
}

/* Sector by sector, or block by block, as the disk counts them: from the start of the file. */
static void write_torn(struct image_file *file, const struct change *change, struct mood *mood)
{
	size_t at = change->offset, end = change->offset + change->length, sure = file->size;

	if (chance_hit(mood->chance, 128))
		bytes_resize(&file->bytes, &file->size, &file->room,
		             end > file->size ? end : file->size);
	while (at < end) {
		size_t next = (at / mood->grain + 1) * mood->grain;

		next = next < end ? next : end;
		if (chance_hit(mood->chance, 128)) {
			bytes_resize(&file->bytes, &file->size, &file->room,
			             next > file->size ? next : file->size);
			memcpy(file->bytes + at, change->bytes + (at - change->offset), next - at);
		} else if (mood->garbage && next <= file->size && (at >= sure || !mood->spoiled)) {
			mood->spoiled |= at < sure;
			put_garbage(file->bytes, at, next);
		}
		at = next;
	}
}

static void fill(struct image_file *file, const struct inode *inode, struct mood *mood)
{
	size_t reached = reach(mood, inode->waiting);

	file->size = 0;
	bytes_resize(&file->bytes, &file->size, &file->room, inode->size);
	if (inode->size > 0)
		memcpy(file->bytes, inode->bytes, inode->size);
	for (size_t i = 0; i < inode->waiting; i++) {
		const struct change *change = &inode->changes[i];
		size_t end = change->offset + change->length;

		if (!arrives(mood, mood->writes_in_order, i, reached))
			continue;
		if (!change->bytes) {
			bytes_resize(&file->bytes, &file->size, &file->room, change->offset);
		} else if (mood->how == CRASH_RANDOM && chance_hit(mood->chance, mood->tear)) {
			write_torn(file, change, mood);
		} else {
			bytes_resize(&file->bytes, &file->size, &file->room,
			             end > file->size ? end : file->size);
			memcpy(file->bytes + change->offset, change->bytes, change->length);
		}
	}
}

/* A name whose folder did not arrive is not there either. */
static bool is_reachable(struct disk *disk, const char *path)
{
	char folder[256];
	const char *slash = strrchr(path, '/');
	const struct name *name;

	if (!slash)
		return true;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	name = names_find(&disk->chosen, folder);
	return name && disk->inodes[name->inode].folder && is_reachable(disk, folder);
}

void disk_crash(struct disk *disk, enum crash how, struct chance *chance, struct image *image)
{
	struct mood mood = mood_of(how, chance);

	choose_names(disk, &mood);
	image->count = 0;
	image->hash = 0;
	for (size_t i = 0; i < disk->chosen.count; i++) {
		const struct name *name = &disk->chosen.items[i];
		size_t room = image->room;
		struct image_file *file;

		if (!is_reachable(disk, name->path))
			continue;
		image->files =
			disk_grow(image->files, image->count, &image->room, sizeof(*image->files));
		if (image->room > room)
			memset(image->files + room, 0,
			       (image->room - room) * sizeof(*image->files));
		file = &image->files[image->count++];
		file->path = name->path;
		file->folder = disk->inodes[name->inode].folder;
		fill(file, &disk->inodes[name->inode], &mood);
		image->hash += folder_hash(file->path, file->bytes, file->size);
	}
}
