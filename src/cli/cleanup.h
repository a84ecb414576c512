/* Scope clean-up for the C library's own objects: `FREE_AUTO char *name = NULL;`, `CLOSE_AUTO int
 * fd = -1;` */
#ifndef CLI_CLEANUP_H
#define CLI_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_freep(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_closep(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define FREE_AUTO __attribute__((cleanup(cleanup_freep)))
#define CLOSE_AUTO __attribute__((cleanup(cleanup_closep)))

#endif
