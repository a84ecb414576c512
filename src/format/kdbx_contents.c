/* What is in a KDBX file's blocks: gzip, the inner header, XML. */
#include "format/kdbx_contents.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define WINDOW (15 + 16) /* the largest, with gzip's header and check sum */
/* What is compressed may become larger by this: entries that are much alike do, bombs by 1000. */
#define LARGER_BY 100
#define LARGER_ALWAYS ((uint64_t)64 * 1024 * 1024)

/* Bytes that may come out. */
static uint64_t most(const struct kdbx_contents *contents)
{
	return LARGER_ALWAYS + (uint64_t)contents->file_length * LARGER_BY;
}

static int too_large(struct error *err)
{
	return error_set(err, VAULT_USAGE,
	                 "the compressed contents are larger than they should ever be");
}

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

/* ---- the XML, and KDBX 4's header in front of it --------------------------------------- */

static int start_xml(struct kdbx_contents *contents, uint32_t kind, struct span key,
                     struct error *err)
{
	struct keepass_xml_how how = {.binaries = &contents->binary_list};
	int r;

	contents->binary_list.list = contents->binaries;
	r = kdbx_inner_new(&contents->inner, kind, key.bytes, key.length, err);
	how.inner = contents->inner;
	if (!contents->four)
		how.header_hash = contents->header_hash;
	if (r == 0)
		r = keepass_xml_new(&how, contents->emit, &contents->xml, err);
	contents->in_xml = r == 0;
	return r;
}

static int take_binary(struct kdbx_contents *contents, struct error *err)
{
	size_t count = contents->binary_list.count;
	struct span *list =
		list_room(contents->binaries, count, &contents->binaries_room, sizeof(*list));

	if (!list)
		return no_memory(err);
	contents->binaries = list;
	/* In front of it is a byte of flags. */
	list[count] = (struct span){contents->body + 1, contents->body_size - 1};
	contents->binary_list.count++;
	contents->body = NULL; /* taken */
	return 0;
}

/* A field of the inner header is complete. */
static int take_inner(struct kdbx_contents *contents, struct error *err)
{
	enum kdbx_inner_field field = contents->head[0];
	int r = 0;

	contents->head_length = 0;
	if (field == KDBX_INNER_END)
		return start_xml(contents, contents->stream_kind,
		                 (struct span){contents->key, contents->key_length}, err);
	if (field == KDBX_INNER_STREAM_KIND && contents->body_size == 4) {
		contents->stream_kind = get_u32(contents->body);
	} else if (field == KDBX_INNER_STREAM_KEY) {
		free(contents->key);
		contents->key = contents->body;
		contents->key_length = contents->body_size;
		contents->body = NULL;
	} else if (field == KDBX_INNER_BINARY && contents->body_size > 0) {
		r = take_binary(contents, err);
	}
	free(contents->body);
	contents->body = NULL;
	return r;
}

static size_t gather(unsigned char *into, size_t *length, size_t size, const unsigned char *bytes,
                     size_t count)
{
	size_t wanted = size - *length, taken = count < wanted ? count : wanted;

	memcpy(into + *length, bytes, taken);
	*length += taken;
	return taken;
}

/* Plain bytes: to the inner header, and behind its end to the XML. */
static int feed_plain(struct kdbx_contents *contents, const unsigned char *bytes, size_t length,
                      struct error *err)
{
	while (!contents->in_xml && length > 0) {
		bool head = contents->head_length < sizeof(contents->head);
		size_t taken = head ? gather(contents->head, &contents->head_length,
		                             sizeof(contents->head), bytes, length)
		                    : gather(contents->body, &contents->body_length,
		                             contents->body_size, bytes, length);
		int r = 0;

		bytes += taken;
		length -= taken;
		if (head && contents->head_length == sizeof(contents->head)) {
			contents->body_length = 0;
			contents->body_size = get_u32(contents->head + 1);
			if (contents->body_size > most(contents))
				return too_large(err);
			contents->body = malloc(contents->body_size + 1);
			if (!contents->body)
				return no_memory(err);
		}
		if (contents->head_length == sizeof(contents->head) &&
		    contents->body_length == contents->body_size)
			r = take_inner(contents, err);
		if (r < 0)
			return r;
	}
	return length > 0 ? keepass_xml_feed(contents->xml, bytes, length, err) : 0;
}

/* ---- decompression ---------------------------------------------------------------------- */

static int inflate_piece(struct kdbx_contents *contents, struct error *err)
{
	size_t count;
	int r;

	contents->inflate.next_out = contents->piece;
	contents->inflate.avail_out = sizeof(contents->piece);
	r = inflate(&contents->inflate, Z_NO_FLUSH);
	if (r == Z_MEM_ERROR)
		return no_memory(err);
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return error_set(err, VAULT_USAGE, "the compressed contents are damaged");
	contents->ended = r == Z_STREAM_END;
	count = sizeof(contents->piece) - contents->inflate.avail_out;
	contents->inflated += count;
	if (contents->inflated > most(contents))
		return too_large(err);
	return feed_plain(contents, contents->piece, count, err);
}

int kdbx_contents_feed(struct kdbx_contents *contents, const unsigned char *bytes, size_t length,
                       struct error *err)
{
	int r = 0;

	if (!contents->compressed)
		return feed_plain(contents, bytes, length, err);
	if (!contents->inflates && inflateInit2(&contents->inflate, WINDOW) != Z_OK)
		return no_memory(err);
	contents->inflates = true;
	while (r == 0 && length > 0) {
		size_t count = length < INT_MAX ? length : INT_MAX;

		contents->inflate.next_in = (z_const Bytef *)(uintptr_t)bytes;
		contents->inflate.avail_in = (uInt)count;
		/* A full piece may not have been all. */
		do
			r = contents->ended ? 0 : inflate_piece(contents, err);
		while (r == 0 && !contents->ended &&
		       (contents->inflate.avail_in > 0 || contents->inflate.avail_out == 0));
		bytes += count;
		length -= count;
	}
	return r;
}

int kdbx_contents_end(struct kdbx_contents *contents, struct error *err)
{
	if ((contents->compressed && !contents->ended) || !contents->in_xml)
		return error_set(err, VAULT_USAGE, "the compressed contents are cut off");
	return keepass_xml_end(contents->xml, err);
}

int kdbx_contents_start(struct kdbx_contents *contents, const struct kdbx_header *header,
                        const struct source *source, struct emit *emit, struct error *err)
{
	const struct piece piece = {source->bytes, header->length};

	contents->four = header->four;
	contents->compressed = header->compressed;
	contents->file_length = source->length;
	contents->emit = emit;
	if (header->four)
		return 0;
	sha256(contents->header_hash, &piece, 1);
	return start_xml(contents, header->stream_kind, header->stream_key, err);
}

void kdbx_contents_done(struct kdbx_contents *contents)
{
	keepass_xml_free(contents->xml);
	kdbx_inner_free(contents->inner);
	if (contents->inflates)
		inflateEnd(&contents->inflate);
	for (size_t i = 0; i < contents->binary_list.count; i++)
		free((unsigned char *)(uintptr_t)contents->binaries[i].bytes - 1);
	free(contents->binaries);
	free(contents->key);
	free(contents->body);
}
