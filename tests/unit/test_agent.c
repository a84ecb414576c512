/* The agent and its client in one process, with a clock that the test turns. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vault/agent.h>
#include <vault/keys.h>

#include "agent/listen.h"
#include "agent/place.h"
#include "agent/server.h"
#include "base/bytes.h"

#define TRIALS 1000 /* of each kind of deadline */

static struct {
	char folder[64];
	int64_t time; /* of its clock, in milliseconds */
	struct listening listening;
	struct server server;
	pthread_t thread;
	int stop[2];
} agent_;

static const unsigned char uuid[16] = "a vault's number", other[16] = "another's number";

static int64_t test_time(void *context)
{
	return *(const int64_t *)context;
}

/* A client's socket, connected and greeted, without waiting for an answer: the server is turned by
 * hand. */
static int raw_client(void)
{
	struct sockaddr_un address;
	int folder, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_done(place_open(false, &folder, err));
	place_address(folder, &address);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(folder);
	return fd;
}

static void turn(void)
{
	assert_done(server_turn(&agent_.server, 0, err));
}

/* Sends a request and turns the server until it has been heard. */
static struct message asked(int fd, const struct message *request)
{
	static unsigned char frame[MESSAGE_MAX];
	struct message answer = {0};
	size_t used;

	assert_int_equal(message_send(fd, request), 0);
	turn();
	turn(); /* a new client is accepted in one turn and heard in the next */
	ssize_t length = recv(fd, frame, sizeof(frame), MSG_DONTWAIT);
	if (length > 0)
		assert_int_equal(message_decode(frame, (size_t)length, &answer, &used), DECODED);
	return answer;
}

static int greeted_client(void)
{
	const struct message hello = {.type = MESSAGE_HELLO, .lowest = 1, .highest = 1};
	int fd = raw_client();

	assert_int_equal(asked(fd, &hello).type, MESSAGE_WELCOME);
	return fd;
}

static struct message request_for(enum message_type type, const unsigned char vault[16])
{
	static unsigned char key[VOLUME_KEY_BYTES];
	struct message message = {.type = type, .key = key};

	memcpy(message.uuid, vault, 16);
	memset(key, vault[0], sizeof(key));
	return message;
}

static enum message_type ask(int fd, enum message_type type)
{
	const struct message request = request_for(type, uuid);

	return asked(fd, &request).type;
}

static void put(int fd, const unsigned char vault[16], uint32_t idle, uint32_t cap)
{
	struct message request = request_for(MESSAGE_PUT, vault);

	request.idle = idle;
	request.cap = cap;
	assert_int_equal(asked(fd, &request).type, MESSAGE_DONE);
}

/* Is there nothing but zeros where keys are? */
static bool wiped(void)
{
	static const unsigned char zeros[KEYRING_SLOTS * VOLUME_KEY_BYTES];

	return memcmp(agent_.server.ring.memory.bytes, zeros, sizeof(zeros)) == 0;
}

static int start(void **state)
{
	const struct clock clock = {test_time, &agent_.time, -1};

	(void)state;
	snprintf(agent_.folder, sizeof(agent_.folder), "/tmp/test-agent.XXXXXX");
	assert_non_null(mkdtemp(agent_.folder));
	setenv("XDG_RUNTIME_DIR", agent_.folder, 1);
	umask(077);
	agent_.time = 1000000;
	assert_done(listen_start(&agent_.listening, err));
	assert_done(server_start(&agent_.server, &clock, &agent_.listening, err));
	return 0;
}

static int stop(void **state)
{
	char path[96];

	(void)state;
	server_done(&agent_.server);
	listen_end(&agent_.listening);
	snprintf(path, sizeof(path), "%s/vault", agent_.folder);
	assert_int_equal(rmdir(path), 0); /* the socket is gone */
	assert_int_equal(rmdir(agent_.folder), 0);
	return 0;
}

