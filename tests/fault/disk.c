#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk_internal.h"
#include "folder.h"

void *disk_grow(void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	*room = *room ? *room * 2 : 16;
	items = reallocarray(items, *room, size);
	if (!items)
		err(3, "memory");
	return items;
}

static char *copy_text(const void *bytes, size_t length)
{
	char *text = strndup(bytes, length);

	if (!text)
		err(3, "memory");
	return text;
}

/* ---- names -------------------------------------------------------------------------- */

struct name *names_find(struct names *names, const char *path)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i].path, path) == 0)
			return &names->items[i];
	return NULL;
}

static void names_drop(struct names *names, const char *path)
{
	struct name *name = names_find(names, path);

	if (!name)
		return;
	free(name->path);
	*name = names->items[--names->count];
}

void names_set(struct names *names, const char *path, size_t inode)
{
	names_drop(names, path);
	names->items = disk_grow(names->items, names->count, &names->room, sizeof(*names->items));
	names->items[names->count++] = (struct name){copy_text(path, strlen(path)), inode};
}

void names_clear(struct names *names)
{
	while (names->count > 0)
		free(names->items[--names->count].path);
}

void names_apply(struct names *names, const struct naming *naming)
{
	const struct name *there;

	switch (naming->what) {
	case NAME_SET:
		names_set(names, naming->path, naming->inode);
		break;
	case NAME_DROP:
		there = names_find(names, naming->path);
		if (there && there->inode == naming->inode)
			names_drop(names, naming->path);
		break;
	case NAME_MOVE:
		there = names_find(names, naming->from);
		if (there && there->inode == naming->inode)
			names_drop(names, naming->from);
		names_set(names, naming->path, naming->inode);
		break;
	}
}

static void rename_now(struct disk *disk, unsigned what, const char *path, const char *from,
                       size_t inode)
{
	struct naming *naming;

	disk->namings = disk_grow(disk->namings, disk->waiting, &disk->namings_room,
	                          sizeof(*disk->namings));
	naming = &disk->namings[disk->waiting++];
	*naming = (struct naming){.what = what,
	                          .path = copy_text(path, strlen(path)),
	                          .inode = inode};
	naming->from = from ? copy_text(from, strlen(from)) : NULL;
	names_apply(&disk->live, naming);
}

static bool is_in_folder(const char *path, const char *folder)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;

	return strlen(folder) == length && strncmp(path, folder, length) == 0;
}

static void sync_folder(struct disk *disk, const char *folder)
{
	size_t kept = 0;

	for (size_t i = 0; i < disk->waiting; i++) {
		struct naming *naming = &disk->namings[i];

		if (!is_in_folder(naming->path, folder)) {
			disk->namings[kept++] = *naming;
			continue;
		}
		names_apply(&disk->sure, naming);
		free(naming->path);
		free(naming->from);
	}
	disk->waiting = kept;
}

/* ---- contents ----------------------------------------------------------------------- */

static size_t inode_new(struct disk *disk, bool folder)
{
	disk->inodes =
		disk_grow(disk->inodes, disk->n_inodes, &disk->inodes_room, sizeof(*disk->inodes));
	disk->inodes[disk->n_inodes] = (struct inode){.folder = folder};
	return disk->n_inodes++;
}

void bytes_resize(unsigned char **bytes, size_t *size, size_t *room, size_t wanted)
{
	if (wanted > *room) {
		*room = wanted + wanted / 2;
		*bytes = realloc(*bytes, *room);
		if (!*bytes)
			err(3, "memory");
	}
	if (wanted > *size)
		memset(*bytes + *size, 0, wanted - *size);
	*size = wanted;
}

static void sync_inode(struct inode *inode)
{
	for (size_t i = 0; i < inode->waiting; i++) {
		const struct change *change = &inode->changes[i];
		size_t end = change->offset + change->length;

		if (!change->bytes || end > inode->size)
			bytes_resize(&inode->bytes, &inode->size, &inode->room, end);
		if (change->bytes)
			memcpy(inode->bytes + change->offset, change->bytes, change->length);
	}
	inode->waiting = 0;
}

static void change_inode(struct inode *inode, const unsigned char *bytes, size_t length,
                         uint64_t offset)
{
	inode->changes = disk_grow(inode->changes, inode->waiting, &inode->changes_room,
	                           sizeof(*inode->changes));
	inode->changes[inode->waiting++] = (struct change){bytes, length, (size_t)offset};
}

static struct inode *by_handle(struct disk *disk, uint64_t handle)
{
	for (size_t i = disk->n_handles; i-- > 0;)
		if (disk->handles[i].handle == handle)
			return &disk->inodes[disk->handles[i].inode];
	errx(3, "record %zu: a handle that was not opened", disk->position);
}

/* ---- records ------------------------------------------------------------------------ */

static void opened(struct disk *disk, const struct log_record *record, const char *path)
{
	const struct name *name = names_find(&disk->live, path);
	size_t inode;

	if (record->flags & LOG_OPEN_CREATED) {
		inode = inode_new(disk, false);
		rename_now(disk, NAME_SET, path, NULL, inode);
	} else if (name) {
		inode = name->inode;
	} else {
		errx(3, "record %zu: '%s' is opened, but was never made", disk->position, path);
	}
	disk->handles = disk_grow(disk->handles, disk->n_handles, &disk->handles_room,
	                          sizeof(*disk->handles));
	disk->handles[disk->n_handles++] = (struct handle){record->handle, inode};
}

