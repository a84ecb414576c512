/*
 * libfaultmemory.so: memory that runs out, by LD_PRELOAD. A library of its own, because it must not
 * stand in front of a sanitizer's allocator.
 *
 *     FAULT_MEMORY        N:once|ever, the Nth allocation fails and, with `ever`, all later ones
 *     FAULT_MEMORY_STATE  a file of two 64-bit integers, mapped: allocations so far, failures so
 *                         far
 *
 * An allocation is a call of malloc(3) or its kin, or an mmap(2) of anonymous memory. SQLite's are
 * not among them, because they come out of few large mappings: exhaustion.c makes those fail one by
 * one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SYMBOL(name) __asm__(name) __attribute__((visibility("default"), used))

/* glibc's own, under the names that stay when the public ones are taken. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static struct {
	uint64_t *shared; /* NULL: nothing is counted yet */
	uint64_t at;
	bool ever;
} memory;

__attribute__((constructor)) static void start(void)
{
	const char *path = getenv("FAULT_MEMORY_STATE"), *at = getenv("FAULT_MEMORY");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *shared;

	if (fd < 0)
		return;
	shared = (void *)syscall(SYS_mmap, NULL, 2 * sizeof(uint64_t), PROT_READ | PROT_WRITE,
	                         MAP_SHARED, fd, 0L);
	close(fd);
	if (shared == MAP_FAILED)
		abort();
	if (at) {
		char *end;

		memory.at = strtoull(at, &end, 10);
		memory.ever = strcmp(end, ":ever") == 0;
	}
	memory.shared = shared;
}

static bool fails(void)
{
	uint64_t number;

	if (!memory.shared)
		return false;
	number = __atomic_add_fetch(&memory.shared[0], 1, __ATOMIC_SEQ_CST);
	if (memory.at == 0 || (memory.ever ? number < memory.at : number != memory.at))
		return false;
	__atomic_add_fetch(&memory.shared[1], 1, __ATOMIC_SEQ_CST);
	errno = ENOMEM;
	return true;
}

void *fault_malloc(size_t size) SYMBOL("malloc");
void *fault_malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *fault_calloc(size_t count, size_t size) SYMBOL("calloc");
void *fault_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *fault_realloc(void *p, size_t size) SYMBOL("realloc");
void *fault_realloc(void *p, size_t size)
{
	return fails() ? NULL : __libc_realloc(p, size);
}

void *fault_reallocarray(void *p, size_t count, size_t size) SYMBOL("reallocarray");
void *fault_reallocarray(void *p, size_t count, size_t size)
{
	size_t whole;

	if (__builtin_mul_overflow(count, size, &whole)) {
		errno = ENOMEM;
		return NULL;
	}
	return fails() ? NULL : __libc_realloc(p, whole);
}

void *fault_memalign(size_t alignment, size_t size) SYMBOL("memalign");
void *fault_memalign(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

void *fault_aligned_alloc(size_t alignment, size_t size) SYMBOL("aligned_alloc");
void *fault_aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

int fault_posix_memalign(void **ret_p, size_t alignment, size_t size) SYMBOL("posix_memalign");
int fault_posix_memalign(void **ret_p, size_t alignment, size_t size)
{
	void *p = fails() ? NULL : __libc_memalign(alignment, size);

	if (!p)
		return ENOMEM;
	*ret_p = p;
	return 0;
}

#define MMAP(function, symbol) \
	void *function(void *at, size_t length, int protection, int flags, int fd, off_t offset) \
		SYMBOL(symbol); \
	void *function(void *at, size_t length, int protection, int flags, int fd, off_t offset) \
	{ \
		if ((flags & MAP_ANONYMOUS) && fails()) \
			return MAP_FAILED; \
		return (void *)syscall(SYS_mmap, at, length, protection, flags, fd, offset); \
	}
MMAP(fault_mmap, "mmap")
MMAP(fault_mmap64, "mmap64")