static void holds_and_locks(void **state)
{
	int fd = greeted_client();
	struct message request = request_for(MESSAGE_GET, other), answer;

	(void)state;
	assert_int_equal(ask(fd, MESSAGE_GET), MESSAGE_NOT_HELD);
	put(fd, uuid, 0, 0);
	put(fd, other, 0, 0);
	answer = asked(fd, &request);
	assert_int_equal(answer.type, MESSAGE_KEY);
	assert_memory_equal(answer.key, request.key, VOLUME_KEY_BYTES);
	assert_int_equal(ask(fd, MESSAGE_LOCK), MESSAGE_DONE);
	assert_int_equal(ask(fd, MESSAGE_GET), MESSAGE_NOT_HELD);
	assert_int_equal(asked(fd, &request).type, MESSAGE_KEY); /* the other one stays */
	assert_int_equal(ask(fd, MESSAGE_LOCK_ALL), MESSAGE_DONE);
	assert_int_equal(asked(fd, &request).type, MESSAGE_NOT_HELD);
	assert_true(wiped());
	close(fd);
}

static void a_second_key_takes_the_place_of_the_first(void **state)
{
	int fd = greeted_client();

	(void)state;
	put(fd, uuid, 10, 20);
	put(fd, uuid, 100, 200);
	assert_int_equal(agent_.server.ring.count, 1);
	agent_.time += 99999;
	assert_int_equal(ask(fd, MESSAGE_ASK), MESSAGE_HELD);
	close(fd);
}

static void a_full_ring_refuses(void **state)
{
	unsigned char vault[16] = {0};
	struct message request;
	int fd = greeted_client();

	(void)state;
	for (unsigned i = 0; i < KEYRING_SLOTS; i++) {
		vault[0] = (unsigned char)(i + 1);
		put(fd, vault, 0, 0);
	}
	vault[0] = 200;
	request = request_for(MESSAGE_PUT, vault);
	assert_int_equal(asked(fd, &request).type, MESSAGE_REFUSED);
	assert_int_equal(agent_.server.ring.count, KEYRING_SLOTS);
	close(fd);
}

/* A whole number of milliseconds in a range, other ones each time. */
static int64_t between(int64_t lowest, int64_t highest)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return lowest + (int64_t)(state % (uint64_t)(highest - lowest + 1));
}

/* The instant before the deadline it is held; at the deadline it is wiped, though nobody asks, and
 * refused. */
static void falls_at(int64_t deadline, int fd)
{
	agent_.time = deadline - 1;
	assert_int_equal(ask(fd, MESSAGE_ASK), MESSAGE_HELD);
	assert_false(wiped());
	agent_.time = deadline;
	turn();
	assert_true(wiped());
	assert_int_equal(ask(fd, MESSAGE_GET), MESSAGE_NOT_HELD);
}

static void idle_deadlines_hold(void **state)
{
	(void)state;
	for (int i = 0; i < TRIALS; i++) {
		int fd = greeted_client();
		uint32_t idle = (uint32_t)between(1, 100000);
		int64_t used = agent_.time;
		put(fd, uuid, idle, 0xffffffff);
		for (int uses = (int)between(0, 3); uses > 0; uses--) {
			used = agent_.time += between(0, (int64_t)idle * 1000 - 1);
			close(fd);
			fd = greeted_client();
			assert_int_equal(ask(fd, MESSAGE_GET), MESSAGE_KEY);
		}
		agent_.time += between(0, (int64_t)idle * 1000 - 1);
		close(fd);
		fd = greeted_client();
		falls_at(used + (int64_t)idle * 1000, fd);
		close(fd);
		turn();
	}
}

