#include <stdlib.h>

#include "clipboard/way.h"

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0];
}

void place_find(struct place *ret_place)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");

	/* A program that keeps what it is given in a temporary file, such as wl-copy, had better
	 * keep it where nobody else looks and no disk is. */
	if (folder && folder[0] == '/')
		setenv("TMPDIR", folder, 1);
	*ret_place = (struct place){
		.wayland = is_set("WAYLAND_DISPLAY"),
		.x11 = is_set("DISPLAY"),
		.tmux = is_set("TMUX"),
		.screen = is_set("STY"),
		.ssh = is_set("SSH_TTY") || is_set("SSH_CONNECTION"),
	};
}
