#include "folder.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"

unsigned char *folder_read_file(const char *path, size_t *ret_size)
{
	struct stat status;
	unsigned char *bytes;
	size_t length = 0;
	ssize_t count;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &status) < 0)
		err(3, "%s", path);
	bytes = malloc((size_t)status.st_size + 1);
	if (!bytes)
		err(3, "memory");
	while ((count = read(fd, bytes + length, (size_t)status.st_size - length)) > 0)
		length += (size_t)count;
	if (count < 0 || length != (size_t)status.st_size)
		err(3, "%s", path);
	close(fd);
	*ret_size = length;
	return bytes;
}

void folder_write_file(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || close(fd) < 0)
		err(3, "%s", path);
}

static void walk(const char *path, const char *prefix,
                 void (*each)(void *context, const char *name, bool folder, unsigned char *bytes,
                              size_t size),
                 void *context)
{
	DIR *folder = opendir(path);
	const struct dirent *item;

	if (!folder)
		err(3, "%s", path);
	while ((item = readdir(folder))) {
		char full[PATH_MAX], name[PATH_MAX];
		struct stat status;
		size_t size = 0;

		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
			continue;
		if (snprintf(full, sizeof(full), "%s/%s", path, item->d_name) >=
		            (int)sizeof(full) ||
		    snprintf(name, sizeof(name), "%s%s", prefix, item->d_name) >=
		            (int)sizeof(name) - 1 ||
		    lstat(full, &status) < 0)
			err(3, "%s/%s", path, item->d_name);
		if (S_ISDIR(status.st_mode)) {
			each(context, name, true, NULL, 0);
			memcpy(name + strlen(name), "/", 2);
			walk(full, name, each, context);
		} else {
			unsigned char *bytes = folder_read_file(full, &size);

			each(context, name, false, bytes, size);
		}
	}
	closedir(folder);
}

void folder_walk(const char *path,
                 void (*each)(void *context, const char *name, bool folder, unsigned char *bytes,
                              size_t size),
                 void *context)
{
	walk(path, "", each, context);
}

void folder_empty(const char *path)
{
	DIR *folder;
	const struct dirent *item;

	if (mkdir(path, 0700) == 0)
		return;
	folder = opendir(path);
	if (!folder)
		err(3, "%s", path);
	while ((item = readdir(folder))) {
		char full[PATH_MAX];

		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
			continue;
		if (snprintf(full, sizeof(full), "%s/%s", path, item->d_name) >= (int)sizeof(full))
			errx(3, "%s: too long", path);
		if (unlink(full) == 0)
			continue;
		if (errno != EISDIR && errno != EPERM)
			err(3, "%s", full);
		folder_empty(full);
		if (rmdir(full) < 0)
			err(3, "%s", full);
	}
	closedir(folder);
}

/* Four lanes of multiply and rotate, so that it runs at the speed of memory. */
uint64_t folder_hash(const char *name, const unsigned char *bytes, size_t size)
{
	uint64_t lanes[4] = {1, 2, 3, size}, word, hash = 0;
	size_t at = 0;

	for (; at + 32 <= size; at += 32) {
		for (unsigned i = 0; i < 4; i++) {
			memcpy(&word, bytes + at + 8 * i, 8);
			lanes[i] = (lanes[i] ^ word) * 0x9e3779b97f4a7c15ULL;
			lanes[i] ^= lanes[i] >> 29;
		}
	}
	for (; at < size; at++)
		hash = (hash ^ bytes[at]) * 0x100000001b3ULL;
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3ULL;
	for (unsigned i = 0; i < 4; i++)
		hash = (hash ^ lanes[i]) * 0xd6e8feb86659fd93ULL ^ hash >> 32;
	return hash ^ hash >> 31;
}

/* ---- images (disk.h) ---------------------------------------------------------------- */

static int by_depth(const void *a, const void *b)
{
	return strcmp(((const struct image_file *)a)->path, ((const struct image_file *)b)->path);
}

void image_write(const struct image *image, const char *path)
{
	char full[PATH_MAX];

	folder_empty(path);
	/* A folder's name is a prefix of its contents' names and so comes first. */
	qsort(image->files, image->count, sizeof(*image->files), by_depth);
	for (size_t i = 0; i < image->count; i++) {
		const struct image_file *file = &image->files[i];

		if (snprintf(full, sizeof(full), "%s/%s", path, file->path) >= (int)sizeof(full))
			errx(3, "%s: too long", path);
		if (!file->folder)
			folder_write_file(full, file->bytes, file->size);
		else if (mkdir(full, 0700) < 0)
			err(3, "%s", full);
	}
}

struct comparison {
	const struct image *image;
	size_t found;
	char *difference;
	size_t size;
	bool differs;
};

static void compare(void *context, const char *name, bool folder, unsigned char *bytes, size_t size)
{
	struct comparison *comparison = context;
	const struct image_file *file = NULL;

	for (size_t i = 0; i < comparison->image->count; i++)
		if (strcmp(comparison->image->files[i].path, name) == 0)
			file = &comparison->image->files[i];
	if (!file || file->folder != folder || file->size != size ||
	    (size > 0 && memcmp(file->bytes, bytes, size) != 0)) {
		comparison->differs = true;
		snprintf(comparison->difference, comparison->size, "'%s' %s", name,
		         file ? "has other contents than were recorded"
		              : "was made without being recorded");
	}
	comparison->found++;
	free(bytes);
}

bool image_equals(const struct image *image, const char *path, char *difference, size_t size)
{
	struct comparison comparison = {.image = image, .difference = difference, .size = size};

	folder_walk(path, compare, &comparison);
	if (!comparison.differs && comparison.found != image->count) {
		comparison.differs = true;
		snprintf(difference, size, "a file was removed without being recorded");
	}
	return !comparison.differs;
}

void image_done(struct image *image)
{
	for (size_t i = 0; i < image->room; i++)
		free(image->files[i].bytes);
	free(image->files);
	*image = (struct image){0};
}
