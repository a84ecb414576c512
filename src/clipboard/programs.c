#include "clipboard/programs.h"

#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/run.h"
#include "clipboard/mark.h"
#include "clipboard/way.h"

#define ARGUMENTS_MAX 8

/* How one selection is written, read and cleared; an empty list: it cannot be. */
struct verbs {
	const char *put[ARGUMENTS_MAX], *get[ARGUMENTS_MAX], *clear[ARGUMENTS_MAX];
};

struct program {
	struct verbs main, primary;
	bool early; /* it returns before what it was told is done */
};

#define TRIES 50                                                            /* for such a one … */
static const struct timespec pause_between = {.tv_nsec = 20 * 1000 * 1000}; /* … a second */

static struct mark mark;
static unsigned held;

int programs_run(const char *const *arguments, const struct secret *input,
                 struct secret **ret_output, struct error *err)
{
	FREE_AUTO char *path = NULL;
	SECRET_AUTO *output = NULL;
	int status, r = run_find(arguments[0], &path, err);

	if (r == 0 && ret_output)
		r = secret_new(&output, PASSWORD_MAX, err);
	if (r != 0)
		return r;
	struct run run = {.path = path,
	                  .arguments = arguments,
	                  .input = input,
	                  .output = output,
	                  .milliseconds = PROGRAM_PATIENCE};
	r = run_program(&run, &status, err);
	if (r == 0 && status != 0)
		r = error_set(err, VAULT_FAILED, "'%s' failed (exit status %d)", path, status);
	if (r == 0 && ret_output) {
		*ret_output = output;
		output = NULL;
	}
	return r;
}

static bool is_there(const struct verbs *verbs)
{
	SECRET_AUTO *found = NULL;

	return programs_run(verbs->get, NULL, &found, NULL) == 0 && mark_is(&mark, found);
}

/* Waits until the value is there, or is not; a program that does what it is told at once is not
 * asked. */
static bool settles(const struct program *program, const struct verbs *verbs, bool there)
{
	for (int i = 0; program->early && is_there(verbs) != there; i++) {
		if (i == TRIES)
			return false;
		nanosleep(&pause_between, NULL);
	}
	return true;
}

static int put_one(const struct program *program, const struct verbs *verbs,
                   const struct secret *value, struct error *err)
{
	int r = programs_run(verbs->put, value, NULL, err);

	if (r == 0 && !settles(program, verbs, true))
		r = error_set(err, VAULT_FAILED, "'%s' does not keep what it gets", verbs->put[0]);
	return r;
}

/* Only if it is still there. Between looking and clearing somebody may copy something: there is no
 * way to close that gap with these programs. */
static void clear_one(const struct program *program, const struct verbs *verbs)
{
	if (is_there(verbs) && programs_run(verbs->clear, NULL, NULL, NULL) == 0)
		settles(program, verbs, false);
}

static void clear(const struct way *way)
{
	if (held & CLIPBOARD_MAIN)
		clear_one(way->program, &way->program->main);
	if (held & CLIPBOARD_PRIMARY)
		clear_one(way->program, &way->program->primary);
}

static int put(const struct way *way, struct copy *copy, struct error *err)
{
	const struct program *program = way->program;
	int r = 0;

	if (!program->primary.put[0])
		copy->selections &= ~(unsigned)CLIPBOARD_PRIMARY;
	if (copy->selections == 0)
		return error_set(err, VAULT_FAILED, "'%s' has no primary selection", way->name);
	mark_make(&mark, copy->value);
	held = copy->selections;
	copy->exact = true;
	if (held & CLIPBOARD_MAIN)
		r = put_one(program, &program->main, copy->value, err);
	if (r == 0 && held & CLIPBOARD_PRIMARY)
		r = put_one(program, &program->primary, copy->value, err);
	if (r < 0)
		clear(way);
	return r;
}

static bool on_wayland(const struct place *place)
{
	return place->wayland;
}

static bool on_x11(const struct place *place)
{
	return place->x11 && !place->wayland;
}

static bool on_macos(const struct place *place)
{
#ifdef __APPLE__
	return !place->ssh;
#else
	(void)place;
	return false;
#endif
}

static const struct program wl_copy = {
	.main = {{"wl-copy", "--type", "text/plain"},
                 {"wl-paste", "--no-newline"},
                 {"wl-copy", "--clear"}},
	.primary = {{"wl-copy", "--primary", "--type", "text/plain"},
                    {"wl-paste", "--primary", "--no-newline"},
                    {"wl-copy", "--primary", "--clear"}},
};
const struct way way_wl_copy = {"wl-copy", &wl_copy, on_wayland, put, NULL, NULL, clear};

static const struct program xclip = {
	.main = {{"xclip", "-selection", "clipboard"},
                 {"xclip", "-selection", "clipboard", "-out"},
                 {"xclip", "-selection", "clipboard", "/dev/null"}},
	.primary = {{"xclip", "-selection", "primary"},
                    {"xclip", "-selection", "primary", "-out"},
                    {"xclip", "-selection", "primary", "/dev/null"}},
	.early = true,
};
const struct way way_xclip = {"xclip", &xclip, on_x11, put, NULL, NULL, clear};

static const struct program xsel = {
	.main = {{"xsel", "--clipboard", "--input"},
                 {"xsel", "--clipboard", "--output"},
                 {"xsel", "--clipboard", "--clear"}},
	.primary = {{"xsel", "--primary", "--input"},
                    {"xsel", "--primary", "--output"},
                    {"xsel", "--primary", "--clear"}},
	.early = true,
};
const struct way way_xsel = {"xsel", &xsel, on_x11, put, NULL, NULL, clear};

static const struct program pbcopy = {.main = {{"pbcopy"}, {"pbpaste"}, {"pbcopy"}}};
const struct way way_pbcopy = {"pbcopy", &pbcopy, on_macos, put, NULL, NULL, clear};

/* The program that the configuration names: it gets the value, or nothing at all, which clears.
 * What it put somewhere cannot be looked at. */
static const char *configured[2];

void program_configure(const char *command)
{
	configured[0] = command;
}

static int put_configured(const struct way *way, struct copy *copy, struct error *err)
{
	(void)way;
	copy->selections = CLIPBOARD_MAIN;
	return programs_run(configured, copy->value, NULL, err);
}

static void clear_configured(const struct way *way)
{
	(void)way;
	programs_run(configured, NULL, NULL, NULL);
}

const struct way way_program = {
	"program", NULL, suits_never, put_configured, NULL, NULL, clear_configured,
};
