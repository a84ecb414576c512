/*
 * vault-agent-watch: tells the agent when the machine goes to sleep and when the screen is locked.
 * Whatever goes wrong ends it, which the agent sees and `vault status` tells.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#include "agent/watch.h"

#define LOGIND "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define MANAGER LOGIND ".Manager"
#define SESSION LOGIND ".Session"
#define ANSWER_MS 4000 /* logind waits for five seconds, if it is not told otherwise */

#define MESSAGE_AUTO __attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message

struct watcher {
	sd_bus *bus;
	int inhibitor; /* or -1 */
	int failure;   /* of a handler, which the bus does not pass on: a negative errno value */
};

/* Tells the agent and waits until it has done as told. */
static int tell_agent(enum watch_message message)
{
	struct pollfd wait = {.fd = WATCH_FD, .events = POLLIN};
	char byte = (char)message;

	if (send(WATCH_FD, &byte, 1, MSG_NOSIGNAL) != 1)
		return -errno;
	while (byte != WATCH_DONE) {
		int ready = poll(&wait, 1, ANSWER_MS);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return -ETIMEDOUT;
		if (recv(WATCH_FD, &byte, 1, 0) != 1)
			return -EPIPE;
	}
	return 0;
}

static void release_inhibitor(struct watcher *watcher)
{
	if (watcher->inhibitor >= 0)
		close(watcher->inhibitor);
	watcher->inhibitor = -1;
}

static int take_inhibitor(struct watcher *watcher)
{
	MESSAGE_AUTO *reply = NULL;
	int fd, r;

	release_inhibitor(watcher);
	r = sd_bus_call_method(watcher->bus, LOGIND, LOGIND_PATH, MANAGER, "Inhibit", NULL, &reply,
	                       "ssss", "sleep", "vault", "Keys are wiped from memory first",
	                       "delay");
	if (r < 0)
		return r;
	r = sd_bus_message_read(reply, "h", &fd);
	if (r < 0)
		return r;
	watcher->inhibitor = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); /* fd is the reply's */
	return watcher->inhibitor < 0 ? -errno : 0;
}

/* Is it a session of this user? One that cannot be asked about is taken for one: to lock too often
 * is safe. */
static bool is_ours(sd_bus *bus, const char *session)
{
	MESSAGE_AUTO *reply = NULL;
	uint32_t uid;

	if (sd_bus_get_property(bus, LOGIND, session, SESSION, "User", NULL, &reply, "(uo)") < 0 ||
	    sd_bus_message_read(reply, "(uo)", &uid, NULL) < 0)
		return true;
	return uid == getuid();
}

static int on_sleep(sd_bus_message *message, void *context, sd_bus_error *error)
{
	struct watcher *watcher = context;
	int begins, r;

	(void)error;
	r = sd_bus_message_read(message, "b", &begins);
	if (r >= 0)
		r = begins ? tell_agent(WATCH_SLEEP) : take_inhibitor(watcher);
	if (r >= 0 && begins)
		release_inhibitor(watcher);
	watcher->failure = r;
	return 0;
}

static int on_lock(sd_bus_message *message, void *context, sd_bus_error *error)
{
	struct watcher *watcher = context;

	(void)error;
	if (is_ours(watcher->bus, sd_bus_message_get_path(message)))
		watcher->failure = tell_agent(WATCH_LOCK);
	return 0;
}

/* Finds LockedHint among the properties that have changed. */
static int read_hint(sd_bus_message *message, int *ret_locked)
{
	const char *property;
	int r;

	r = sd_bus_message_skip(message, "s");
	if (r >= 0)
		r = sd_bus_message_enter_container(message, 'a', "{sv}");
	while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
		r = sd_bus_message_read(message, "s", &property);
		if (r < 0)
			return r;
		r = strcmp(property, "LockedHint") == 0
		            ? sd_bus_message_read(message, "v", "b", ret_locked)
		            : sd_bus_message_skip(message, "v");
		if (r >= 0)
			r = sd_bus_message_exit_container(message);
	}
	return r;
}

/* Desktops that lock the screen by themselves only say so: LockedHint becomes true. */
static int on_change(sd_bus_message *message, void *context, sd_bus_error *error)
{
	struct watcher *watcher = context;
	int locked = 0;

	watcher->failure = read_hint(message, &locked);
	return locked ? on_lock(message, context, error) : 0;
}

/* logind was started anew: the old one's inhibitors are gone with it. */
static int on_owner(sd_bus_message *message, void *context, sd_bus_error *error)
{
	struct watcher *watcher = context;
	const char *now;
	int r;

	(void)error;
	r = sd_bus_message_read(message, "sss", NULL, NULL, &now);
	if (r >= 0 && now[0] != '\0')
		r = take_inhibitor(watcher);
	watcher->failure = r;
	return 0;
}

static int start(struct watcher *watcher)
{
	static const struct {
		const char *rule;
		sd_bus_message_handler_t handler;
	} matches[] = {
		{"type='signal',sender='" LOGIND "',interface='" MANAGER "',"
	         "member='PrepareForSleep'",
	         on_sleep},
		{"type='signal',sender='" LOGIND "',interface='" SESSION "',member='Lock'",
	         on_lock},
		{"type='signal',sender='" LOGIND "',member='PropertiesChanged',"
	         "interface='org.freedesktop.DBus.Properties',arg0='" SESSION "'",
	         on_change},
		{"type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',"
	         "interface='org.freedesktop.DBus',arg0='" LOGIND "'",
	         on_owner},
	};
	char ready = WATCH_READY;
	int r;

	r = sd_bus_open_system(&watcher->bus);
	for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]) && r >= 0; i++)
		r = sd_bus_add_match(watcher->bus, NULL, matches[i].rule, matches[i].handler,
		                     watcher);
	if (r >= 0)
		r = take_inhibitor(watcher);
	if (r >= 0 && send(WATCH_FD, &ready, 1, MSG_NOSIGNAL) != 1)
		r = -errno;
	return r;
}

/* Returns 0 when the agent is gone. */
static int watch(struct watcher *watcher)
{
	struct pollfd wait[] = {{.fd = WATCH_FD, .events = POLLIN},
	                        {.fd = sd_bus_get_fd(watcher->bus)}};
	int r;

	for (;;) {
		do
			r = sd_bus_process(watcher->bus, NULL);
		while (r > 0 && watcher->failure >= 0);
		if (r < 0 || watcher->failure < 0)
			return r < 0 ? r : watcher->failure;
		r = sd_bus_get_events(watcher->bus);
		if (r < 0)
			return r;
		wait[1].events = (short)r;
		/* The bus has no time-outs of its own here: every call waits for its answer. */
		if (poll(wait, 2, -1) < 0 && errno != EINTR)
			return -errno;
		if (wait[0].revents)
			return 0;
	}
}

int main(void)
{
	struct watcher watcher = {.inhibitor = -1};
	struct error err;
	int r = start(&watcher);

	if (r >= 0)
		r = watch(&watcher);
	sd_bus_flush_close_unref(watcher.bus);
	release_inhibitor(&watcher);
	if (r >= 0)
		return VAULT_OK;
	error_errno(&err, VAULT_FAILED, -r, "cannot watch logind");
	fprintf(stderr, "vault-agent-watch: %s\n", err.message);
	return VAULT_FAILED;
}
