/* A profile's logins.json and prefs.js: both readers get all bytes. */
#include "format/emit.h"
#include "format/saved.h"

#include "fuzz.h"

static int put(void *context, const void *bytes, size_t length)
{
	(void)context;
	(void)bytes;
	(void)length;
	return 0;
}

static void try_reading(const struct format *format, const struct source *source)
{
	struct emit *emit = NULL;
	struct error error = {0};
	int r;

	FUZZ_REQUIRE(emit_new(&emit, put, NULL, NULL) == 0);
	r = format->code->read(format, source, emit, &error);
	FUZZ_REQUIRE(r == 0 || (r < 0 && error.message[0]));
	if (r == 0)
		FUZZ_REQUIRE(emit_finish(emit, NULL) == 0);
	emit_free(emit);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct source source = {.bytes = bytes, .length = length};

	try_reading(&format_mozilla_logins, &source);
	try_reading(&format_mozilla_prefs, &source);
	return 0;
}
