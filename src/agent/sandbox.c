#include "agent/sandbox.h"

#include "base/sanitized.h"

#ifdef __linux__

#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "base/landlock.h"
#include "base/seccomp.h"

/* ---- seccomp ---- */

#ifdef ARCHITECTURE

/* Not every architecture has all the names. C libraries differ in which of two calls they use. */
static struct sock_filter program[] = {
	LOAD(arch),
	IF_DIFFERENT(ARCHITECTURE, 1),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),

	/* Peers, and who they are. */
	ALLOW(accept4),
	ALLOW(accept),
	ALLOW(getsockopt),
	ALLOW(read),
	ALLOW(readv),
	ALLOW(recvfrom),
	ALLOW(recvmsg),
	ALLOW(write),
	ALLOW(writev),
	ALLOW(sendto),
	ALLOW(sendmsg),
	ALLOW(shutdown),
	ALLOW(close),
	ALLOW(fcntl),

	/* Waiting, and the time. */
	ALLOW(ppoll),
#ifdef SYS_poll
	ALLOW(poll),
#endif
	ALLOW(clock_gettime),
	ALLOW(clock_nanosleep),
	ALLOW(nanosleep),
	ALLOW(timerfd_settime),
	ALLOW(restart_syscall),

	/* Memory, never executable; what holds keys; randomness. */
	ALLOW_WITHOUT(mmap, 2, PROT_EXEC),
	ALLOW_WITHOUT(mprotect, 2, PROT_EXEC),
	ALLOW(munmap),
	ALLOW(mremap),
	ALLOW(madvise),
	ALLOW(brk),
	ALLOW(mlock),
	ALLOW(munlock),
#ifdef SYS_memfd_secret
	ALLOW(memfd_secret),
#endif
	ALLOW(ftruncate),
	ALLOW(getrandom),
	ALLOW(futex),

	/* Signals that it is sent, and the end. Which file may be removed, Landlock says. */
	ALLOW(rt_sigaction),
	ALLOW(rt_sigprocmask),
	ALLOW(rt_sigreturn),
	ALLOW(newfstatat),
	ALLOW(fstat),
	ALLOW(unlinkat),
#ifdef SYS_unlink
	ALLOW(unlink),
#endif
	ALLOW(exit),
	ALLOW(exit_group),

	/* Who it is. */
	ALLOW(getpid),
	ALLOW(getuid),
	ALLOW(geteuid),

	/* Time zones, translations, the number of processors, terminals: none here. */
	FAIL(openat),
#ifdef SYS_open
	FAIL(open),
#endif
	FAIL(ioctl),
	FAIL(sched_getaffinity),

	RETURN(SECCOMP_RET_KILL_PROCESS),
};

static bool enter_seccomp(void)
{
	return seccomp_enter(program, sizeof(program) / sizeof(program[0]));
}

#else

static bool enter_seccomp(void)
{
	return false;
}

#endif

void sandbox_enter(int folder, struct sandbox_state *ret_state)
{
	*ret_state = (struct sandbox_state){.sanitized = SANITIZED};
	if (SANITIZED)
		return;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* the condition of both */
	/* Without this rule a socket stays behind, which the next agent takes for what it is. */
	ret_state->landlock =
		landlock_enter(&(struct landlock_rule){folder, LANDLOCK_REMOVE_FILE}, 1);
	ret_state->seccomp = enter_seccomp();
}

#else

void sandbox_enter(int folder, struct sandbox_state *ret_state)
{
	(void)folder;
	*ret_state = (struct sandbox_state){.sanitized = SANITIZED};
}

#endif
