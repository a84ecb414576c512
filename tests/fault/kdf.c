#include "kdf.h"

#include <stdint.h>

/* splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014): its
 * finisher. */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static uint64_t absorb(uint64_t state, const uint8_t *bytes, uint32_t length)
{
	state = mix(state + length + 1);
	for (uint32_t i = 0; i < length; i++)
		state = mix(state + bytes[i] + 0x9e3779b97f4a7c15ULL);
	return state;
}

int fast_kdf(argon2_context *context, argon2_type type)
{
	size_t size = (size_t)context->m_cost * 1024;
	uint8_t *memory = NULL;

	if (context->allocate_cbk) {
		if (context->allocate_cbk(&memory, size) != ARGON2_OK)
			return ARGON2_MEMORY_ALLOCATION_ERROR;
		if (context->free_cbk)
			context->free_cbk(memory, size);
	}
	for (uint32_t i = 0; i < context->outlen; i++) {
		uint64_t state = mix((uint64_t)context->m_cost << 32 | context->t_cost << 8 |
		                     context->lanes);

		state = absorb(state + i / 8, context->pwd, context->pwdlen);
		state = absorb(state + (uint64_t)type, context->salt, context->saltlen);
		context->out[i] = (uint8_t)(state >> 8 * (i % 8));
	}
	return ARGON2_OK;
}
