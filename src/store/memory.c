#include "store/memory.h"

#include <pthread.h>
#include <sqlcipher/sqlite3.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#ifdef HAVE_LIBCRYPTO
#include <openssl/crypto.h>
#endif

#include <vault/secret.h>

#include "store/libcrypto.h"

/*
 * A block is HEAD bytes that hold its class, then what SQLite got. Classes are the powers of two
 * from 2^5 to 2^MAX_SHIFT, with a step half-way between (2^n and 3·2^(n-1)), which keeps the waste
 * for SQLite's 4.3 KiB page buffers low. A larger request is a mapping of its own.
 */
enum {
	HEAD = 16,
	MIN_SHIFT = 5,
	MAX_SHIFT = 17,
	CLASSES = 2 * (MAX_SHIFT - MIN_SHIFT) + 1,
	FIRST_CHUNK = 512 * 1024, /* what a `get` needs; later chunks are CHUNK */
	CHUNK = 1024 * 1024,
};

struct block {
	size_t size; /* whole block, HEAD included */
	struct block *next;
};

/* At the start of each mapping, so that all of them can be locked again. */
struct chunk {
	size_t size;
	struct chunk *next;
};

static struct {
	pthread_mutex_t mutex;
	struct block *free[CLASSES];
	struct chunk *chunks;
	unsigned char *unused; /* the rest of the newest chunk */
	size_t left;
	bool unlocked, installed;
	bool refused; /* somebody, since memory_ran_out was asked */
} memory = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static size_t class_size(unsigned class)
{
	size_t power = (size_t)1 << (MIN_SHIFT + class / 2);

	return class % 2 ? power + power / 2 : power;
}

static unsigned class_of(size_t size)
{
	unsigned class = 0;

	if (size > (size_t)1 << MIN_SHIFT)
		class = 2 * (unsigned)(63 - __builtin_clzll(size) - MIN_SHIFT);
	while (class_size(class) < size)
		class ++;
	return class;
}

/* The first chunk is wanted whole: locking it faults its pages in with one system call instead of
 * one fault each. Of later ones pages are locked as they are touched, and the unused rest costs
 * nothing. */
static void lock(void *p, size_t size)
{
	if (mlock2(p, size, size == FIRST_CHUNK ? 0 : MLOCK_ONFAULT) < 0)
		memory.unlocked = true;
}

/* NULL when there is no memory. */
static void *map_locked(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	madvise(p, size, MADV_DONTDUMP);
	lock(p, size);
	return p;
}

/* What is left of the chunk before is given up: less than one block of 2^MAX_SHIFT. */
static bool new_chunk(void)
{
	size_t size = memory.chunks ? CHUNK : FIRST_CHUNK;
	struct chunk *chunk = map_locked(size);

	if (!chunk)
		return false;
	*chunk = (struct chunk){size, memory.chunks};
	memory.chunks = chunk;
	memory.unused = (unsigned char *)chunk + sizeof(*chunk);
	memory.left = size - sizeof(*chunk);
	return true;
}

static struct block *carve(unsigned class)
{
	size_t size = class_size(class);
	struct block *block;

	if (memory.left < size && !new_chunk())
		return NULL;
	block = (struct block *)memory.unused;
	block->size = size;
	memory.unused += size;
	memory.left -= size;
	return block;
}

/* Room for `wanted` bytes, or NULL. */
static void *take(size_t wanted)
{
	size_t size = wanted + HEAD;
	struct block *block;

	pthread_mutex_lock(&memory.mutex);
	if (size > (size_t)1 << MAX_SHIFT) {
		size = (size + 4095) & ~(size_t)4095;
		block = map_locked(size);
		if (block)
			block->size = size;
	} else {
		unsigned class = class_of(size);

		block = memory.free[class];
		if (block)
			memory.free[class] = block->next;
		else
			block = carve(class);
	}
	memory.refused |= !block;
	pthread_mutex_unlock(&memory.mutex);
	return block ? (unsigned char *)block + HEAD : NULL;
}

static struct block *block_of(void *p)
{
	return (struct block *)((unsigned char *)p - HEAD);
}

