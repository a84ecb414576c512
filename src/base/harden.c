#include <vault/harden.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* What the user had. */
static struct {
	struct rlimit core;
	mode_t umask;
	struct sigaction pipe;
	char **environment; /* the strings are the process's own */
	size_t variables;
} before;

/* Descriptors 0 to 2 must be taken, or the vault itself could be opened as standard output. To one
 * that takes the place of a closed standard output nothing can be written: an answer that nobody
 * gets is no success. */
static void open_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int flags = fd == STDERR_FILENO ? O_WRONLY : O_RDONLY;

		/* The lowest free number is the one that is given. */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags) != fd)
			_exit(VAULT_FAILED);
	}
}

static void remember_environment(void)
{
	while (environ && environ[before.variables])
		before.variables++;
	before.environment = calloc(before.variables + 1, sizeof(char *));
	if (!before.environment)
		return; /* harden_exec tells, if it comes to that */
	for (size_t i = 0; i < before.variables; i++)
		before.environment[i] = environ[i];
}

/* Removes what could steer the libraries below: configuration and modules to load, places for
 * temporary files. */
static void scrub_environment(void)
{
	static const char *const prefixes[] = {"OPENSSL_", "SSL_",        "SQLITE_",  "SQLCIPHER_",
	                                       "TMPDIR=",  "GCONV_PATH=", "LOCPATH=", "NLSPATH="};
	char **kept = environ;

	for (char **variable = environ; variable && *variable; variable++) {
		bool steers = false;
		for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
			steers |= strncmp(*variable, prefixes[i], strlen(prefixes[i])) == 0;
		if (!steers)
			*kept++ = *variable;
	}
	if (kept)
		*kept = NULL;
}

/* The hard limit stays, or it could not be given back; without the privilege to be dumped there is
 * no core file under any limit. */
static void limit_core(void)
{
	if (getrlimit(RLIMIT_CORE, &before.core) != 0)
		_exit(VAULT_FAILED);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, before.core.rlim_max});
}

void harden_process(void)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	open_standard_descriptors();
	limit_core();
	/* No core dumps, and no other process of this user may look into this one's memory. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	before.umask = umask(077);
	remember_environment();
	scrub_environment();
	sigaction(SIGPIPE, &ignore, &before.pipe); /* a closed pipe is an error to report */
}

void harden_privileges(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static bool same_name(const char *a, const char *b)
{
	size_t length = strcspn(a, "=");

	return strncmp(a, b, length) == 0 && b[length] == '=';
}

/* The variables of the user, and `more`. Gives the array; its strings are borrowed. */
static char **environment_with(char *const *more)
{
	size_t count = 0, n = 0;

	while (more[count])
		count++;
	char **all = calloc(before.variables + count + 1, sizeof(*all));
	if (!all || !before.environment) {
		free(all);
		return NULL;
	}
	for (size_t i = 0; i < before.variables; i++) {
		bool replaced = false;
		for (size_t j = 0; j < count; j++)
			replaced |= same_name(more[j], before.environment[i]);
		if (!replaced)
			all[n++] = before.environment[i];
	}
	for (size_t j = 0; j < count; j++)
		all[n++] = more[j];
	return all;
}

int harden_exec(char *const *argv, char *const *variables, struct error *err)
{
	char **own = environ;
	FREE_AUTO char **all = environment_with(variables);
	struct rlimit core;
	struct sigaction pipe;
	int errnum;

	if (!all)
		return error_set(err, VAULT_FAILED, "out of memory");
	getrlimit(RLIMIT_CORE, &core);
	setrlimit(RLIMIT_CORE, &before.core);
	umask(before.umask);
	sigaction(SIGPIPE, &before.pipe, &pipe);
	environ = all; /* execvp looks for PATH in it. The kernel makes the program dumpable */
	execvp(argv[0], argv);
	errnum = errno;
	environ = own;
	sigaction(SIGPIPE, &pipe, NULL);
	umask(077);
	setrlimit(RLIMIT_CORE, &core);
	if (errnum == ENOENT || errnum == ENOTDIR)
		return error_set(err, VAULT_NO_PROGRAM, "there is no program '%s'", argv[0]);
	return error_errno(err, VAULT_CANNOT_RUN, errnum, "cannot run '%s'", argv[0]);
}
