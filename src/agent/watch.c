#include "agent/watch.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vault/agent.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/process.h"

int watch_start(struct watch *watch, struct error *err)
{
	static const char *const variables[] = {"DBUS_SYSTEM_BUS_ADDRESS", NULL};
	FREE_AUTO char *path = NULL;
	CLOSE_AUTO int theirs = -1;
	int pair[2], r;

	watch->fd = -1;
	r = paths_program("vault-agent-watch", VAULT_WATCH_FOLDER, &path, err);
	if (r != 0)
		return r;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create a pair of sockets");
	theirs = pair[1];
	r = process_start(path, variables, theirs, 0, err);
	if (r == 0)
		watch->fd = pair[0];
	else
		close(pair[0]);
	return r;
}

void watch_end(struct watch *watch)
{
	if (watch->fd >= 0)
		close(watch->fd);
	watch->fd = -1;
}

void watch_hear(void *context, struct server *server)
{
	struct watch *watch = context;
	char message = 0, done = WATCH_DONE;
	ssize_t n = recv(watch->fd, &message, 1, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (message == WATCH_READY) {
		server->properties |= AGENT_LOGIND;
		return;
	}
	if (n == 1) {
		server_lock_all(server);
		n = send(watch->fd, &done, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	if (n == 1)
		return;
	/* It has ended: no logind, or no more. The agent goes on without. */
	server_unwatch(server, watch->fd);
	server->properties &= ~(uint32_t)AGENT_LOGIND;
	watch_end(watch);
}
