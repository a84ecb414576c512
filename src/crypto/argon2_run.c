#include "crypto/argon2_run.h"

#include <pthread.h>
#include <sys/mman.h>

#include <vault/secret.h>

#define MIB ((size_t)1024 * 1024)
#define HUGE_PAGE (2 * MIB)
#define STACK_WIPED ((size_t)32 * 1024) /* libargon2 was seen to use 11 KiB */

/* The working memory: a mapping, and in it the part whose pages can all be huge. */
struct area {
	void *mapping;
	size_t mapped;
	uint8_t *memory;
	size_t size;
};

/* libargon2's allocation callbacks carry no context, so this says where the memory of this thread's
 * derivation is. */
static _Thread_local const struct area *current_area;

static int area_open(struct area *area, size_t size)
{
	uintptr_t start;

	area->size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	area->mapped =
		area->size + HUGE_PAGE; /* room to begin at a multiple of a huge page's size */
	area->mapping = mmap(NULL, area->mapped, PROT_READ | PROT_WRITE,
	                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area->mapping == MAP_FAILED)
		return -1;
	start = ((uintptr_t)area->mapping + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	area->memory = (uint8_t *)start;
	/* Both are advice: without huge pages it is slower, and a kernel that cannot leave memory
	 * out of core dumps leaves in what libargon2 wipes at the end. */
#ifdef MADV_HUGEPAGE
	(void)madvise(area->memory, area->size, MADV_HUGEPAGE);
#endif
#ifdef MADV_DONTDUMP
	(void)madvise(area->mapping, area->mapped, MADV_DONTDUMP);
#endif
	return 0;
}

static void area_close(struct area *area)
{
	munmap(area->mapping, area->mapped);
}

static int give_area(uint8_t **memory, size_t size)
{
	if (!current_area || size > current_area->size)
		return ARGON2_MEMORY_ALLOCATION_ERROR;
	*memory = current_area->memory;
	return ARGON2_OK;
}

/* The area is unmapped by who mapped it: libargon2 forgets to call this on some of its failures. */
static void take_area_back(uint8_t *memory, size_t size)
{
	(void)memory;
	(void)size;
}

static void *wipe_stack(void *together)
{
	secret_leave_nothing(STACK_WIPED);
	pthread_mutex_lock(together);
	pthread_mutex_unlock(together);
	return NULL;
}

/* libargon2 leaves on the stack of each lane the last block that it computed there; the result
 * follows from these. The C library keeps the stacks for the next threads; as many at the same time
 * get all of them. */
static void wipe_lanes(unsigned lanes)
{
	pthread_mutex_t together = PTHREAD_MUTEX_INITIALIZER;
	pthread_t threads[ARGON2_THREADS_WIPED];
	unsigned started = 0;

	pthread_mutex_lock(&together);
	while (started < lanes && started < ARGON2_THREADS_WIPED &&
	       pthread_create(&threads[started], NULL, wipe_stack, &together) == 0)
		started++;
	pthread_mutex_unlock(&together);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}

/* Not inlined, so that what libargon2 leaves on the stack lies below the caller's frame. */
static __attribute__((noinline)) int run(argon2_context *context, argon2_type type,
                                         const struct area *area)
{
	int r;

	context->allocate_cbk = give_area;
	context->free_cbk = take_area_back;
	current_area = area;
	r = argon2_ctx(context, type);
	current_area = NULL;
	return r;
}

int argon2_run(argon2_context *context, argon2_type type, struct error *err)
{
	struct area area;
	int r;

	if (area_open(&area, (size_t)context->m_cost * 1024) != 0)
		return error_set(err, VAULT_FAILED,
		                 "cannot get %lu MiB of memory for the key derivation",
		                 (unsigned long)context->m_cost / 1024);
	r = run(context, type, &area);
	if (context->threads > 1)
		wipe_lanes(context->threads);
	if (r != ARGON2_THREAD_FAIL) /* threads that did start may still be writing there */
		area_close(&area);
	/* Last: a function's first call may save registers with parts of the result in them. */
	secret_leave_nothing(STACK_WIPED);
	if (r == ARGON2_OK)
		return 0;
	return error_set(err, VAULT_FAILED, "the key derivation failed: %s",
	                 argon2_error_message(r));
}
