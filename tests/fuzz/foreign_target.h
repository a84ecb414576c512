/* What the targets of formats that are only read have in common. */
#ifndef FOREIGN_TARGET_H
#define FOREIGN_TARGET_H

#include "foreign.h"
#include "fuzz.h"

/* What it looks like, or NULL. */
static inline const struct format *try_looking(const uint8_t *bytes, size_t length)
{
	const struct source source = {.bytes = bytes, .length = length};
	bool sealed;

	return foreign_guess(&source, &sealed);
}

static inline void try_reading(const struct format *format, const uint8_t *bytes, size_t length)
{
	const struct source source = {.bytes = bytes, .length = length};
	struct error err = {0};
	BUF_AUTO told = BUF_EMPTY;

	FUZZ_REQUIRE(foreign_read(format, &source, &told, &err) == 0 || err.message[0]);
}

/* The target of one format: looks at the bytes, and reads them. */
static inline void try_format(const struct format *format, const uint8_t *bytes, size_t length)
{
	try_looking(bytes, length);
	try_reading(format, bytes, length);
}

#endif
