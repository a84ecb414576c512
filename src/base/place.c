#include "base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/paths.h"

static int make_folder(const char *path, struct error *err)
{
	int r = file_make_parents(path, err);

	if (r == 0 && mkdir(path, 0700) != 0 && errno != EEXIST)
		r = error_errno(err, VAULT_FAILED, errno, "cannot create folder '%s'", path);
	return r;
}

int place_open(bool make, int *ret_folder, struct error *err)
{
	FREE_AUTO char *path = NULL;
	CLOSE_AUTO int fd = -1;
	struct stat status;
	int failure, r = paths_runtime(&path, err);

	if (r == 0 && make)
		r = make_folder(path, err);
	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	failure = errno;
	/* ENOTDIR may speak of a part of the path before. */
	if (fd < 0 && lstat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return VAULT_NOT_FOUND;
	if (fd < 0 && (failure == ENOTDIR || failure == ELOOP))
		return error_set(
			err, VAULT_FAILED,
			"'%s' is not a folder, or a symbolic link: no socket is looked for "
			"in it",
			path);
	if (fd < 0)
		return error_errno(err, VAULT_FAILED, failure, "cannot open folder '%s'", path);
	if (fstat(fd, &status) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot examine '%s'", path);
	if (status.st_uid != geteuid() || (status.st_mode & 077) != 0)
		return error_set(
			err, VAULT_FAILED,
			"folder '%s' is not yours alone (mode 0700): no socket is looked for in "
			"it",
			path);
	*ret_folder = fd;
	fd = -1;
	return 0;
}

void place_address(int folder, const char *name, struct sockaddr_un *ret_address)
{
	*ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(ret_address->sun_path, sizeof(ret_address->sun_path), "/proc/self/fd/%d/%s",
	         folder, name);
}

int place_listen(int folder, const char *name, int waiting, int *ret_socket, struct error *err)
{
	struct sockaddr_un address;
	CLOSE_AUTO int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot make a socket");
	if (unlinkat(folder, name, 0) != 0 && errno != ENOENT)
		return error_errno(err, VAULT_FAILED, errno, "cannot remove the old socket");
	place_address(folder, name, &address);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot bind the socket");
	if (listen(fd, waiting) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot listen");
	*ret_socket = fd;
	fd = -1;
	return 0;
}

bool place_same_user(int socket)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       peer.uid == geteuid();
}
