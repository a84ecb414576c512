/* Preloaded, the stand-in of fault/kdf.h goes before libargon2, always. */
#include "fault/kdf.h"

int argon2_ctx(argon2_context *context, argon2_type type)
{
	return fast_kdf(context, type);
}
