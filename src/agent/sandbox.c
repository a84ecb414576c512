#include "agent/sandbox.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
	__has_feature(thread_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

#ifdef __linux__

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

/* ---- seccomp ---- */

/* Numbers of system calls mean something on one architecture only. All of these are 64-bit and
 * little-endian, which the look at an argument below relies on. */
#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#endif

#ifdef ARCHITECTURE

/* The words of the program: classic BPF over a struct seccomp_data. A condition that does not hold
 * skips as many instructions. */
#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define IF_EQUAL(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define IF_DIFFERENT(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (skip), 0)
#define IF_ANY_BIT(bits, skip) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, (skip))

#define ALLOW(call) IF_EQUAL(SYS_##call, 1), RETURN(SECCOMP_RET_ALLOW)

/* Unless the argument, counted from 0, has one of the bits. */
#define ALLOW_WITHOUT(call, argument, bits) \
	IF_EQUAL(SYS_##call, 4), LOAD(args[argument]), IF_ANY_BIT(bits, 1), \
		RETURN(SECCOMP_RET_KILL_PROCESS), RETURN(SECCOMP_RET_ALLOW)

/* It fails: a library may try it unasked, and can do without. */
#define FAIL(call) IF_EQUAL(SYS_##call, 1), RETURN(SECCOMP_RET_ERRNO | EACCES)

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
	const struct sock_fprog whole = {sizeof(program) / sizeof(program[0]), program};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole) == 0;
}

#else

static bool enter_seccomp(void)
{
	return false;
}

#endif

/* ---- Landlock ---- */

/* linux/landlock.h of an older system lacks what came later; a kernel takes a longer struct whose
 * additions it does not know when they are zero. */
struct ruleset {
	uint64_t files;   /* each since ABI 1 */
	uint64_t network; /* 4 */
	uint64_t scopes;  /* 6 */
};

#define FILES_ABI_1 ((UINT64_C(1) << 13) - 1) /* execute … make a symbolic link */
#define FILES_REFER (UINT64_C(1) << 13)       /* 2: move or link between folders */
#define FILES_TRUNCATE (UINT64_C(1) << 14)    /* 3 */
#define FILES_IOCTL (UINT64_C(1) << 15)       /* 5: of devices */
#define NETWORK_TCP UINT64_C(3)               /* bind and connect */
#define SCOPES UINT64_C(3)                    /* abstract sockets, signals */

#ifndef SYS_landlock_create_ruleset /* one number on every architecture */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* Everything that this ABI can forbid. */
static struct ruleset all_of(int abi)
{
	return (struct ruleset){
		.files = FILES_ABI_1 | (abi >= 2 ? FILES_REFER : 0) |
	                 (abi >= 3 ? FILES_TRUNCATE : 0) | (abi >= 5 ? FILES_IOCTL : 0),
		.network = abi >= 4 ? NETWORK_TCP : 0,
		.scopes = abi >= 6 ? SCOPES : 0,
	};
}

static int enter_landlock(int folder)
{
	const struct landlock_path_beneath_attr removing = {LANDLOCK_ACCESS_FS_REMOVE_FILE, folder};
	int abi =
		(int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	const struct ruleset forbidden = all_of(abi);
	CLOSE_AUTO int rules = -1;

	if (abi < 1)
		return 0;
	rules = (int)syscall(SYS_landlock_create_ruleset, &forbidden, sizeof(forbidden), 0);
	if (rules < 0)
		return 0;
	/* Without this rule a socket stays behind, which the next agent takes for what it is. */
	if (folder >= 0)
		syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &removing, 0);
	return syscall(SYS_landlock_restrict_self, rules, 0) == 0 ? abi : 0;
}

void sandbox_enter(int folder, struct sandbox_state *ret_state)
{
	*ret_state = (struct sandbox_state){.sanitized = SANITIZED};
	if (SANITIZED)
		return;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* the condition of both */
	ret_state->landlock = enter_landlock(folder);
	ret_state->seccomp = enter_seccomp();
}

#else

void sandbox_enter(int folder, struct sandbox_state *ret_state)
{
	(void)folder;
	*ret_state = (struct sandbox_state){.sanitized = SANITIZED};
}

#endif
