/* What the agent answers, whom it drops, where its socket may be; and the client. */
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
#include "agent/message.h"
#include "agent/server.h"
#include "base/place.h"
#include "turned_agent.h"

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
	assert_int_equal(turned.server.ring.count, 1);
	close(fd);
	turned.time += 99999;
	assert_int_equal(ask_anew(MESSAGE_ASK), MESSAGE_HELD);
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
	assert_int_equal(turned.server.ring.count, KEYRING_SLOTS);
	close(fd);
}

static void terminating_wipes_and_ends(void **state)
{
	int fd = greeted_client();

	(void)state;
	put(fd, uuid, 0, 0);
	raise(SIGTERM);
	turn();
	assert_true(wiped());
	assert_true(turned.server.ended);
	close(fd);
}

static void a_silent_peer_is_dropped(void **state)
{
	int silent = raw_client(), half = greeted_client();

	(void)state;
	turn();
	assert_int_equal(turned.server.peers.count, 2);
	turned.time += PEER_PATIENCE - 1;
	assert_int_equal(send(half, "\x11\0\0", 3, 0), 3); /* puts nothing off */
	turn();
	assert_false(dropped(silent));
	turned.time += 1;
	turn();
	assert_true(dropped(silent));
	assert_true(dropped(half));
	assert_int_equal(turned.server.peers.count, 0);
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
		turned.time++;
		fds[i] = greeted_client();
		assert_in_range(turned.server.peers.count, 1, PEERS_MAX);
	}
	for (int i = 0; i < PEERS_MAX + 8; i++) {
		assert_int_equal(dropped(fds[i]), i < 8);
		close(fds[i]);
	}
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
	close(turned.listening.fd); /* as if it had been killed */
	close(turned.listening.folder);
	turned.listening.fd = turned.listening.folder = -1;
	assert_done(listen_start(&next, err));
	snprintf(path, sizeof(path), "%s/vault/" AGENT_SOCKET, turned.folder);
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
	listen_end(&turned.listening);
	snprintf(path, sizeof(path), "%s/vault", turned.folder);
	snprintf(real, sizeof(real), "%s/real", turned.folder);
	assert_int_equal(chmod(path, 0750), 0);
	assert_fails(place_open(false, &folder, err), VAULT_FAILED, "not yours alone");
	assert_fails(listen_start(&turned.listening, err), VAULT_FAILED, "not yours alone");
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(rename(path, real), 0);
	assert_int_equal(symlink(real, path), 0);
	assert_fails(place_open(false, &folder, err), VAULT_FAILED, "symbolic link");
	assert_fails(listen_start(&turned.listening, err), VAULT_FAILED, "symbolic link");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rename(real, path), 0);
}

/* ---- the client, against a server that turns in a thread ---- */

static void stop_turning(void *context, struct server *server)
{
	(void)context;
	server->ended = true;
}

static pthread_t thread;
static int stop_pipe[2];

static void *run(void *context)
{
	(void)context;
	return (void *)(intptr_t)server_run(&turned.server, NULL);
}

static int start_thread(void **state)
{
	turned_start(state);
	assert_int_equal(pipe(stop_pipe), 0);
	assert_done(server_watch(&turned.server, stop_pipe[0], stop_turning, NULL, err));
	assert_int_equal(pthread_create(&thread, NULL, run, NULL), 0);
	return 0;
}

static int stop_thread(void **state)
{
	void *result = NULL;

	close(stop_pipe[1]);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_null(result);
	close(stop_pipe[0]);
	return turned_stop(state);
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
	struct agent_holding holding;
	struct timespec before, after;

	(void)state; /* nobody turns the server */
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_done(agent_connect(&client, err));
	assert_fails(agent_holding(client, uuid, &holding, err), VAULT_FAILED, "does not answer");
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_in_range((after.tv_sec - before.tv_sec) * 1000 +
	                        (after.tv_nsec - before.tv_nsec) / 1000000,
	                900, 1900);
}

#define HAND_TURNED(test) cmocka_unit_test_setup_teardown(test, turned_start, turned_stop)
#define IN_A_THREAD(test) cmocka_unit_test_setup_teardown(test, start_thread, stop_thread)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HAND_TURNED(holds_and_locks),
		HAND_TURNED(a_second_key_takes_the_place_of_the_first),
		HAND_TURNED(a_full_ring_refuses),
		HAND_TURNED(terminating_wipes_and_ends),
		HAND_TURNED(a_silent_peer_is_dropped),
		HAND_TURNED(nonsense_is_dropped_at_once),
		HAND_TURNED(nothing_without_a_hello),
		HAND_TURNED(a_request_byte_by_byte),
		HAND_TURNED(the_oldest_makes_room),
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
