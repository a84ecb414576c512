/*
 * The parser's sandbox: what a process that has its input mapped and a pipe for its output still
 * may do, which is to compute. Stricter than base/confine.h, for it needs no program:
 *
 *      seccomp(2)   the system calls in the table in sandbox.c, and no other
 *      landlock(7)  no file at all, no connection, no signal to a process outside
 *
 * What is asked for beyond the table ends the process at once. Where it is built with a sanitizer
 * there is no sandbox (base/sanitized.h).
 */
#ifndef FORMAT_SANDBOX_H
#define FORMAT_SANDBOX_H

#include <stdbool.h>

/* Enters it, for ever. A wall that the kernel does not have is left out; *ret_seccomp and
 * *ret_landlock tell which are in force. For a process with one thread. */
void parser_sandbox(bool *ret_seccomp, bool *ret_landlock);

#endif
