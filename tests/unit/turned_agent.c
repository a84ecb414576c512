#include "turned_agent.h"

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/message.h"
#include "base/place.h"

struct turned_agent turned;

const unsigned char uuid[16] = "a vault's number", other[16] = "another's number";

static int64_t test_time(void *context)
{
	return *(const int64_t *)context;
}

/* A client's socket, connected and greeted, without waiting for an answer: the server is turned by
 * hand. */
int raw_client(void)
{
	struct sockaddr_un address;
	int folder, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_done(place_open(false, &folder, err));
	place_address(folder, AGENT_SOCKET, &address);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(folder);
	return fd;
}

void turn(void)
{
	assert_done(server_turn(&turned.server, 0, err));
}

/* Sends a request and turns the server until it has been heard. */
struct message asked(int fd, const struct message *request)
{
	static unsigned char frame[MESSAGE_MAX];
	struct message answer = {0};
	size_t used;

	assert_int_equal(message_send(fd, request, NULL), 0);
	turn();
	turn(); /* a new client is accepted in one turn and heard in the next */
	ssize_t length = recv(fd, frame, sizeof(frame), MSG_DONTWAIT);
	if (length > 0)
		assert_int_equal(message_decode(frame, (size_t)length, &answer, &used), DECODED);
	return answer;
}

int greeted_client(void)
{
	const struct message hello = {.type = MESSAGE_HELLO, .lowest = 1, .highest = 1};
	int fd = raw_client();

	assert_int_equal(asked(fd, &hello).type, MESSAGE_WELCOME);
	return fd;
}

struct message request_for(enum message_type type, const unsigned char vault[16])
{
	static unsigned char key[VOLUME_KEY_BYTES];
	struct message message = {.type = type, .key = key};

	memcpy(message.uuid, vault, 16);
	memset(key, vault[0], sizeof(key));
	return message;
}

enum message_type ask(int fd, enum message_type type)
{
	const struct message request = request_for(type, uuid);

	return asked(fd, &request).type;
}

enum message_type ask_anew(enum message_type type)
{
	int fd = greeted_client();
	enum message_type answer = ask(fd, type);

	close(fd);
	turn();
	return answer;
}

void put(int fd, const unsigned char vault[16], uint32_t idle, uint32_t cap)
{
	struct message request = request_for(MESSAGE_PUT, vault);

	request.idle = idle;
	request.cap = cap;
	assert_int_equal(asked(fd, &request).type, MESSAGE_DONE);
}

bool wiped(void)
{
	static const unsigned char zeros[KEYRING_SLOTS * VOLUME_KEY_BYTES];

	return memcmp(turned.server.ring.memory.bytes, zeros, sizeof(zeros)) == 0;
}

int turned_start(void **state)
{
	const struct clock clock = {test_time, &turned.time, -1};

	(void)state;
	snprintf(turned.folder, sizeof(turned.folder), "/tmp/test-agent.XXXXXX");
	assert_non_null(mkdtemp(turned.folder));
	setenv("XDG_RUNTIME_DIR", turned.folder, 1);
	umask(077);
	turned.time = 1000000;
	assert_done(listen_start(&turned.listening, err));
	assert_done(server_start(&turned.server, &clock, &turned.listening, err));
	return 0;
}

int turned_stop(void **state)
{
	char path[96];

	(void)state;
	server_done(&turned.server);
	listen_end(&turned.listening);
	snprintf(path, sizeof(path), "%s/vault", turned.folder);
	assert_int_equal(rmdir(path), 0); /* the socket is gone */
	assert_int_equal(rmdir(turned.folder), 0);
	return 0;
}

bool dropped(int fd)
{
	char byte;
	ssize_t count = recv(fd, &byte, 1, MSG_DONTWAIT);

	return count == 0 || (count < 0 && errno == ECONNRESET);
}
