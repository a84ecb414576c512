/* What is in a KDBX file's blocks, past the cryptography that nothing random gets through: gzip,
 * the inner header, the XML. Bits of the first byte: is it KDBX 4, is it compressed? */
#include "format/emit.h"
#include "format/kdbx_contents.h"
#include "fuzz.h"

static int swallow(void *context, const void *bytes, size_t length)
{
	(void)context;
	(void)bytes;
	(void)length;
	return 0;
}

/* However it is cut, the result is the same. */
static int read_pieces(const uint8_t *bytes, size_t length, size_t piece)
{
	static const unsigned char key[32];
	const struct source source = {.bytes = bytes, .length = length};
	const struct kdbx_header header = {
		.four = bytes[0] & 1,
		.compressed = bytes[0] & 2,
		.stream_kind = KDBX_INNER_SALSA20,
		.stream_key = {key, sizeof(key)},
	};
	struct kdbx_contents *contents = calloc(1, sizeof(*contents));
	struct emit *emit;
	int r;

	FUZZ_REQUIRE(contents && emit_new(&emit, swallow, NULL, NULL) == 0);
	r = kdbx_contents_start(contents, &header, &source, emit, NULL);
	for (size_t at = 1; r == 0 && at < length; at += piece)
		r = kdbx_contents_feed(contents, bytes + at,
		                       length - at < piece ? length - at : piece, NULL);
	if (r == 0)
		r = kdbx_contents_end(contents, NULL);
	kdbx_contents_done(contents);
	free(contents);
	emit_free(emit);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	int r;

	if (length == 0)
		return 0;
	r = read_pieces(bytes, length, length);
	FUZZ_REQUIRE(r == 0 || r == -VAULT_USAGE || r == -VAULT_FAILED);
	FUZZ_REQUIRE(read_pieces(bytes, length, 1 + bytes[0] / 4u) == r);
	return 0;
}
