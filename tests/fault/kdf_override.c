/*
 * Linked into a test program, this argon2_ctx goes before libargon2's. With FAULT_KDF=fast in the environment it is the
 * stand-in of kdf.h, else it hands on.
 */
#include <dlfcn.h>
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
