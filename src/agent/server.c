#include "agent/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <vault/agent.h>

#define ACCEPTED_A_TURN 16 /* who came before is heard in between */
#define STACK_WIPED 1024   /* bytes: what copies a key uses less */
#define POLLED (SERVER_SOURCES + 2 + PEERS_MAX)

void server_lock_all(struct server *server)
{
	keyring_lock(&server->ring, NULL);
}

static void hear_signal(void *context, struct server *server)
{
	struct signalfd_siginfo signal;

	(void)context;
	while (read(server->signals, &signal, sizeof(signal)) == sizeof(signal)) {
		server_lock_all(server);
		server->ended |= signal.ssi_signo != SIGHUP;
	}
}

int server_start(struct server *server, const struct clock *clock,
                 const struct listening *listening, struct error *err)
{
	sigset_t signals;
	int r;

	*server = (struct server){.clock = *clock, .listening = listening, .signals = -1};
	server->unused_since = clock_now(clock);
	r = keyring_start(&server->ring, err);
	if (r == 0)
		r = peers_start(&server->peers, err);
	if (r < 0)
		return r;
	if (server->ring.memory.from_kernel)
		server->properties |= AGENT_MEMORY_HIDDEN;
	if (server->ring.memory.locked)
		server->properties |= AGENT_MEMORY_LOCKED;
	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot block signals");
	server->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (server->signals < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot hear signals");
	return server_watch(server, server->signals, hear_signal, NULL, err);
}

void server_done(struct server *server)
{
	keyring_done(&server->ring);
	peers_done(&server->peers);
	if (server->signals >= 0)
		close(server->signals);
	server->signals = -1;
}

int server_watch(struct server *server, int fd, void (*ready)(void *, struct server *),
                 void *context, struct error *err)
{
	if (server->n_sources == SERVER_SOURCES)
		return error_set(err, VAULT_USAGE, "too many descriptors to watch");
	server->sources[server->n_sources++] = (struct source){fd, ready, context};
	return 0;
}

void server_unwatch(struct server *server, int fd)
{
	for (size_t i = 0; i < server->n_sources; i++)
		if (server->sources[i].fd == fd)
			server->sources[i].fd = -1; /* poll(2) passes over it */
}

static void hello(const struct message *request, struct message *answer, struct peer *peer)
{
	uint8_t highest = request->highest < MESSAGE_VERSION_HIGHEST ? request->highest
	                                                             : MESSAGE_VERSION_HIGHEST;

	peer->greeted = highest >= request->lowest && highest >= MESSAGE_VERSION_LOWEST;
	answer->type = peer->greeted ? MESSAGE_WELCOME : MESSAGE_REFUSED;
	answer->version = highest;
	answer->reason = REFUSED_VERSION;
}

static void put(struct server *server, const struct message *request, struct message *answer,
                int64_t now)
{
	int r = keyring_put(&server->ring, request->uuid, request->key, request->idle, request->cap,
	                    now);

	answer->type = r == 0 ? MESSAGE_DONE : MESSAGE_REFUSED;
	answer->count = 1;
	answer->reason = REFUSED_FULL;
}

static void get(struct server *server, const struct message *request, struct message *answer,
                int64_t now)
{
	answer->key = keyring_use(&server->ring, request->uuid, now);
	answer->type = answer->key ? MESSAGE_KEY : MESSAGE_NOT_HELD;
}

static void ask(const struct server *server, const struct message *request, struct message *answer,
                int64_t now)
{
	const struct held *held = keyring_find(&server->ring, request->uuid);

	answer->type = held ? MESSAGE_HELD : MESSAGE_NOT_HELD;
	if (held) {
		answer->idle = (uint32_t)((held->idle_end - now) / 1000);
		answer->cap = (uint32_t)((held->cap_end - now) / 1000);
	}
}

/* Decides on the answer. False for what is no request, or one in front of a hello. */
static bool serve(struct server *server, struct peer *peer, const struct message *request,
                  struct message *answer, int64_t now)
{
	if (peer->greeted == (request->type == MESSAGE_HELLO))
		return false;
	*answer = (struct message){.type = MESSAGE_DONE};
	switch (request->type) {
	case MESSAGE_HELLO:
		hello(request, answer, peer);
		return true;
	case MESSAGE_GET:
		get(server, request, answer, now);
		return true;
	case MESSAGE_PUT:
		put(server, request, answer, now);
		return true;
	case MESSAGE_LOCK:
		answer->count = keyring_lock(&server->ring, request->uuid);
		return true;
	case MESSAGE_LOCK_ALL:
		answer->count = keyring_lock(&server->ring, NULL);
		return true;
	case MESSAGE_ASK:
		ask(server, request, answer, now);
		return true;
	case MESSAGE_REPORT:
		answer->type = MESSAGE_REPORTED;
		answer->count = server->ring.count;
		answer->properties = server->properties;
		return true;
	default:
		return false;
	}
}

/* Reads once and serves every whole request. False when the peer is to be dropped. */
static bool hear_peer(struct server *server, struct peer *peer, int64_t now)
{
	struct message request, answer;
	enum decoded decoded;
	size_t frame;

	if (!peer_read(peer))
		return false;
	while ((decoded = message_decode(peer->input, peer->length, &request, &frame)) == DECODED) {
		if (!serve(server, peer, &request, &answer, now) ||
		    message_send(peer->fd, &answer, NULL) != 0 || answer.type == MESSAGE_REFUSED)
			return false;
		peer_consume(peer, frame);
		peer->since = now;
	}
	return decoded == DECODED_SHORT;
}

/* When something has to be done though nothing happens. */
static int64_t next_deadline(const struct server *server)
{
	int64_t next = keyring_deadline(&server->ring), peers = peers_deadline(&server->peers);

	if (peers < next)
		next = peers;
	return next == CLOCK_NEVER ? server->unused_since + SERVER_LINGER : next;
}

static int64_t keep_time(struct server *server)
{
	int64_t now = clock_now(&server->clock);

	keyring_expire(&server->ring, now);
	peers_expire(&server->peers, now);
	if (server->ring.count > 0 || server->peers.count > 0)
		server->unused_since = now;
	else if (now - server->unused_since >= SERVER_LINGER)
		server->ended = true;
	return now;
}

static void accept_peers(struct server *server, int64_t now)
{
	for (int i = 0; i < ACCEPTED_A_TURN; i++) {
		int fd = listen_accept(server->listening);
		if (fd < 0)
			return;
		peers_add(&server->peers, fd, now);
	}
}

/* Slots are polled in their order, so polled[i] speaks of source or peer i; free slots have
 * descriptor -1, which poll(2) passes over. */
static size_t gather(const struct server *server, struct pollfd polled[POLLED])
{
	size_t n = 0;

	for (size_t i = 0; i < server->n_sources; i++)
		polled[n++] = (struct pollfd){.fd = server->sources[i].fd, .events = POLLIN};
	for (size_t i = 0; i < PEERS_MAX; i++)
		polled[n++] = (struct pollfd){.fd = server->peers.peer[i].fd, .events = POLLIN};
	polled[n++] = (struct pollfd){.fd = server->listening->fd, .events = POLLIN};
	polled[n++] = (struct pollfd){.fd = server->clock.timer, .events = POLLIN};
	return n;
}

/* Signals first: who asks in the same instant finds it locked. Clients before new ones, which may
 * take their places. */
static void hear(struct server *server, const struct pollfd polled[POLLED], size_t n_sources,
                 int64_t now)
{
	for (size_t i = 0; i < n_sources; i++)
		if (polled[i].revents && server->sources[i].fd >= 0)
			server->sources[i].ready(server->sources[i].context, server);
	for (size_t i = 0; i < PEERS_MAX; i++) {
		struct peer *peer = &server->peers.peer[i];
		if (polled[n_sources + i].revents && !hear_peer(server, peer, now))
			peers_drop(&server->peers, peer);
	}
	if (polled[n_sources + PEERS_MAX].revents)
		accept_peers(server, now);
}

int server_turn(struct server *server, int timeout, struct error *err)
{
	struct pollfd polled[POLLED];
	size_t n_sources = server->n_sources, n;

	keep_time(server);
	if (server->ended)
		return 0;
	clock_wake(&server->clock, next_deadline(server));
	n = gather(server, polled);
	if (poll(polled, n, timeout) < 0) {
		if (errno == EINTR)
			return 0;
		return error_errno(err, VAULT_FAILED, errno, "cannot wait for clients");
	}
	hear(server, polled, n_sources, keep_time(server));
	secret_leave_nothing(STACK_WIPED);
	return 0;
}

int server_run(struct server *server, struct error *err)
{
	int r = 0;

	while (!server->ended && r == 0)
		r = server_turn(server, -1, err);
	return r;
}
