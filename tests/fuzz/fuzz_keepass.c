/* The document of a KeePass file, whole and in pieces: what comes out is the same. */
#include <string.h>

#include "format/keepass_xml.h"

#include "fuzz.h"

#define FRAMES_MAX ((size_t)64 * 1024 * 1024)

static int put(void *context, const void *bytes, size_t length)
{
	struct buf *frames = context;

	if (frames->length + length > FRAMES_MAX)
		return -VAULT_FAILED;
	buf_add(frames, bytes, length);
	return 0;
}

/* Gives what the reader answered. */
static int take(const uint8_t *bytes, size_t length, size_t piece, struct buf *frames)
{
	static const unsigned char key[32];
	static const struct span attachments[] = {{"one", 3}, {"", 0}};
	static const struct kdbx_binaries binaries = {attachments, 2};
	struct keepass_xml_how how = {.binaries = &binaries};
	KEEPASS_XML_AUTO *xml = NULL;
	struct emit *emit = NULL;
	int r;

	FUZZ_REQUIRE(kdbx_inner_new(&how.inner, KDBX_INNER_CHACHA20, key, sizeof(key), NULL) == 0);
	FUZZ_REQUIRE(emit_new(&emit, put, frames, NULL) == 0);
	FUZZ_REQUIRE(keepass_xml_new(&how, emit, &xml, NULL) == 0);
	r = 0;
	for (size_t at = 0; at < length && r == 0; at += piece)
		r = keepass_xml_feed(xml, bytes + at, length - at < piece ? length - at : piece,
		                     NULL);
	if (r == 0)
		r = keepass_xml_end(xml, NULL);
	if (r == 0)
		r = emit_finish(emit, NULL);
	FUZZ_REQUIRE(r <= 0);
	emit_free(emit);
	kdbx_inner_free(how.inner);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	BUF_AUTO whole = BUF_EMPTY;
	BUF_AUTO pieces = BUF_EMPTY;
	int r = take(bytes, length, length ? length : 1, &whole);

	FUZZ_REQUIRE(take(bytes, length, 7, &pieces) == r);
	if (r == 0)
		FUZZ_REQUIRE(whole.length == pieces.length &&
		             (whole.length == 0 ||
		              memcmp(whole.bytes, pieces.bytes, whole.length) == 0));
	return 0;
}
