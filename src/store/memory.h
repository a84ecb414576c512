/*
 * The memory of SQLite and libcrypto: wiped when freed, locked into RAM, kept out of core dumps.
 *
 * SQLCipher can wipe (cipher_memory_security), at 11 to 32 times the cost of a bulk load or a GROUP
 * BY, because it locks and unlocks each allocation by itself. This allocator takes memory in chunks
 * that are locked once, hands out power-of-two blocks from free lists, and wipes a block when it is
 * given back; chunks stay for the life of the process.
 */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Makes it the allocator of both, and starts libcrypto without what nobody here needs; before
 * anything else of SQLite is called. Idempotent. Returns an SQLite result code. */
int memory_install(void);

/* Sees to it that the next `size` bytes can be had without asking the system for memory; false when
 * they cannot. At most half a chunk. For code of others that does not survive running out. */
bool memory_reserve(size_t size);

/* Was there no memory for somebody since this was asked last? SQLCipher tells of it as of a page
 * that does not authenticate. */
bool memory_ran_out(void);

/* Locks all chunks again. SQLCipher locks and unlocks its own buffers (mlock, munlock), which works
 * on whole pages. */
void memory_lock_again(void);

/* Could every chunk so far be locked (mlock(2))? RLIMIT_MEMLOCK is the usual reason why not. */
bool memory_is_locked(void);

#endif
