#include <vault/agent.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent/message.h"
#include "base/cleanup.h"
#include "base/paths.h"
#include "base/place.h"
#include "base/process.h"

#define PATIENCE 1000 /* milliseconds for an answer; connecting and the first request share it */
#define START_PATIENCE 5000 /* milliseconds for a new agent to be ready */

struct agent {
	int fd;
	bool greeted;     /* it has welcomed us */
	int64_t deadline; /* of the present answer */
};

/* Not suspended time: who closes the laptop in this second waits for the rest of it afterwards. */
static int64_t monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int silent(struct error *err)
{
	return error_set(err, VAULT_FAILED, "the agent does not answer");
}

static int gone(struct error *err)
{
	return error_set(err, VAULT_FAILED, "the agent has closed the connection");
}

static int confused(struct error *err)
{
	return error_set(err, VAULT_FAILED,
	                 "what answers in the agent's place does not speak as it should");
}

static int wait_readable(const struct agent *agent, struct error *err)
{
	struct pollfd wait = {.fd = agent->fd, .events = POLLIN};
	int r;

	do {
		int64_t left = agent->deadline - monotonic();
		r = left > 0 ? poll(&wait, 1, (int)left) : 0;
	} while (r < 0 && errno == EINTR);
	return r > 0 ? 0 : silent(err);
}

static int refused(const struct message *answer, struct error *err)
{
	switch (answer->reason) {
	case REFUSED_VERSION:
		return error_set(err, VAULT_FAILED,
		                 "the agent that is running is of another version; end it, and it "
		                 "is started anew");
	case REFUSED_FULL:
		return error_set(err, VAULT_FAILED, "the agent holds as many keys as it can");
	}
	return confused(err);
}

static const struct message hello = {
	.type = MESSAGE_HELLO,
	.lowest = MESSAGE_VERSION_LOWEST,
	.highest = MESSAGE_VERSION_HIGHEST,
};

/* Takes the first answer, which is to the hello. */
static int take_welcome(struct agent *agent, const struct message *answer, struct error *err)
{
	if (answer->type == MESSAGE_REFUSED)
		return refused(answer, err);
	if (answer->type != MESSAGE_WELCOME || answer->version < hello.lowest ||
	    answer->version > hello.highest)
		return confused(err);
	agent->greeted = true;
	return 0;
}

/* Reads the answer, behind the welcome where that is still to come, into `frame`, which has room
 * for MESSAGE_MAX bytes. A message borrows its key from there. */
static int receive(struct agent *agent, unsigned char frame[MESSAGE_MAX],
                   struct message *ret_answer, struct error *err)
{
	size_t start = 0, length = 0, used;
	int r = 0;

	while (r == 0) {
		enum decoded decoded =
			message_decode(frame + start, length - start, ret_answer, &used);
		if (decoded == DECODED && agent->greeted)
			return start + used == length ? 0 : confused(err);
		if (decoded == DECODED) {
			r = take_welcome(agent, ret_answer, err);
			start += used;
			continue;
		}
		if (decoded == DECODED_MALFORMED || start + used > MESSAGE_MAX)
			return confused(err);
		r = wait_readable(agent, err);
		if (r < 0)
			return r;
		ssize_t count = recv(agent->fd, frame + length, MESSAGE_MAX - length, MSG_DONTWAIT);
		if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
			return gone(err);
		length += count > 0 ? (size_t)count : 0;
	}
	return r;
}

/* Asks; the answer is one of the two types. The first request goes together with the hello: one
 * version is spoken, so there is nothing in its answer to wait for. */
static int request(struct agent *agent, const struct message *message, enum message_type expected,
                   enum message_type otherwise, unsigned char frame[MESSAGE_MAX],
                   struct message *ret_answer, struct error *err)
{
	int r;

	if (agent->greeted)
		agent->deadline = monotonic() + PATIENCE;
	r = agent->greeted ? message_send(agent->fd, message, NULL)
	                   : message_send(agent->fd, &hello, message);
	if (r != 0)
		return gone(err);
	r = receive(agent, frame, ret_answer, err);
	if (r == 0 && ret_answer->type == MESSAGE_REFUSED)
		return refused(ret_answer, err);
	if (r == 0 && ret_answer->type != expected && ret_answer->type != otherwise)
		return confused(err);
	return r;
}

/* A full queue of waiting clients makes connect(2) wait: no longer than for an answer. */
static int connect_in(int folder, int *ret_fd, struct error *err)
{
	const struct timeval patience = {.tv_sec = PATIENCE / 1000};
	struct sockaddr_un address;
	CLOSE_AUTO int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot make a socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	place_address(folder, AGENT_SOCKET, &address);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			return VAULT_NOT_FOUND;
		if (errno == EAGAIN || errno == EINTR)
			return silent(err);
		return error_errno(err, VAULT_FAILED, errno, "cannot reach the agent");
	}
	if (!place_same_user(fd))
		return error_set(err, VAULT_FAILED,
		                 "somebody else answers in the agent's place: it is not asked");
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int agent_connect(struct agent **ret_agent, struct error *err)
{
	CLOSE_AUTO int folder = -1;
	AGENT_AUTO *agent = calloc(1, sizeof(*agent));
	int r;

	if (!agent)
		return error_set(err, VAULT_FAILED, "out of memory");
	agent->fd = -1;
	agent->deadline = monotonic() + PATIENCE;
	r = place_open(false, &folder, err);
	if (r == 0)
		r = connect_in(folder, &agent->fd, err);
	if (r != 0)
		return r;
	*ret_agent = agent;
	agent = NULL;
	return 0;
}

