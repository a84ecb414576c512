#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cleanup.h"

static int write_all(int fd, const struct secret *contents)
{
	for (size_t at = 0; at < contents->length;) {
		ssize_t count = write(fd, contents->bytes + at, contents->length - at);

		if (count < 0 && errno != EINTR)
			return -1;
		at += count > 0 ? (size_t)count : 0;
	}
	return fsync(fd);
}

/* The name is taken at once, or not at all; where the file system cannot do so, by a look first. */
static int take_name(const char *temporary, const char *path, bool replace)
{
	if (replace)
		return rename(temporary, path);
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return rename(temporary, path);
}

int new_file(const char *path, const struct secret *contents, bool replace, struct error *err)
{
	char temporary[PATH_MAX];
	CLOSE_AUTO int fd = -1;
	int failed;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return error_set(err, VAULT_USAGE, "the name of the file is too long");
	fd = mkostemp(temporary, O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create %s", path);
	if (write_all(fd, contents) == 0 && take_name(temporary, path, replace) == 0)
		return 0;
	failed = errno;
	unlink(temporary);
	if (failed != EEXIST)
		return error_errno(err, VAULT_FAILED, failed, "cannot write %s", path);
	error_set(err, VAULT_EXISTS, "there is a file %s already", path);
	return VAULT_EXISTS;
}
