/*
 * Choosing one of many names at the terminal: with fzf(1) where it is installed, else on a screen
 * of our own. Either way nothing but names is shown or passed on.
 */
#ifndef CLI_CHOOSE_H
#define CLI_CHOOSE_H

#include <stddef.h>

#include <vault/error.h>

struct names {
	char **items;
	size_t count, capacity;
};

int names_add(struct names *names, const char *name, struct error *err); /* copies */
void names_done(struct names *names);
#define NAMES_AUTO __attribute__((cleanup(names_done))) struct names

/* Gives the number of the chosen one. VAULT_NOT_FOUND (> 0, no message): the person left without
 * choosing. Failures: VAULT_LOCKED when there is no terminal, or one that cannot move its cursor;
 * VAULT_INTERRUPTED for a signal. */
int choose(const struct names *names, size_t *ret_chosen, struct error *err);

/* The two ways; choose_fzf fails with VAULT_NO_PROGRAM or VAULT_CANNOT_RUN when there is no fzf. */
int choose_fzf(const struct names *names, size_t *ret_chosen, struct error *err);
int choose_screen(const struct names *names, size_t *ret_chosen, struct error *err);

#endif