static void caps_hold_though_it_is_used(void **state)
{
	(void)state;
	for (int i = 0; i < TRIALS; i++) {
		uint32_t cap = (uint32_t)between(2, 100000);
		int64_t end = agent_.time + (int64_t)cap * 1000;
		int fd = greeted_client();
		put(fd, uuid, 0xffffffff, cap);
		agent_.time += between(0, (int64_t)cap * 1000 - 2);
		close(fd);
		fd = greeted_client();
		assert_int_equal(ask(fd, MESSAGE_GET), MESSAGE_KEY);
		falls_at(end, fd);
		close(fd);
		turn();
	}
}

/* The machine wakes up long after: who asks first is refused, before any timer was looked at. */
static void a_late_first_request_is_refused(void **state)
{
	(void)state;
	for (int i = 0; i < TRIALS; i++) {
		int fd = greeted_client();
		put(fd, uuid, (uint32_t)between(1, 4), 5);
		agent_.time += between(4000, 4999);
		assert_int_equal(ask(fd, MESSAGE_GET), MESSAGE_NOT_HELD);
		assert_true(wiped());
		close(fd);
		turn();
	}
}

static void signals_lock(void **state)
{
	(void)state;
	for (int i = 0; i < TRIALS; i++) {
		const struct message get = request_for(MESSAGE_GET, uuid);
		int fd = greeted_client();
		put(fd, uuid, 0, 0);
		/* The signal and a request in one turn: the request comes too late. */
		assert_int_equal(message_send(fd, &get), 0);
		raise(SIGHUP);
		turn();
		assert_true(wiped());
		assert_false(agent_.server.ended);
		unsigned char frame[MESSAGE_MAX];
		assert_int_equal(recv(fd, frame, sizeof(frame), MSG_DONTWAIT), MESSAGE_PREFIX);
		assert_int_equal(frame[4], MESSAGE_NOT_HELD);
		close(fd);
		turn();
	}
}

static void terminating_wipes_and_ends(void **state)
{
	int fd = greeted_client();

	(void)state;
	put(fd, uuid, 0, 0);
	raise(SIGTERM);
	turn();
	assert_true(wiped());
	assert_true(agent_.server.ended);
	close(fd);
}

static bool dropped(int fd)
{
	char byte;
	ssize_t count = recv(fd, &byte, 1, MSG_DONTWAIT);

	return count == 0 || (count < 0 && errno == ECONNRESET);
}

static void a_silent_peer_is_dropped(void **state)
{
	int silent = raw_client(), half = greeted_client();

	(void)state;
	turn();
	assert_int_equal(agent_.server.peers.count, 2);
	agent_.time += PEER_PATIENCE - 1;
	assert_int_equal(send(half, "\x11\0\0", 3, 0), 3); /* puts nothing off */
	turn();
	assert_false(dropped(silent));
	agent_.time += 1;
	turn();
	assert_true(dropped(silent));
	assert_true(dropped(half));
	assert_int_equal(agent_.server.peers.count, 0);
	close(silent);
	close(half);
}

static void nonsense_is_dropped_at_once(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} nonsense[] = {
		{"\0\0\0\0", 4},
		{"\xff\xff\xff\xff", 4},
		{"\1\0\0\0\xfe", 5},
		{"\1\0\0\0\x82", 5},
		{"\1\0\0\0\2", 5},
		{"\3\0\0\0\1\1\1", 7}, /* a second hello */
		{"GET / HTTP/1.1\r\n\r\n", 18},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		int fd = greeted_client();
		assert_int_equal(send(fd, nonsense[i].bytes, nonsense[i].length, 0),
		                 nonsense[i].length);
		turn();
		assert_true(dropped(fd));
		close(fd);
	}
}

static void nothing_without_a_hello(void **state)
{
	const struct message hello = {.type = MESSAGE_HELLO, .lowest = 2, .highest = 9};
	int fd = raw_client();

	(void)state;
	assert_int_equal(ask(fd, MESSAGE_GET), 0);
	assert_true(dropped(fd));
	close(fd);
	fd = raw_client();
	assert_int_equal(asked(fd, &hello).type, MESSAGE_REFUSED); /* no version in common */
	assert_true(dropped(fd));
	close(fd);
}

