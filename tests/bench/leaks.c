/*
 * A list of leaked passwords to measure with:
 *
 *     leaks COUNT <HASHES >LIST
 *
 * COUNT random SHA-1 hashes or so, in order, and among them those of standard input, which are in
 * order, too: 40 capital digits a line. Hashes come as a Poisson process, as those of a real list
 * do, not at even distances, which would be found by the first guess.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_DIGITS 40

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t next_number(void)
{
	static uint64_t state = 1;
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* The next hash that is asked for; false at the end. */
static int read_hash(char hash[HASH_DIGITS + 2])
{
	if (!fgets(hash, HASH_DIGITS + 2, stdin))
		return 0;
	hash[HASH_DIGITS] = '\0';
	return 1;
}

static void put(const char *hash, uint64_t number)
{
	printf("%s:%u\r\n", hash, (unsigned)(number % 5000 + 1));
}

int main(int argc, char **argv)
{
	double step = argc == 2 ? 0x1p64 / strtod(argv[1], NULL) : 0, at = 0;
	char wanted[HASH_DIGITS + 2], hash[64];
	int more = read_hash(wanted);

	for (;;) {
		uint64_t number = next_number();

		/* An exponential gap: log of a uniform number in (0, 1]. */
		at -= log((double)((number >> 11) + 1) * 0x1p-53) * step;
		if (!(at < 0x1p64) || step <= 0)
			break;
		snprintf(hash, sizeof(hash), "%016llX%016llX%08X", (unsigned long long)at,
		         (unsigned long long)next_number(), (unsigned)next_number());
		for (; more && strcmp(wanted, hash) < 0; more = read_hash(wanted))
			put(wanted, number);
		put(hash, number);
	}
	for (; more; more = read_hash(wanted))
		put(wanted, 0);
	return fflush(stdout) == 0 ? 0 : 1;
}
