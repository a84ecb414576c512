#include <stdlib.h>

#include "clipboard/way.h"

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0];
}

void place_find(struct place *ret_place)
{
	*ret_place = (struct place){
		.wayland = is_set("WAYLAND_DISPLAY"),
		.x11 = is_set("DISPLAY"),
		.tmux = is_set("TMUX"),
		.screen = is_set("STY"),
		.ssh = is_set("SSH_TTY") || is_set("SSH_CONNECTION"),
	};
}
