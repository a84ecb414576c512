/*
 * The parser's sandbox: what a process that has its input mapped and a pipe for its output still
 * may do, which is to compute. Stricter than base/confine.h, for it needs no program:
 *
 *      seccomp(2)   the system calls in the table in sandbox.c, and no other
 *      landlock(7)  no file at all, no connection, no signal to a process outside
 *
 * What is asked for beyond the table ends the process at once.
 */
#ifndef FORMAT_SANDBOX_H
#define FORMAT_SANDBOX_H

#include <stdbool.h>

/* Is this built with a sanitizer, whose run-time needs what is forbidden here? Then there is no
 * sandbox. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PARSER_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
	__has_feature(thread_sanitizer)
#define PARSER_SANITIZED true
#endif
#endif
#ifndef PARSER_SANITIZED
#define PARSER_SANITIZED false
#endif

/* Enters it, for ever. A wall that the kernel does not have is left out; *ret_seccomp and
 * *ret_landlock tell which are in force. For a process with one thread. */
void parser_sandbox(bool *ret_seccomp, bool *ret_landlock);

#endif
