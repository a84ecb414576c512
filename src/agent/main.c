/*
 * vault-agent: the program. Holds keys for a while, hands them to programs of the same user, and
 * forgets them in time. See docs/AGENT.md.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/agent.h>
#include <vault/error.h>
#include <vault/harden.h>

#include "agent/listen.h"
#include "agent/sandbox.h"
#include "agent/server.h"
#include "agent/watch.h"

static const char usage[] =
	"Usage: vault-agent\n"
	"\n"
	"Holds the keys of unlocked vaults, for a while, for programs of the same user.\n"
	"'vault unlock' starts it; vault-agent(1) tells the rest.\n"
	"\n"
	"  -h, --help     explain the program\n"
	"  -V, --version  tell the version\n";

/* Closing its standard output tells whoever started it that clients can come. */
static void tell_ready(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		close(null);
	}
}

static int serve(struct listening *listening, const struct clock *clock, struct watch *watch,
                 struct error *err)
{
	struct sandbox_state sandbox;
	struct server server;
	int r = server_start(&server, clock, listening, err);

	if (r == 0 && watch->fd >= 0)
		r = server_watch(&server, watch->fd, watch_hear, watch, err);
	if (r == 0) {
		tell_ready();
		sandbox_enter(listening->folder, &sandbox);
		server.properties |= (sandbox.seccomp ? AGENT_SECCOMP : 0) |
		                     (sandbox.landlock > 0 ? AGENT_LANDLOCK : 0);
		r = server_run(&server, err);
	}
	/* Nobody new: who comes from now on finds no agent, not one that does not answer. */
	listen_end(listening);
	server_done(&server);
	return r;
}

static int run(struct error *err)
{
	struct listening listening;
	struct watch watch;
	struct clock clock;
	int r = clock_start(&clock, err);

	if (r < 0)
		return r;
	/* First, so that the child has nothing of this process. It need not be there. */
	watch_start(&watch, NULL);
	r = listen_start(&listening, err);
	if (r == 0)
		r = serve(&listening, &clock, &watch, err);
	watch_end(&watch);
	clock_done(&clock);
	return r;
}

static bool is(const char *word, const char *letter, const char *name)
{
	return strcmp(word, letter) == 0 || strcmp(word, name) == 0;
}

int main(int argc, char **argv)
{
	struct error err = {0};
	int r;

	harden_process();
	harden_privileges();
	if (argc == 2 && is(argv[1], "-h", "--help"))
		return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
	if (argc == 2 && is(argv[1], "-V", "--version"))
		return puts("vault-agent " VAULT_VERSION) < 0 || fflush(stdout) != 0;
	if (argc > 1) {
		fputs("vault-agent: it takes no arguments; 'vault-agent --help' explains it\n",
		      stderr);
		return VAULT_USAGE;
	}
	r = run(&err);
	if (r != 0)
		fprintf(stderr, "vault-agent: %s\n", err.message);
	return abs(r);
}
