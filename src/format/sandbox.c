#include "format/sandbox.h"

#include "base/sanitized.h"

#ifdef __linux__

#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "base/landlock.h"
#include "base/seccomp.h"

#ifdef ARCHITECTURE

static struct sock_filter program[] = {
	LOAD(arch),
	IF_DIFFERENT(ARCHITECTURE, 1),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),

	/* The output, and how long it takes. */
	ALLOW(write),
	ALLOW(ppoll),
#ifdef SYS_poll
	ALLOW(poll),
#endif
	ALLOW(close),
	ALLOW(clock_gettime),

	/* Memory, never executable: what libraries and a key derivation need. */
	ALLOW_WITHOUT(mmap, 2, PROT_EXEC),
	ALLOW_WITHOUT(mprotect, 2, PROT_EXEC),
	ALLOW(munmap),
	ALLOW(mremap),
	ALLOW(madvise),
	ALLOW(brk),
	ALLOW(mlock),
	ALLOW(munlock),
	ALLOW(getrandom),
	ALLOW(futex),
	ALLOW(sysinfo), /* qsort asks how much there is */

	/* Who it is, and the end. */
	ALLOW(getpid),
	ALLOW(rt_sigprocmask),
	ALLOW(rt_sigreturn),
	ALLOW(exit),
	ALLOW(exit_group),

	/* What a library may try unasked. */
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

void parser_sandbox(bool *ret_seccomp, bool *ret_landlock)
{
	*ret_seccomp = *ret_landlock = false;
	if (SANITIZED)
		return;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* the condition of both */
	*ret_landlock = landlock_enter(NULL, 0) > 0;
	*ret_seccomp = enter_seccomp();
}

#else

void parser_sandbox(bool *ret_seccomp, bool *ret_landlock)
{
	*ret_seccomp = *ret_landlock = false;
}

#endif
