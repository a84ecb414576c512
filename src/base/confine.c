#include "base/confine.h"

#include <stddef.h>

const char *const process_confined_environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", NULL};

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/landlock.h"
#include "base/seccomp.h"

#define MEMORY ((rlim_t)1024 * 1024 * 1024) /* bytes */
#define SECONDS ((rlim_t)20)

#define X32_BIT 0x40000000 /* of a second set of numbers on x86-64 */

#ifdef ARCHITECTURE

/* A whole language of system calls, io_uring, would go round the others. */
static struct sock_filter program[] = {
	LOAD(arch),
	IF_DIFFERENT(ARCHITECTURE, 1),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
	IF_ANY_BIT(X32_BIT, 1),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	FAIL(socket),
	FAIL(connect),
#ifdef SYS_io_uring_setup
	FAIL(io_uring_setup),
#endif
	FAIL(ptrace),
	FAIL(process_vm_readv),
	FAIL(process_vm_writev),
	RETURN(SECCOMP_RET_ALLOW),
};

static void confine_calls(void)
{
	seccomp_enter(program, sizeof(program) / sizeof(program[0]));
}

#else

static void confine_calls(void)
{
}

#endif

void process_confine(void)
{
	static const char *const installed[] = {"/usr", "/lib", "/lib64", "/bin",
	                                        "/etc", "/opt", "/nix",   "/gnu"};
	const uint64_t reading = LANDLOCK_EXECUTE | LANDLOCK_READ_FILE | LANDLOCK_READ_FOLDER;
	struct landlock_rule rules[sizeof(installed) / sizeof(installed[0])];

	for (size_t i = 0; i < sizeof(installed) / sizeof(installed[0]); i++)
		rules[i] = (struct landlock_rule){open(installed[i], O_PATH | O_CLOEXEC), reading};
	(void)!chdir("/"); /* it always works; glibc wants to be asked */
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){0, 0});
	setrlimit(RLIMIT_AS, &(struct rlimit){MEMORY, MEMORY});
	setrlimit(RLIMIT_CPU, &(struct rlimit){SECONDS, SECONDS});
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	landlock_enter(rules, sizeof(rules) / sizeof(rules[0]));
	confine_calls();
}

#else

void process_confine(void)
{
}

#endif
