/*
 * Replays a corpus: every file of a folder, and every beginning of each, since what is cut off is
 * what parsers forget.
 *
 *     fuzz_NAME FOLDER
 *
 * Each input lies at the end of its own allocation, so that a sanitizer sees a byte read too far.
 */
#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <string.h>

#include "fuzz.h"

#define INPUT_MAX (64 * 1024)

static void try(const uint8_t *bytes, size_t length)
{
	uint8_t *copy = malloc(length + (length == 0));

	if (!copy)
		err(3, "memory");
	memcpy(copy, bytes, length);
	(void)LLVMFuzzerTestOneInput(copy, length);
	free(copy);
}

static void replay(const char *path)
{
	static uint8_t bytes[INPUT_MAX];
	FILE *file = fopen(path, "rb");
	size_t length;

	if (!file)
		err(3, "%s", path);
	length = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	for (size_t end = 0; end <= length; end++)
		try(bytes, end);
}

int main(int argc, char **argv)
{
	char path[PATH_MAX];
	unsigned files = 0;
	struct dirent *entry;
	DIR *folder;

	if (argc != 2)
		errx(3, "usage: fuzz_NAME FOLDER");
	folder = opendir(argv[1]);
	if (!folder)
		err(3, "%s", argv[1]);
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		replay(path);
		files++;
	}
	closedir(folder);
	printf("%u files replayed\n", files);
	return files > 0 ? 0 : 1;
}
