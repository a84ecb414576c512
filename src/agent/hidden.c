#include "agent/hidden.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

/* A page with inaccessible ones on both sides; NULL where the kernel does not have it. */
static void *map_secret_page(size_t page)
{
#ifdef SYS_memfd_secret
	CLOSE_AUTO int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
	unsigned char *room;

	if (fd < 0 || ftruncate(fd, (off_t)page) != 0)
		return NULL;
	room = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return NULL;
	if (mmap(room + page, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) !=
	    MAP_FAILED)
		return room + page;
	munmap(room, 3 * page);
#else
	(void)page;
#endif
	return NULL;
}

int hidden_start(struct hidden *hidden, size_t size, struct error *err)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int r;

	*hidden = (struct hidden){.size = size};
	if (size > page)
		return error_set(err, VAULT_USAGE, "more than a page of hidden memory");
	hidden->bytes = map_secret_page(page);
	if (hidden->bytes) {
		hidden->from_kernel = hidden->locked = true;
		return 0;
	}
	r = secret_new(&hidden->secret, size, err);
	if (r < 0)
		return r;
	hidden->bytes = hidden->secret->bytes;
	/* It is locked already, or cannot be: sodium_malloc(3) does not tell. */
	hidden->locked = mlock(hidden->bytes, size) == 0;
	return 0;
}

void hidden_done(struct hidden *hidden)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (hidden->from_kernel) {
		secret_wipe(hidden->bytes, hidden->size);
		munmap(hidden->bytes - page, 3 * page);
	}
	secret_free(hidden->secret);
	*hidden = (struct hidden){0};
}