int agent_start(struct agent **ret_agent, struct error *err)
{
	/* Where its socket and the system's bus are. */
	static const char *const variables[] = {"HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME",
	                                        "DBUS_SYSTEM_BUS_ADDRESS", NULL};
	FREE_AUTO char *path = NULL;
	int r = agent_connect(ret_agent, err);

	if (r != VAULT_NOT_FOUND)
		return r;
	r = paths_program("vault-agent", VAULT_AGENT_FOLDER, &path, err);
	if (r != 0)
		return r < 0 ? r : -r;
	r = process_start(path, variables, -1, START_PATIENCE, err);
	if (r == 0)
		r = agent_connect(ret_agent, err);
	if (r == VAULT_NOT_FOUND)
		return error_set(err, VAULT_FAILED,
		                 "the agent could not be started: running '%s' "
		                 "in a terminal tells why",
		                 path);
	return r;
}

void agent_close(struct agent *agent)
{
	if (!agent)
		return;
	if (agent->fd >= 0)
		close(agent->fd);
	free(agent);
}

void agent_closep(struct agent **agent)
{
	agent_close(*agent);
	*agent = NULL;
}

static struct message about(enum message_type type, const unsigned char uuid[MESSAGE_UUID_BYTES])
{
	struct message message = {.type = type};

	memcpy(message.uuid, uuid, MESSAGE_UUID_BYTES);
	return message;
}

/* The frame is read into the secret itself, and the key moved to its beginning. */
int agent_get(struct agent *agent, const unsigned char uuid[16], struct secret **ret_key,
              struct error *err)
{
	const struct message get = about(MESSAGE_GET, uuid);
	SECRET_AUTO *key = NULL;
	struct message answer;
	int r = secret_new(&key, MESSAGE_MAX, err);

	if (r == 0)
		r = request(agent, &get, MESSAGE_KEY, MESSAGE_NOT_HELD, key->bytes, &answer, err);
	if (r < 0)
		return r;
	if (answer.type == MESSAGE_NOT_HELD)
		return VAULT_NOT_FOUND;
	memmove(key->bytes, answer.key, VOLUME_KEY_BYTES);
	secret_wipe(key->bytes + VOLUME_KEY_BYTES, MESSAGE_MAX - VOLUME_KEY_BYTES);
	key->length = VOLUME_KEY_BYTES;
	*ret_key = key;
	key = NULL;
	return 0;
}

int agent_put(struct agent *agent, const unsigned char uuid[16], const struct secret *key,
              const struct agent_limits *limits, struct error *err)
{
	struct message put = about(MESSAGE_PUT, uuid), answer;
	unsigned char frame[MESSAGE_MAX];

	if (key->length != VOLUME_KEY_BYTES)
		return error_set(err, VAULT_USAGE, "a volume key has %d bytes", VOLUME_KEY_BYTES);
	put.idle = limits ? limits->idle : 0;
	put.cap = limits ? limits->cap : 0;
	put.key = key->bytes;
	return request(agent, &put, MESSAGE_DONE, MESSAGE_DONE, frame, &answer, err);
}

int agent_lock(struct agent *agent, const unsigned char *uuid, unsigned *ret_count,
               struct error *err)
{
	const struct message one = uuid ? about(MESSAGE_LOCK, uuid) : (struct message){0},
			     all = {.type = MESSAGE_LOCK_ALL};
	unsigned char frame[MESSAGE_MAX];
	struct message answer;
	int r = request(agent, uuid ? &one : &all, MESSAGE_DONE, MESSAGE_DONE, frame, &answer, err);

	if (r == 0 && ret_count)
		*ret_count = answer.count;
	return r;
}

int agent_holding(struct agent *agent, const unsigned char uuid[16],
                  struct agent_holding *ret_holding, struct error *err)
{
	const struct message ask = about(MESSAGE_ASK, uuid);
	unsigned char frame[MESSAGE_MAX];
	struct message answer;
	int r = request(agent, &ask, MESSAGE_HELD, MESSAGE_NOT_HELD, frame, &answer, err);

	if (r == 0)
		*ret_holding = (struct agent_holding){
			.held = answer.type == MESSAGE_HELD,
			.idle_left = answer.idle,
			.cap_left = answer.cap,
		};
	return r;
}

int agent_report(struct agent *agent, struct agent_report *ret_report, struct error *err)
{
	const struct message report = {.type = MESSAGE_REPORT};
	unsigned char frame[MESSAGE_MAX];
	struct message answer;
	int r = request(agent, &report, MESSAGE_REPORTED, MESSAGE_REPORTED, frame, &answer, err);

	if (r == 0)
		*ret_report = (struct agent_report){
			.keys = answer.count,
			.properties = answer.properties,
		};
	return r;
}
