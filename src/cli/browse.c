#include <stdlib.h>

#include <vault/harden.h>

#include "browse.h"
#include "launch.h"
#include "report.h"

#ifdef __APPLE__
#define OPENER "open"
#else
#define OPENER "xdg-open"
#endif

static int start(const struct url *url, struct error *err)
{
	char *const argv[] = {(char[]){OPENER}, url->text, NULL}, *const none[] = {NULL};
	const struct launch opener = {
		.argv = argv,
		.variables = none,
		.input = -1,
		.output = -1,
		.detached = true,
	};
	pid_t child;

	return launch(&opener, &child, err);
}

/* A program on this side of a connection by ssh could show nothing. */
static bool has_display(void)
{
#ifdef __APPLE__
	return true;
#else
	const char *x11 = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");

	return (x11 && x11[0]) || (wayland && wayland[0]);
#endif
}

int browse(const struct url *url, struct error *err)
{
	int r;

	if (!has_display())
		return error_set(err, VAULT_FAILED,
		                 "there is no display to open an address on; --print prints it");
	r = start(url, err);
	/* What is started from here on gets no privileges, as with every other command. */
	harden_privileges();
	if (r == -VAULT_NO_PROGRAM)
		return error_set(err, VAULT_NO_PROGRAM,
		                 "there is no program '" OPENER "'; --print prints the address");
	if (r < 0)
		return r;
	report_note("Opening %s%s.", url->host,
	            url->credentials ? ", without the user or password in its address" : "");
	return 0;
}
