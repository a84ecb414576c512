#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h> /* rename */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

#define RENAME_WITHOUT_REPLACING 1 /* RENAME_NOREPLACE of linux/fs.h */

/* Gives the folder part: "." for a plain name, "/" for a name right below the root. */
static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	while (slash > path && slash[-1] == '/')
		slash--;
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Some file systems cannot sync a folder and say so by EINVAL; there is nothing better to do
 * then. */
static int sync_folder(const char *folder, struct error *err)
{
	CLOSE_AUTO int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot open folder '%s'", folder);
	if (fsync(fd) != 0 && errno != EINVAL)
		return error_errno(err, VAULT_FAILED, errno, "cannot sync folder '%s'", folder);
	return 0;
}

int file_sync_parent(const char *path, struct error *err)
{
	FREE_AUTO char *folder = parent_of(path);

	if (!folder)
		return error_set(err, VAULT_FAILED, "out of memory");
	return sync_folder(folder, err);
}

/* One folder; its parent exists. */
static int make_folder(const char *folder, struct error *err)
{
	struct stat status;

	if (stat(folder, &status) == 0) {
		if (S_ISDIR(status.st_mode))
			return 0;
		return error_set(err, VAULT_FAILED, "'%s' is not a folder", folder);
	}
	if (errno == ENOENT) {
		if (mkdir(folder, 0700) == 0)
			return file_sync_parent(folder, err);
		if (errno == EEXIST) /* somebody else was faster */
			return 0;
	}
	return error_errno(err, VAULT_FAILED, errno, "cannot create folder '%s'", folder);
}

int file_make_parents(const char *path, struct error *err)
{
	FREE_AUTO char *folder = parent_of(path);
	char *slash;
	int r;

	if (!folder)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		r = make_folder(folder, err);
		*slash = '/';
		if (r < 0)
			return r;
	}
	return make_folder(folder, err);
}

