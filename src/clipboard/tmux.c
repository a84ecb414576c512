/*
 * The paste buffers of tmux. Inside of ssh the terminal's clipboard gets the value too (tmux sends
 * OSC 52): it is there that people want to paste.
 */
#include <string.h>

#include "clipboard/mark.h"
#include "clipboard/programs.h"
#include "clipboard/way.h"

static struct mark mark;
static bool outside; /* the terminal's clipboard has it, too */

static int put(const struct way *way, struct copy *copy, struct error *err)
{
	/* Without a name: only such a buffer is what tmux pastes. */
	static const char *const load[] = {"tmux", "load-buffer", "-", NULL};
	static const char *const load_outside[] = {"tmux", "load-buffer", "-w", "-", NULL};

	(void)way;
	mark_make(&mark, copy->value);
	copy->selections = CLIPBOARD_MAIN;
	if (copy->place->ssh) {
		/* Before 3.2 tmux has no -w. */
		outside = programs_run(load_outside, copy->value, NULL, NULL) == 0;
		if (outside)
			return 0;
	}
	copy->exact = true;
	return programs_run(load, copy->value, NULL, err);
}

static void clear_if_ours(const char *name)
{
	const char *const save[] = {"tmux", "save-buffer", "-b", name, "-", NULL};
	const char *const delete[] = {"tmux", "delete-buffer", "-b", name, NULL};
	SECRET_AUTO *found = NULL;

	if (programs_run(save, NULL, &found, NULL) == 0 && mark_is(&mark, found))
		programs_run(delete, NULL, NULL, NULL);
}

/* What the terminal has by now cannot be asked for, and tmux sends it nothing empty: it gets a
 * blank, whatever it has. */
static void clear_outside(void)
{
	static const char *const blank[] = {"tmux", "set-buffer", "-w", "-b", "vault", " ", NULL};
	static const char *const gone[] = {"tmux", "delete-buffer", "-b", "vault", NULL};

	programs_run(blank, NULL, NULL, NULL);
	programs_run(gone, NULL, NULL, NULL);
}

static void clear(const struct way *way)
{
	static const char *const list[] = {"tmux", "list-buffers", "-F", "#{buffer_name}", NULL};
	SECRET_AUTO *names = NULL;

	(void)way;
	if (programs_run(list, NULL, &names, NULL) == 0) {
		char *name = (char *)names->bytes;
		for (char *end; (end = strchr(name, '\n')); name = end + 1) {
			*end = '\0';
			clear_if_ours(name);
		}
	}
	if (outside)
		clear_outside();
}

static bool suits(const struct place *place)
{
	return place->tmux;
}

const struct way way_tmux = {"tmux", NULL, suits, put, NULL, NULL, clear};