/* Wipes it and takes it back; NULL is fine. */
static void give_back(void *p)
{
	struct block *block;

	if (!p)
		return;
	block = block_of(p);
	secret_wipe(p, block->size - HEAD);
	if (block->size > (size_t)1 << MAX_SHIFT) {
		munmap(block, block->size);
		return;
	}
	pthread_mutex_lock(&memory.mutex);
	block->next = memory.free[class_of(block->size)];
	memory.free[class_of(block->size)] = block;
	pthread_mutex_unlock(&memory.mutex);
}

static size_t room(void *p)
{
	return p ? block_of(p)->size - HEAD : 0;
}

static void *resize(void *p, size_t wanted)
{
	size_t old = room(p);
	void *moved;

	if (wanted <= old && wanted > old / 4)
		return p;
	moved = take(wanted);
	if (moved && p) {
		memcpy(moved, p, old < wanted ? old : wanted);
		give_back(p);
	}
	return moved;
}

/* ---- for SQLite --------------------------------------------------------------------- */

static void *memory_malloc(int wanted)
{
	return wanted > 0 ? take((size_t)wanted) : NULL;
}

static void *memory_realloc(void *p, int wanted)
{
	return resize(p, (size_t)wanted);
}

static int memory_size(void *p)
{
	return (int)room(p);
}

static int memory_roundup(int wanted)
{
	size_t size = (size_t)wanted + HEAD;

	if (size > (size_t)1 << MAX_SHIFT)
		return (int)(((size + 4095) & ~(size_t)4095) - HEAD);
	return (int)(class_size(class_of(size)) - HEAD);
}

static int memory_init(void *context)
{
	(void)context;
	return SQLITE_OK;
}

static void memory_shutdown(void *context)
{
	(void)context;
}

/* ---- for libcrypto ------------------------------------------------------------------ */

#ifdef HAVE_LIBCRYPTO
static void *crypto_malloc(size_t wanted, const char *file, int line)
{
	(void)file;
	(void)line;
	return take(wanted);
}

static void *crypto_realloc(void *p, size_t wanted, const char *file, int line)
{
	(void)file;
	(void)line;
	return resize(p, wanted);
}

static void crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	give_back(p);
}

/* SQLCipher's libcrypto gets the same memory, for the same reason. Where something in this process
 * has used libcrypto before us, it keeps its own. */
static void start_libcrypto(void)
{
	CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free);
	libcrypto_start();
}
#else
static void start_libcrypto(void)
{
}
#endif

int memory_install(void)
{
	static const sqlite3_mem_methods methods = {
		.xMalloc = memory_malloc,
		.xFree = give_back,
		.xRealloc = memory_realloc,
		.xSize = memory_size,
		.xRoundup = memory_roundup,
		.xInit = memory_init,
		.xShutdown = memory_shutdown,
	};
	int rc;

	if (memory.installed)
		return SQLITE_OK;
	start_libcrypto();
	/* Without statistics SQLite takes no mutex of its own around each call. */
	rc = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (rc == SQLITE_OK)
		rc = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
	/* Page buffers one by one: a short command needs a dozen, not the twenty SQLite would begin
	 * with. */
	if (rc == SQLITE_OK)
		rc = sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	memory.installed = rc == SQLITE_OK;
	return rc;
}

bool memory_reserve(size_t size)
{
	bool there;

	pthread_mutex_lock(&memory.mutex);
	there = memory.left >= size || new_chunk();
	pthread_mutex_unlock(&memory.mutex);
	return there;
}

bool memory_ran_out(void)
{
	bool refused;

	pthread_mutex_lock(&memory.mutex);
	refused = memory.refused;
	memory.refused = false;
	pthread_mutex_unlock(&memory.mutex);
	return refused;
}

void memory_lock_again(void)
{
	pthread_mutex_lock(&memory.mutex);
	for (struct chunk *chunk = memory.chunks; chunk; chunk = chunk->next)
		lock(chunk, chunk->size);
	pthread_mutex_unlock(&memory.mutex);
}

bool memory_is_locked(void)
{
	return !memory.unlocked;
}
