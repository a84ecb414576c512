#include "format/gunzip.h"

#include <limits.h>
#include <zlib.h>

#define WINDOW (15 + 16) /* the largest, with gzip's header and check sum */
#define PIECE ((size_t)16 * 1024)

static int step(z_stream *stream, size_t most, size_t *total, struct buf *out, struct error *err)
{
	unsigned char piece[PIECE];
	int r;

	stream->next_out = piece;
	stream->avail_out = sizeof(piece);
	r = inflate(stream, Z_NO_FLUSH);
	if (r != Z_OK && r != Z_STREAM_END)
		return error_set(err, VAULT_USAGE, "compressed data is damaged or cut off");
	*total += sizeof(piece) - stream->avail_out;
	if (*total > most)
		return error_set(err, VAULT_USAGE, "compressed data holds more than %zu MiB",
		                 most >> 20);
	buf_add(out, piece, sizeof(piece) - stream->avail_out);
	return r == Z_STREAM_END ? 1 : buf_check(out, err);
}

int gunzip(const void *bytes, size_t length, size_t most, struct buf *out, struct error *err)
{
	z_stream stream = {.next_in = (z_const Bytef *)(uintptr_t)bytes,
	                   .avail_in = length > UINT_MAX ? UINT_MAX : (uInt)length};
	size_t total = 0;
	int r = 0;

	if (inflateInit2(&stream, WINDOW) != Z_OK)
		return error_set(err, VAULT_FAILED, "out of memory");
	while (r == 0)
		r = step(&stream, most, &total, out, err);
	inflateEnd(&stream);
	return r < 0 ? r : buf_check(out, err);
}
