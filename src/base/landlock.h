/*
 * Landlock (landlock(7)): a process of Linux gives up its rights to files, the network and other
 * processes, for itself and all that it starts.
 */
#ifndef BASE_LANDLOCK_H
#define BASE_LANDLOCK_H

#include <stddef.h>
#include <stdint.h>

#define LANDLOCK_EXECUTE (UINT64_C(1) << 0)
#define LANDLOCK_READ_FILE (UINT64_C(1) << 2)
#define LANDLOCK_READ_FOLDER (UINT64_C(1) << 3)
#define LANDLOCK_REMOVE_FILE (UINT64_C(1) << 5)

/* What stays allowed below a folder. */
struct landlock_rule {
	int folder; /* descriptor; -1: the rule does not count */
	uint64_t allowed;
};

/* Gives up everything that the kernel knows to forbid, but for the rules: every file, connecting
 * and listening by TCP, abstract sockets and signals to processes outside. For ever. no_new_privs
 * must be set (prctl(2)). Returns the ABI that is in force, from 1 on; 0: the kernel has none. */
int landlock_enter(const struct landlock_rule *rules, size_t count);

#endif
