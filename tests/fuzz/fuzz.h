/*
 * Fuzzing: one file a target, which is given bytes from outside and must neither crash nor break
 * what it is asked to hold. The targets stand in meson.build; their corpus is in corpus/NAME/.
 *
 * In an ordinary build a target replays its corpus and every beginning of it (replay.c). Built
 * with -Dfuzzers=true by clang, libFuzzer drives it: tests/fuzz/run.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* What must hold whatever the bytes are. */
#define FUZZ_REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* Gives a copy with a NUL behind it; free(3). */
char *fuzz_string(const uint8_t *bytes, size_t length);

#endif
