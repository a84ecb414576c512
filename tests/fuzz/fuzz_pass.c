/* Entries of a folder of pass, as gpg gave them. */
#include <string.h>

#include "format/emit.h"
#include "format/format.h"

#include "fuzz.h"

static int put(void *context, const void *bytes, size_t length)
{
	(void)context;
	(void)bytes;
	(void)length;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct source source = {.bytes = bytes, .length = length};
	struct emit *emit = NULL;
	struct error error = {0};
	int r;

	FUZZ_REQUIRE(emit_new(&emit, put, NULL, NULL) == 0);
	r = format_pass.code->read(&format_pass, &source, emit, &error);
	FUZZ_REQUIRE(r <= 0 && (r == 0 || error.message[0]));
	if (r == 0)
		FUZZ_REQUIRE(emit_finish(emit, NULL) == 0);
	emit_free(emit);
	return 0;
}
