#include "agent/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/message.h"
#include "base/cleanup.h"
#include "base/place.h"

#define WAITING_CLIENTS 128
#define PASSED_FD 3 /* SD_LISTEN_FDS_START */

/* A number that fills the variable; -1 otherwise. */
static long number_in(const char *variable)
{
	const char *text = getenv(variable);
	char *end = NULL;
	long number = text ? strtol(text, &end, 10) : -1;

	return text && end != text && *end == '\0' ? number : -1;
}

static bool is_listening_stream(int fd)
{
	int type = 0, listening = 0;
	struct sockaddr_un address = {0};
	socklen_t type_size = sizeof(type), listening_size = sizeof(listening),
		  address_size = sizeof(address);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_STREAM &&
	       getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &listening_size) == 0 &&
	       listening && getsockname(fd, (struct sockaddr *)&address, &address_size) == 0 &&
	       address.sun_family == AF_UNIX;
}

/* Returns VAULT_NOT_FOUND (> 0) when none was passed. */
static int take_passed(struct listening *listening, struct error *err)
{
	if (number_in("LISTEN_PID") != getpid())
		return VAULT_NOT_FOUND;
	if (number_in("LISTEN_FDS") != 1 || !is_listening_stream(PASSED_FD))
		return error_set(err, VAULT_USAGE,
		                 "what the service manager passed is not one listening stream "
		                 "socket");
	fcntl(PASSED_FD, F_SETFD, FD_CLOEXEC);
	fcntl(PASSED_FD, F_SETFL, fcntl(PASSED_FD, F_GETFL) | O_NONBLOCK);
	listening->fd = PASSED_FD;
	return 0;
}

/* The folder is locked, so a socket in it is one that an agent could not remove. */
static int bind_in(int folder, struct listening *listening, struct error *err)
{
	CLOSE_AUTO int fd = -1;
	struct stat status;
	int r = place_listen(folder, AGENT_SOCKET, WAITING_CLIENTS, &fd, err);

	if (r < 0)
		return r;
	if (fstatat(folder, AGENT_SOCKET, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot examine the socket");
	listening->device = status.st_dev;
	listening->inode = status.st_ino;
	listening->fd = fd;
	fd = -1;
	return 0;
}

int listen_start(struct listening *listening, struct error *err)
{
	CLOSE_AUTO int folder = -1;
	int r;

	*listening = (struct listening){.fd = -1, .folder = -1};
	r = take_passed(listening, err);
	if (r != VAULT_NOT_FOUND)
		return r;
	r = place_open(true, &folder, err);
	if (r != 0)
		return r;
	if (flock(folder, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK)
			return error_errno(err, VAULT_FAILED, errno, "cannot lock the folder");
		error_set(err, VAULT_EXISTS, "another agent is running");
		return VAULT_EXISTS;
	}
	r = bind_in(folder, listening, err);
	if (r < 0)
		return r;
	listening->folder = folder;
	folder = -1;
	return 0;
}

void listen_end(struct listening *listening)
{
	struct stat status;

	if (listening->folder >= 0) {
		if (fstatat(listening->folder, AGENT_SOCKET, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    status.st_dev == listening->device && status.st_ino == listening->inode)
			unlinkat(listening->folder, AGENT_SOCKET, 0);
		close(listening->folder);
	}
	if (listening->fd >= 0)
		close(listening->fd);
	*listening = (struct listening){.fd = -1, .folder = -1};
}

int listen_accept(const struct listening *listening)
{
	int fd = accept4(listening->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0 || place_same_user(fd))
		return fd;
	close(fd);
	return -1;
}
