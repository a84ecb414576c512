#include "agent/peers.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/clock.h"

int peers_start(struct peers *peers, struct error *err)
{
	*peers = (struct peers){0};
	int r = secret_new(&peers->memory, sizeof(unsigned char[PEERS_MAX][MESSAGE_MAX]), err);

	for (size_t i = 0; i < PEERS_MAX && r == 0; i++) {
		peers->peer[i].fd = -1;
		peers->peer[i].input = peers->memory->bytes + i * MESSAGE_MAX;
	}
	return r;
}

void peers_done(struct peers *peers)
{
	for (size_t i = 0; i < PEERS_MAX && peers->memory; i++)
		peers_drop(peers, &peers->peer[i]);
	secret_free(peers->memory);
	*peers = (struct peers){0};
}

void peers_drop(struct peers *peers, struct peer *peer)
{
	if (peer->fd < 0)
		return;
	close(peer->fd);
	peer_consume(peer, peer->length);
	*peer = (struct peer){.fd = -1, .input = peer->input};
	peers->count--;
}

void peers_add(struct peers *peers, int fd, int64_t now)
{
	struct peer *chosen = &peers->peer[0];

	for (struct peer *peer = peers->peer; peer < peers->peer + PEERS_MAX; peer++) {
		if (peer->fd < 0) {
			chosen = peer;
			break;
		}
		if (peer->since < chosen->since)
			chosen = peer;
	}
	peers_drop(peers, chosen);
	chosen->fd = fd;
	chosen->since = now;
	peers->count++;
}

void peers_expire(struct peers *peers, int64_t now)
{
	for (struct peer *peer = peers->peer; peer < peers->peer + PEERS_MAX; peer++)
		if (peer->fd >= 0 && now - peer->since >= PEER_PATIENCE)
			peers_drop(peers, peer);
}

int64_t peers_deadline(const struct peers *peers)
{
	int64_t next = CLOCK_NEVER;

	for (const struct peer *peer = peers->peer; peer < peers->peer + PEERS_MAX; peer++)
		if (peer->fd >= 0 && peer->since + PEER_PATIENCE < next)
			next = peer->since + PEER_PATIENCE;
	return next;
}

bool peer_read(struct peer *peer)
{
	ssize_t count = recv(peer->fd, peer->input + peer->length, MESSAGE_MAX - peer->length,
	                     MSG_DONTWAIT);

	if (count < 0)
		return errno == EAGAIN || errno == EINTR;
	peer->length += (size_t)count;
	return count > 0;
}

void peer_consume(struct peer *peer, size_t length)
{
	memmove(peer->input, peer->input + length, peer->length - length);
	secret_wipe(peer->input + peer->length - length, length);
	peer->length -= length;
}
