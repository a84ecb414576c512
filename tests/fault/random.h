/*
 * Reproducible random numbers for choosing crash states: splitmix64 (Steele, Lea, Flood, OOPSLA
 * 2014). The seed is printed by every run and can be given back to it.
 */
#ifndef FAULT_RANDOM_H
#define FAULT_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

static inline uint64_t chance_next(struct chance *chance)
{
	uint64_t x = chance->state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* 0 … below - 1 */
static inline uint64_t chance_below(struct chance *chance, uint64_t below)
{
	return chance_next(chance) % below;
}

/* True `of_256` times in 256. */
static inline bool chance_hit(struct chance *chance, unsigned of_256)
{
	return (chance_next(chance) & 255) < of_256;
}

#endif
