/*
 * The ways a value gets onto a clipboard, and off again. There is one clipboard in a process, so
 * what a way remembers between put and clear is its own file's.
 */
#ifndef CLIPBOARD_WAY_H
#define CLIPBOARD_WAY_H

#include <stdbool.h>

#include <vault/clipboard.h>

/* What kind of session this is, as its environment says. */
struct place {
	bool wayland, x11; /* WAYLAND_DISPLAY, DISPLAY */
	bool tmux, screen; /* TMUX, STY */
	bool ssh;          /* SSH_TTY, SSH_CONNECTION */
};
void place_find(struct place *ret_place);

#define PROGRAM_PATIENCE 5000 /* milliseconds for a program to take, give or clear the value */

struct program; /* see programs.c */

/* What is to be put there, and how that went. */
struct copy {
	const struct place *place;
	struct secret *value; /* a way that has to hold it takes it, and leaves NULL */
	unsigned selections;  /* that are to have it; afterwards, that have it */
	bool exact;           /* set where a way notices what somebody else copies in between */
	int terminal;         /* descriptor, or -1; taken likewise, -1 is left */
};

struct way {
	const char *name;
	const struct program *program; /* for the ways of programs.c */

	/* Is it to be tried in such a session? */
	bool (*suits)(const struct place *place);

	/* Puts the value there. VAULT_NOT_FOUND (> 0, message set): this way does not exist
	 * here. */
	int (*put)(const struct way *way, struct copy *copy, struct error *err);

	/* Where it hears from the clipboard: the descriptor to poll, and what to call when there
	 * is something. `ours` tells whether anything is left to clear. Both NULL: it does not. */
	int (*descriptor)(void);
	bool (*ours)(void);

	/* Clears what put put there and nobody replaced. */
	void (*clear)(const struct way *way);
};

extern const struct way way_wayland, way_x11, way_wl_copy, way_xclip, way_xsel, way_pbcopy,
	way_tmux, way_terminal, way_program;

/* The program that `way_program` runs; borrowed. */
void program_configure(const char *command);

/* Puts the value there in the way `request` names, else by its program, else in the first way that
 * suits the session and works. */
int ways_put(const struct clipboard_request *request, struct copy *copy, const struct way **ret_way,
             struct error *err);

/* For ways that are never tried unasked. */
bool suits_never(const struct place *place);

#endif