int file_read_all(int fd, void *bytes, size_t size, size_t *ret_length)
{
	unsigned char *next = bytes;
	size_t length = 0;
	ssize_t count;

	while (length < size) {
		count = read(fd, next + length, size - length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		if (count == 0)
			break;
		length += (size_t)count;
	}
	*ret_length = length;
	return 0;
}

int file_read(const char *path, void *bytes, size_t size, size_t *ret_length, struct error *err)
{
	struct stat status;
	int r;
	/* O_NONBLOCK: opening a FIFO must not wait for a writer; regular files do not care. */
	CLOSE_AUTO int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*ret_length = 0;
	if (fd < 0 && errno == ENOENT)
		return VAULT_NOT_FOUND;
	if (fd < 0 && errno == ELOOP)
		return error_set(err, VAULT_FAILED, "'%s' is a symbolic link", path);
	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot open '%s'", path);
	if (fstat(fd, &status) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot examine '%s'", path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, VAULT_FAILED, "'%s' is not a regular file", path);
	r = file_read_all(fd, bytes, size, ret_length);
	if (r < 0)
		return error_errno(err, VAULT_FAILED, -r, "cannot read '%s'", path);
	return 0;
}

int file_write_all(int fd, const void *bytes, size_t length, struct error *err)
{
	const unsigned char *next = bytes;
	ssize_t count;

	while (length > 0) {
		count = write(fd, next, length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_errno(err, VAULT_FAILED, errno, "cannot write");
		next += count;
		length -= (size_t)count;
	}
	return 0;
}

int file_temporary_name(const char *path, char **ret_path, struct error *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567"; /* 32: five bits each */
	unsigned char random[8];
	size_t length = strlen(path);
	char *name;

	*ret_path = NULL;
	if (getentropy(random, sizeof(random)) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot get random bytes");
	name = malloc(length + 1 + sizeof(random) + 1);
	if (!name)
		return error_set(err, VAULT_FAILED, "out of memory");
	memcpy(name, path, length);
	name[length] = '.';
	for (size_t i = 0; i < sizeof(random); i++)
		name[length + 1 + i] = letters[random[i] & 31];
	name[length + 1 + sizeof(random)] = '\0';
	*ret_path = name;
	return 0;
}

/* Creates `path` with its contents, or leaves nothing behind. */
static int write_new(const char *path, const void *bytes, size_t length, int durable,
                     struct error *err)
{
	int fd;
	int r;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create '%s'", path);
	r = file_write_all(fd, bytes, length, err);
	if (r < 0)
		r = error_context(err, "'%s'", path);
	else if (fchmod(fd, 0600) != 0) /* whatever the umask took away */
		r = error_errno(err, VAULT_FAILED, errno, "cannot set the mode of '%s'", path);
	else if (durable && fsync(fd) != 0)
		r = error_errno(err, VAULT_FAILED, errno, "cannot sync '%s'", path);
	/* Network file systems report a failed write as late as here. */
	if (close(fd) != 0 && errno != EINTR && r == 0)
		r = error_errno(err, VAULT_FAILED, errno, "cannot close '%s'", path);
	if (r < 0)
		unlink(path);
	return r;
}

int file_replace(const char *path, const void *bytes, size_t length, int durable, struct error *err)
{
	FREE_AUTO char *temporary = NULL;
	int r;

	r = file_temporary_name(path, &temporary, err);
	if (r < 0)
		return r;
	r = write_new(temporary, bytes, length, durable, err);
	if (r < 0)
		return r;
	if (rename(temporary, path) != 0) {
		r = error_errno(err, VAULT_FAILED, errno, "cannot rename '%s' to '%s'", temporary,
		                path);
		unlink(temporary);
		return r;
	}
	return durable ? file_sync_parent(path, err) : 0;
}

/* rename(2) that fails with EEXIST instead of replacing. Where the kernel or the file system cannot
 * do it in one step, a second name is made and the first removed; a crash in between leaves
 * both. */
static int rename_new(const char *from, const char *to)
{
#ifdef SYS_renameat2
	if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_WITHOUT_REPLACING) == 0)
		return 0;
	if (errno != ENOSYS && errno != EINVAL)
		return -1;
#endif
	if (link(from, to) != 0)
		return -1;
	return unlink(from);
}

/* A file that has no name is gone with the process, whatever ended it. By /proc it gets one. */
static int open_nameless(const char *path)
{
	FREE_AUTO char *folder = parent_of(path);

	if (!folder || access("/proc/self/fd", X_OK) != 0)
		return -1;
	return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

int file_open_unseen(const char *path, int *ret_fd, char **ret_temporary, struct error *err)
{
	FREE_AUTO char *temporary = NULL;
	int fd = open_nameless(path), r;

	*ret_temporary = NULL;
	if (fd < 0) {
		r = file_temporary_name(path, &temporary, err);
		if (r < 0)
			return r;
		fd = open(temporary,
		          O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
	}
	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create '%s'", path);
	*ret_fd = fd;
	*ret_temporary = temporary;
	temporary = NULL;
	return 0;
}

static int name_it(int fd, const char *path, struct error *err)
{
	char link[32];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	if (errno == EEXIST)
		return VAULT_EXISTS;
	return error_errno(err, VAULT_FAILED, errno, "cannot create '%s'", path);
}

int file_publish_unseen(int fd, const char *temporary, const char *path, int replace,
                        struct error *err)
{
	FREE_AUTO char *named = NULL;
	int r;

	if (temporary)
		return file_publish(temporary, path, replace, err);
	if (!replace) {
		r = name_it(fd, path, err);
		return r == 0 ? file_sync_parent(path, err) : r;
	}
	/* A link takes no other file's place. */
	r = file_temporary_name(path, &named, err);
	if (r == 0)
		r = name_it(fd, named, err);
	if (r != 0)
		return r;
	r = file_publish(named, path, 1, err);
	if (r < 0)
		unlink(named);
	return r;
}

int file_publish(const char *temporary, const char *path, int replace, struct error *err)
{
	int r = replace ? rename(temporary, path) : rename_new(temporary, path);

	if (r != 0 && !replace && errno == EEXIST)
		return VAULT_EXISTS;
	if (r != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot rename '%s' to '%s'",
		                   temporary, path);
	return file_sync_parent(path, err);
}
