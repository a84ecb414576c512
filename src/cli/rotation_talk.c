/* Going through a change with who is at the terminal. */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "clipboard.h"
#include "prompt.h"
#include "report.h"
#include "results.h"
#include "rotation.h"

static void say_choices(const struct rotation *rotation)
{
	prompt_say("  n  copy the new password      o  copy the old one\n");
	if (rotation->address)
		prompt_say("  p  open the page\n");
	prompt_say("  d  done: the service has taken it\n"
	           "  a  abort: drop the new one   Enter alone: later\n");
}

static int copy(struct session *session, const struct secret *password, struct error *err)
{
	const struct clipboard_options how = {.clear_after = -1};

	return password ? clipboard_copy(session, password, &how, NULL, err) : 0;
}

/* Returns 1 while there is more to talk about. */
static int act(struct session *session, const struct rotation *rotation, const char *answer,
               struct error *err)
{
	const struct rotation_options options = {0};
	const char *name = rotation->entry->name;
	int r = 0;

	switch (answer[0] && !answer[1] ? answer[0] : '?') {
	case 'n':
		r = copy(session, rotate_pending(rotation->entry), err);
		break;
	case 'o':
		r = copy(session, rotation->entry->password, err);
		break;
	case 'p':
		r = rotation_open(rotation, err);
		break;
	case 'd':
		return rotation_finish(session, name, &options, true, err);
	case 'a':
		return rotation_drop(session, name, err);
	default:
		say_choices(rotation);
	}
	/* No clipboard, no browser: the rest can still be done. */
	if (r != 0)
		prompt_say("%s\n", err->message);
	*err = (struct error){0};
	return 1;
}

int rotation_talk(struct session *session, const struct rotation *rotation, struct error *err)
{
	char name[RESULT_NAME_SIZE];
	int r = 1;

	if (rotation->address)
		prompt_say("Change the password at %s\n", rotation->address);
	say_choices(rotation);
	while (r == 1) {
		FREE_AUTO char *answer = NULL;

		r = prompt_line(rotation->address ? "n, o, p, d, a? " : "n, o, d, a? ", &answer,
		                err);
		if (r > 0 || (r == 0 && !*answer)) {
			report_note("Both passwords are kept. Go on with: vault rotate %s",
			            result_shell_name(rotation->entry->name, name));
			return 0;
		}
		if (r == 0)
			r = act(session, rotation, answer, err);
	}
	return r;
}
