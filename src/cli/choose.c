#include <stdlib.h>
#include <string.h>

#include "choose.h"
#include "prompt.h"

int names_add(struct names *names, const char *name, struct error *err)
{
	if (names->count == names->capacity) {
		size_t capacity = names->capacity ? 2 * names->capacity : 64;
		char **items = realloc(names->items, capacity * sizeof(*items));
		if (!items)
			return error_set(err, VAULT_FAILED, "out of memory");
		names->items = items;
		names->capacity = capacity;
	}
	names->items[names->count] = strdup(name);
	if (!names->items[names->count])
		return error_set(err, VAULT_FAILED, "out of memory");
	names->count++;
	return 0;
}

void names_done(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct names){0};
}

int choose(const struct names *names, size_t *ret_chosen, struct error *err)
{
	const char *terminal = getenv("TERM");
	int r;

	if (!prompt_available())
		return error_set(err, VAULT_LOCKED, "there is no terminal to choose at");
	if (!terminal || !terminal[0] || strcmp(terminal, "dumb") == 0)
		return error_set(err, VAULT_LOCKED,
		                 "this terminal cannot move its cursor (TERM=%s); 'vault find' "
		                 "lists names",
		                 terminal ? terminal : "");
	r = choose_fzf(names, ret_chosen, err);
	if (r == -VAULT_NO_PROGRAM || r == -VAULT_CANNOT_RUN)
		r = choose_screen(names, ret_chosen, err);
	return r;
}
