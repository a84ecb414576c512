/*
 * The clipboard: a process of its own, the program vault-clipboard, puts a secret there and takes
 * it away again after a while.
 *
 * At any time at most one secret of the vault's is on a clipboard: a second one replaces the first,
 * wherever that was.
 */
#ifndef VAULT_CLIPBOARD_H
#define VAULT_CLIPBOARD_H

#include <stdbool.h>

#include <vault/error.h>
#include <vault/secret.h>

enum clipboard_selections {
	CLIPBOARD_MAIN = 1 << 0,    /* what Ctrl-V pastes */
	CLIPBOARD_PRIMARY = 1 << 1, /* what the middle button pastes; X11, Wayland, terminals */
};

struct clipboard_request {
	unsigned selections; /* enum clipboard_selections */
	int clear_after; /* milliseconds, suspended time counted; 0: only clipboard_clear does */
	const char *to;  /* a way by its name, see vault(1); NULL: found out */
	const char *program; /* reads the value on its standard input; NULL: none is configured */
};

#define CLIPBOARD_WAY_MAX 32

struct clipboard_answer {
	char way[CLIPBOARD_WAY_MAX]; /* "x11", "tmux", … */
	unsigned selections;         /* that have it now */
	bool exact;     /* what somebody else copies in between is noticed, and left alone */
	bool reachable; /* clipboard_clear can reach the process */
};

/* Puts the secret on the clipboard and returns when it is there; the process that was started then
 * clears it, after the time, on clipboard_clear and on SIGTERM, SIGHUP or SIGINT. Failures:
 * VAULT_USAGE for an unknown way or a secret that is empty or longer than PASSWORD_MAX,
 * VAULT_FAILED when there is no clipboard, or none that works. */
int clipboard_put(const struct secret *secret, const struct clipboard_request *request,
                  struct clipboard_answer *ret_answer, struct error *err);

/* Clears what clipboard_put put there, and returns when it is gone. VAULT_NOT_FOUND (> 0): there
 * is nothing. */
int clipboard_clear(struct error *err);

#endif
