/*
 * Words to write a seccomp(2) filter in: classic BPF over a struct seccomp_data. A condition that
 * does not hold skips as many instructions.
 *
 * Numbers of system calls mean something on one architecture only; where ARCHITECTURE is not
 * defined there is no filter. All of these are 64-bit and little-endian, which a look at an
 * argument relies on.
 */
#ifndef BASE_SECCOMP_H
#define BASE_SECCOMP_H

#ifdef __linux__

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#endif

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

/* It fails: who tries it can do without. Needs <errno.h>. */
#define FAIL(call) IF_EQUAL(SYS_##call, 1), RETURN(SECCOMP_RET_ERRNO | EACCES)

/* Puts a filter in force, for ever; no_new_privs must be set (prctl(2)). False where the kernel
 * does not know how. */
static inline bool seccomp_enter(struct sock_filter *program, size_t length)
{
	const struct sock_fprog whole = {(unsigned short)length, program};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole) == 0;
}

#endif

#endif
