/*
 * Linked into a test program, these go before the libraries' own.
 *
 * argon2_ctx: with FAULT_KDF=fast in the environment it is the stand-in of kdf.h, else it hands on.
 *
 * sodium_malloc, sodium_free: plain memory. A verifying program opens a vault many hundred thousand
 * times and its secrets are public; guard pages, made and taken away for each, were three quarters
 * of its time.
 */
#include <dlfcn.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "kdf.h"

int argon2_ctx(argon2_context *context, argon2_type type)
{
	const char *which = getenv("FAULT_KDF");
	int (*real)(argon2_context *, argon2_type);

	if (which && strcmp(which, "fast") == 0)
		return fast_kdf(context, type);
	real = (int (*)(argon2_context *, argon2_type))(uintptr_t)dlsym(RTLD_NEXT, "argon2_ctx");
	return real ? real(context, type) : ARGON2_MEMORY_ALLOCATION_ERROR;
}

void *sodium_malloc(size_t size)
{
	return malloc(size ? size : 1);
}

void sodium_free(void *p)
{
	free(p);
}
