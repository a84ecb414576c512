/*
 * An agent that the test turns by hand, with a clock that the test sets; its folder is a temporary
 * one. And clients that do not wait: the same thread has to turn the agent in between.
 */
#ifndef TURNED_AGENT_H
#define TURNED_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/listen.h"
#include "agent/message.h"
#include "agent/server.h"

extern struct turned_agent {
	char folder[64];
	int64_t time; /* of its clock, in milliseconds */
	struct listening listening;
	struct server server;
} turned;

extern const unsigned char uuid[16], other[16]; /* of two vaults */

/* For cmocka. The end tells whether the socket was removed. */
int turned_start(void **state);
int turned_stop(void **state);

void turn(void);

int raw_client(void);     /* connected */
int greeted_client(void); /* and greeted, which takes a turn */

/* Sends a request, turns, and gives the answer; its type is 0 when there was none. A key in it is
 * borrowed until the next call. */
struct message asked(int fd, const struct message *request);

/* A request of this type about a vault; its key is 32 times the first byte of the number. */
struct message request_for(enum message_type type, const unsigned char vault[16]);

enum message_type ask(int fd, enum message_type type); /* about `uuid` */

/* By a client of its own: one that was there before a leap in time is dropped. */
enum message_type ask_anew(enum message_type type);

void put(int fd, const unsigned char vault[16], uint32_t idle, uint32_t cap);

bool wiped(void);     /* is there nothing but zeros where keys are? */
bool dropped(int fd); /* has the agent closed the connection? */

#endif