static size_t live_inode(struct disk *disk, const char *path)
{
	const struct name *name = names_find(&disk->live, path);

	if (!name)
		errx(3, "record %zu: '%s' was never made", disk->position, path);
	return name->inode;
}

static void apply(struct disk *disk, const struct log_record *record, const unsigned char *bytes)
{
	char *path = copy_text(bytes, record->op == LOG_WRITE ? 0 : record->length);
	char *second = copy_text(bytes + record->length, record->second);

	switch (record->op) {
	case LOG_OPEN:
		opened(disk, record, path);
		break;
	case LOG_WRITE:
		change_inode(by_handle(disk, record->handle), bytes, record->length,
		             record->offset);
		break;
	case LOG_TRUNCATE:
		change_inode(by_handle(disk, record->handle), NULL, 0, record->offset);
		break;
	case LOG_SYNC:
		sync_inode(by_handle(disk, record->handle));
		break;
	case LOG_SYNC_FOLDER:
		sync_folder(disk, path);
		break;
	case LOG_RENAME:
		rename_now(disk, NAME_MOVE, second, path, live_inode(disk, path));
		break;
	case LOG_LINK:
		rename_now(disk, NAME_SET, second, NULL, live_inode(disk, path));
		break;
	case LOG_UNLINK:
		rename_now(disk, NAME_DROP, path, NULL, live_inode(disk, path));
		break;
	case LOG_MAKE_FOLDER:
		rename_now(disk, NAME_SET, path, NULL, inode_new(disk, true));
		break;
	case LOG_MARK:
		disk->marks++;
		break;
	default:
		errx(3, "record %zu: an unknown operation", disk->position);
	}
	free(path);
	free(second);
}

bool disk_next(struct disk *disk)
{
	const unsigned char *bytes = disk->recording + disk->at;

	if (disk->at == disk->length)
		return false;
	if (disk->length - disk->at < sizeof(disk->last))
		errx(3, "the recording is cut off");
	memcpy(&disk->last, bytes, sizeof(disk->last));
	bytes += sizeof(disk->last);
	disk->at += sizeof(disk->last) + disk->last.length + disk->last.second;
	if (disk->at > disk->length)
		errx(3, "the recording is cut off");
	disk->last_bytes = bytes;
	disk->position++;
	apply(disk, &disk->last, bytes);
	return true;
}

size_t disk_position(const struct disk *disk)
{
	return disk->position;
}

unsigned disk_marks(const struct disk *disk)
{
	return disk->marks;
}

bool disk_is_settled(const struct disk *disk)
{
	for (size_t i = 0; i < disk->n_inodes; i++)
		if (disk->inodes[i].waiting > 0)
			return false;
	return disk->waiting == 0;
}

void disk_describe(const struct disk *disk, char *text, size_t size)
{
	static const char *const names[] = {
		"?",      "open", "write",  "truncate",    "sync", "sync folder",
		"rename", "link", "unlink", "make folder", "mark",
	};
	const struct log_record *last = &disk->last;

	if (last->op == LOG_WRITE || last->op == LOG_TRUNCATE || last->op == LOG_SYNC)
		snprintf(text, size, "record %zu: %s, handle %llx, %u bytes at %llu",
		         disk->position, names[last->op], (unsigned long long)last->handle,
		         last->length, (unsigned long long)last->offset);
	else
		snprintf(text, size, "record %zu: %s '%.*s' '%.*s'", disk->position,
		         names[last->op], (int)last->length, (const char *)disk->last_bytes,
		         (int)last->second, (const char *)disk->last_bytes + last->length);
}

/* ---- set-up ------------------------------------------------------------------------- */

static void load_file(void *context, const char *path, bool folder, unsigned char *bytes,
                      size_t size)
{
	struct disk *disk = context;
	size_t inode = inode_new(disk, folder);

	disk->inodes[inode].bytes = bytes;
	disk->inodes[inode].size = disk->inodes[inode].room = size;
	names_set(&disk->sure, path, inode);
	names_set(&disk->live, path, inode);
}

struct disk *disk_new(const char *base, const char *recording)
{
	struct disk *disk = calloc(1, sizeof(*disk));

	if (!disk)
		err(3, "memory");
	folder_walk(base, load_file, disk);
	disk->recording = folder_read_file(recording, &disk->length);
	return disk;
}

void disk_free(struct disk *disk)
{
	for (size_t i = 0; i < disk->n_inodes; i++) {
		free(disk->inodes[i].bytes);
		free(disk->inodes[i].changes);
	}
	for (size_t i = 0; i < disk->waiting; i++) {
		free(disk->namings[i].path);
		free(disk->namings[i].from);
	}
	names_clear(&disk->sure);
	names_clear(&disk->live);
	names_clear(&disk->chosen);
	free(disk->sure.items);
	free(disk->live.items);
	free(disk->chosen.items);
	free(disk->inodes);
	free(disk->namings);
	free(disk->handles);
	free(disk->recording);
	free(disk);
}
