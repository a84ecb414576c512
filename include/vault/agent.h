/*
 * The agent: a process of the same user that holds the volume keys of unlocked vaults for a while,
 * so that the master password is asked for once and not at every command.
 *
 * A key comes back to programs of the same user only, while its deadlines last. Without an agent
 * everything works as well: there is one way to the data, by the volume key, with or without it.
 */
#ifndef VAULT_AGENT_H
#define VAULT_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/secret.h>

struct agent; /* a connection; belongs to one thread */

/* When a key is forgotten. Seconds, suspended time counted; 0 means the agent's default. */
struct agent_limits {
	uint32_t idle; /* after the last use; 600 */
	uint32_t cap;  /* after the unlocking, used or not; 28800 */
};

/* Connects to the running agent. VAULT_NOT_FOUND (> 0, no message): none is running. Whether it
 * answers shows with the first request. Connecting and that take a second at most; then each
 * request. */
int agent_connect(struct agent **ret_agent, struct error *err);

/* The same, and starts one when none is running. */
int agent_start(struct agent **ret_agent, struct error *err);

void agent_close(struct agent *agent); /* NULL is fine */
void agent_closep(struct agent **agent);
#define AGENT_AUTO __attribute__((cleanup(agent_closep))) struct agent

/* Gives the key (VOLUME_KEY_BYTES bytes) of the vault `uuid`. VAULT_NOT_FOUND (> 0, no message): it
 * is not held. Counts as a use. */
int agent_get(struct agent *agent, const unsigned char uuid[16], struct secret **ret_key,
              struct error *err);

/* Hands over a copy of the key; replaces one that is held, deadlines too. */
int agent_put(struct agent *agent, const unsigned char uuid[16], const struct secret *key,
              const struct agent_limits *limits, struct error *err);

/* Wipes the key of that vault, or all with NULL. *ret_count (may be NULL) tells how many. */
int agent_lock(struct agent *agent, const unsigned char *uuid, unsigned *ret_count,
               struct error *err);

/* What is held of one vault. */
struct agent_holding {
	bool held;
	uint32_t idle_left, cap_left; /* seconds until each deadline */
};
/* No use of the key. */
int agent_holding(struct agent *agent, const unsigned char uuid[16],
                  struct agent_holding *ret_holding, struct error *err);

/* What protects the keys in the running agent, as it says itself. */
enum agent_property {
	AGENT_MEMORY_HIDDEN = 1 << 0, /* memfd_secret(2): not even the kernel maps them */
	AGENT_MEMORY_LOCKED = 1 << 1, /* cannot be swapped out */
	AGENT_SECCOMP = 1 << 2,       /* it can make only the system calls it needs */
	AGENT_LANDLOCK = 1 << 3,      /* it can open no file */
	AGENT_LOGIND = 1 << 4,        /* it hears of suspend and of the locked screen */
};

struct agent_report {
	unsigned keys; /* how many it holds */
	unsigned properties;
};
int agent_report(struct agent *agent, struct agent_report *ret_report, struct error *err);

#endif