static void a_request_byte_by_byte(void **state)
{
	static const unsigned char get[] = "\x11\0\0\0\2a vault's number";
	int fd = greeted_client();
	unsigned char byte;

	(void)state;
	for (size_t i = 0; i < 21; i++) {
		assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
		assert_int_equal(send(fd, get + i, 1, 0), 1);
		turn();
	}
	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), 1);
	close(fd);
}

static void the_oldest_makes_room(void **state)
{
	int fds[PEERS_MAX + 8];

	(void)state;
	for (int i = 0; i < PEERS_MAX + 8; i++) {
		agent_.time++;
		fds[i] = greeted_client();
		assert_in_range(agent_.server.peers.count, 1, PEERS_MAX);
	}
	for (int i = 0; i < PEERS_MAX + 8; i++) {
		assert_int_equal(dropped(fds[i]), i < 8);
		close(fds[i]);
	}
}

static void an_unused_agent_ends(void **state)
{
	int fd = greeted_client();

	(void)state;
	put(fd, uuid, 3600, 3600);
	close(fd);
	agent_.time += 3599999;
	turn();
	assert_false(agent_.server.ended);
	agent_.time += 1;
	turn();
	assert_true(wiped());
	agent_.time += SERVER_LINGER - 2;
	turn();
	assert_false(agent_.server.ended);
	agent_.time += 2;
	turn();
	assert_true(agent_.server.ended);
}

static void there_is_one_agent(void **state)
{
	struct listening second;

	(void)state;
	struct error err = {0};
	assert_int_equal(listen_start(&second, &err), VAULT_EXISTS);
}

static void a_socket_that_nobody_serves_is_replaced(void **state)
{
	struct listening next;
	struct stat status;
	char path[96];

	(void)state;
	close(agent_.listening.fd); /* as if it had been killed */
	close(agent_.listening.folder);
	agent_.listening.fd = agent_.listening.folder = -1;
	assert_done(listen_start(&next, err));
	snprintf(path, sizeof(path), "%s/vault/" AGENT_SOCKET, agent_.folder);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700 & ~0077);
	/* A name that is somebody else's by now stays. */
	assert_int_equal(unlink(path), 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	listen_end(&next);
	assert_int_equal(unlink(path), 0);
}

static void strange_folders_are_refused(void **state)
{
	char path[96], real[96];
	int folder;

	(void)state;
	listen_end(&agent_.listening);
	snprintf(path, sizeof(path), "%s/vault", agent_.folder);
	snprintf(real, sizeof(real), "%s/real", agent_.folder);
	assert_int_equal(chmod(path, 0750), 0);
	assert_fails(place_open(false, &folder, err), VAULT_FAILED, "not yours alone");
	assert_fails(listen_start(&agent_.listening, err), VAULT_FAILED, "not yours alone");
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(rename(path, real), 0);
	assert_int_equal(symlink(real, path), 0);
	assert_fails(place_open(false, &folder, err), VAULT_FAILED, "symbolic link");
	assert_fails(listen_start(&agent_.listening, err), VAULT_FAILED, "symbolic link");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rename(real, path), 0);
}

/* ---- the client, against a server that turns in a thread ---- */

static void stop_turning(void *context, struct server *server)
{
	(void)context;
	server->ended = true;
}

static void *run(void *context)
{
	(void)context;
	return (void *)(intptr_t)server_run(&agent_.server, NULL);
}

static int start_thread(void **state)
{
	start(state);
	assert_int_equal(pipe(agent_.stop), 0);
	assert_done(server_watch(&agent_.server, agent_.stop[0], stop_turning, NULL, err));
	assert_int_equal(pthread_create(&agent_.thread, NULL, run, NULL), 0);
	return 0;
}

static int stop_thread(void **state)
{
	void *result = NULL;

	close(agent_.stop[1]);
	assert_int_equal(pthread_join(agent_.thread, &result), 0);
	assert_null(result);
	close(agent_.stop[0]);
	return stop(state);
}

