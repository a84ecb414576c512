#include <string.h>

#include "clipboard/way.h"

/* In the order they are tried. */
static const struct way *const ways[] = {
#ifdef HAVE_WAYLAND
	&way_wayland,
#endif
	&way_wl_copy,
#ifdef HAVE_XCB
	&way_x11,
#endif
	&way_xclip,   &way_xsel, &way_pbcopy, &way_tmux, &way_terminal,
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static const struct way *find(const char *name)
{
	for (size_t i = 0; i < WAYS; i++)
		if (strcmp(ways[i]->name, name) == 0)
			return ways[i];
	return NULL;
}

/* The first that works; what is told otherwise is why the first did not. */
static int try_all(struct copy *copy, const struct way **ret_way, struct error *err)
{
	struct error first = {0}, other = {0}, *why = &first;
	const unsigned wanted = copy->selections;

	for (size_t i = 0; i < WAYS; i++) {
		if (!ways[i]->suits(copy->place))
			continue;
		copy->selections = wanted;
		copy->exact = false;
		*ret_way = ways[i];
		if (ways[i]->put(ways[i], copy, why) == 0)
			return 0;
		why = &other;
	}
	if (why == &other)
		return error_set(err, VAULT_FAILED, "%s", first.message);
	return error_set(err, VAULT_FAILED,
	                 "there is no clipboard here: neither WAYLAND_DISPLAY nor DISPLAY is set, "
	                 "and this is neither tmux nor a connection by ssh; '--to terminal' asks "
	                 "the terminal to take it");
}

int ways_put(const struct clipboard_request *request, struct copy *copy, const struct way **ret_way,
             struct error *err)
{
	int r;

	if (request->to) {
		*ret_way = find(request->to);
		if (!*ret_way)
			return error_set(err, VAULT_USAGE, "there is no way '%s' to a clipboard",
			                 request->to);
	} else if (request->program) {
		program_configure(request->program);
		*ret_way = &way_program;
	} else {
		return try_all(copy, ret_way, err);
	}
	r = (*ret_way)->put(*ret_way, copy, err);
	return r > 0 ? error_set(err, VAULT_FAILED, "%s", err->message) : r;
}

bool suits_never(const struct place *place)
{
	(void)place;
	return false;
}
