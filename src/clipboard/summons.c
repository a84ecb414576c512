#include "clipboard/summons.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/place.h"

#define SOCKET "clipboard.sock"
#define LOCK "clipboard.lock"
#define WAITING 8
#define PATIENCE 8000 /* milliseconds: clearing may take a program that is run */

static int call(int folder, struct error *err)
{
	struct sockaddr_un address;
	CLOSE_AUTO int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pollfd end = {.fd = fd, .events = POLLIN};
	int ready;

	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot make a socket");
	place_address(folder, SOCKET, &address);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		return errno == ENOENT || errno == ECONNREFUSED
		               ? VAULT_NOT_FOUND
		               : error_errno(err, VAULT_FAILED, errno,
		                             "cannot reach who holds the clipboard");
	do
		ready = poll(&end, 1, PATIENCE);
	while (ready < 0 && errno == EINTR);
	return ready > 0 ? 0
	                 : error_set(err, VAULT_FAILED,
	                             "the process that holds the clipboard does not answer");
}

int summons_call(struct error *err)
{
	CLOSE_AUTO int folder = -1;
	int r = place_open(false, &folder, err);

	return r == 0 ? call(folder, err) : r;
}

int summons_await(struct summons *summons, struct error *err)
{
	int r = place_open(true, &summons->folder, err);

	if (r != 0)
		return r;
	summons->lock =
		openat(summons->folder, LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (summons->lock < 0 || flock(summons->lock, LOCK_EX) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot lock " LOCK);
	r = call(summons->folder, err);
	if (r >= 0)
		r = place_listen(summons->folder, SOCKET, WAITING, &summons->socket, err);
	flock(summons->lock, LOCK_UN);
	return r;
}

bool summons_heard(int socket)
{
	int caller = accept4(socket, NULL, NULL, SOCK_CLOEXEC);

	if (caller < 0 || place_same_user(caller))
		return caller >= 0;
	close(caller);
	return false;
}

void summons_end(struct summons *summons)
{
	if (summons->socket < 0)
		return;
	/* Whoever has the lock is waiting for us, and removes it himself. */
	if (flock(summons->lock, LOCK_EX | LOCK_NB) == 0)
		unlinkat(summons->folder, SOCKET, 0);
	close(summons->socket);
	close(summons->lock);
	close(summons->folder);
	*summons = (struct summons){-1, -1, -1};
}