static void a_client_gets_what_was_put(void **state)
{
	AGENT_AUTO *client = NULL;
	SECRET_AUTO *key = NULL, *got = NULL;
	struct agent_holding holding;
	struct agent_report report;
	const struct agent_limits limits = {.idle = 60, .cap = 120};
	unsigned count = 0;

	(void)state;
	assert_done(secret_copy(&key, "0123456789abcdef0123456789ABCDEF", VOLUME_KEY_BYTES, err));
	assert_done(agent_connect(&client, err));
	assert_int_equal(agent_get(client, uuid, &got, NULL), VAULT_NOT_FOUND);
	assert_done(agent_put(client, uuid, key, &limits, err));
	assert_done(agent_get(client, uuid, &got, err));
	assert_true(secret_equal(key, got));
	for (size_t i = VOLUME_KEY_BYTES; i < got->capacity; i++)
		assert_int_equal(got->bytes[i], 0);
	assert_done(agent_holding(client, uuid, &holding, err));
	assert_true(holding.held);
	assert_int_equal(holding.idle_left, 60);
	assert_int_equal(holding.cap_left, 120);
	assert_done(agent_report(client, &report, err));
	assert_int_equal(report.keys, 1);
	assert_true(report.properties & AGENT_MEMORY_LOCKED);
	assert_done(agent_lock(client, other, &count, err));
	assert_int_equal(count, 0);
	assert_done(agent_lock(client, NULL, &count, err));
	assert_int_equal(count, 1);
	assert_done(agent_holding(client, uuid, &holding, err));
	assert_false(holding.held);
}

static void a_client_finds_no_agent(void **state)
{
	AGENT_AUTO *client = NULL;

	(void)state;
	setenv("XDG_RUNTIME_DIR", "/nonexistent", 1);
	setenv("XDG_STATE_HOME", "/nonexistent", 1);
	assert_int_equal(agent_connect(&client, NULL), VAULT_NOT_FOUND);
}

static void a_client_does_not_wait_for_a_mute(void **state)
{
	AGENT_AUTO *client = NULL;
	struct timespec before, after;

	(void)state; /* nobody turns the server */
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_fails(agent_connect(&client, err), VAULT_FAILED, "does not answer");
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_in_range((after.tv_sec - before.tv_sec) * 1000 +
	                        (after.tv_nsec - before.tv_nsec) / 1000000,
	                900, 1900);
}

#define HAND_TURNED(test) cmocka_unit_test_setup_teardown(test, start, stop)
#define IN_A_THREAD(test) cmocka_unit_test_setup_teardown(test, start_thread, stop_thread)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HAND_TURNED(holds_and_locks),
		HAND_TURNED(a_second_key_takes_the_place_of_the_first),
		HAND_TURNED(a_full_ring_refuses),
		HAND_TURNED(idle_deadlines_hold),
		HAND_TURNED(caps_hold_though_it_is_used),
		HAND_TURNED(a_late_first_request_is_refused),
		HAND_TURNED(signals_lock),
		HAND_TURNED(terminating_wipes_and_ends),
		HAND_TURNED(a_silent_peer_is_dropped),
		HAND_TURNED(nonsense_is_dropped_at_once),
		HAND_TURNED(nothing_without_a_hello),
		HAND_TURNED(a_request_byte_by_byte),
		HAND_TURNED(the_oldest_makes_room),
		HAND_TURNED(an_unused_agent_ends),
		HAND_TURNED(there_is_one_agent),
		HAND_TURNED(a_socket_that_nobody_serves_is_replaced),
		HAND_TURNED(strange_folders_are_refused),
		HAND_TURNED(a_client_does_not_wait_for_a_mute),
		IN_A_THREAD(a_client_gets_what_was_put),
		cmocka_unit_test(a_client_finds_no_agent),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
