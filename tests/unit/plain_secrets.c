/* In the place of libsodium's guarded memory, for programs that make many thousand secrets and do
 * not ask where these are: six system calls each were most of what they did. A sanitizer sees more
 * in plain memory, too, than a page without access does. test_secret and test_residue hold the true
 * one to what is promised of it. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void *sodium_malloc(size_t size)
{
	void *memory = malloc(size);

	if (memory)
		memset(memory, 0xdb, size); /* as the true one: nobody relies on zeros */
	return memory;
}

void sodium_free(void *memory)
{
	free(memory);
}
