/*
 * Writing KDBX 4.1. Attachments stand in front of the XML, so items that have some are seen twice:
 * the first time for these, the second for all the rest. Nothing of an item is kept in between but
 * a keyed hash of each attachment, by which it is noticed when the vault was changed meanwhile.
 */
#include "format/kdbx.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "crypto/seal.h"
#include "format/kdbx_pack.h"
#include "format/keepass_xml.h"

#define STREAM_KEY_BYTES 64
#define PROTECTED 1 /* of an attachment's flags: not to lie in memory in the clear */

struct attachment {
	unsigned char hash[HASH_BYTES]; /* in front: they are in order of it, for the XML */
	uint32_t number;
};

struct writing {
	struct kdbx_pack pack;
	struct export_how plain; /* of the sink that takes the XML and gives it to the pack */
	struct sink sink;
	bool has_sink, in_xml;
	struct kdbx_inner *inner;
	struct keepass_write xml;
	unsigned char hash_key[HASH_KEY_BYTES];
	struct attachment *attachments;
	size_t n_attachments, attachments_room;
};

_Static_assert(sizeof(struct writing) <= KDBX_WRITE_BYTES, "size of the state");

/* A sink without a format of its own. */
static const struct format_code nothing;
static const struct format piece = {.name = "", .title = "", .code = &nothing};

static int pack(void *context, const void *bytes, size_t length, struct error *err)
{
	struct writing *writing = context;

	return kdbx_pack_bytes(&writing->pack, bytes, length, err);
}

static void put_inner(struct writing *writing, enum kdbx_inner_field field, const void *bytes,
                      size_t length)
{
	unsigned char head[5] = {(unsigned char)field};

	put_u32(head + 1, (uint32_t)length);
	sink_bytes(&writing->sink, head, sizeof(head));
	sink_bytes(&writing->sink, bytes, length);
}

static int begin_inner(struct writing *writing, struct error *err)
{
	unsigned char key[STREAM_KEY_BYTES], kind[4];
	int r;

	crypto_random(writing->hash_key, sizeof(writing->hash_key));
	crypto_random(key, sizeof(key));
	put_u32(kind, KDBX_INNER_CHACHA20);
	put_inner(writing, KDBX_INNER_STREAM_KIND, kind, sizeof(kind));
	put_inner(writing, KDBX_INNER_STREAM_KEY, key, sizeof(key));
	r = kdbx_inner_new(&writing->inner, KDBX_INNER_CHACHA20, key, sizeof(key), err);
	secret_wipe(key, sizeof(key));
	return r;
}

int kdbx_write_begin(const struct format *format, struct sink *sink, struct error *err)
{
	struct writing *writing = sink->state;
	int r = kdbx_pack_begin(&writing->pack, sink, sink->how->password, sink->how->key_file,
	                        err);

	(void)format;
	writing->plain.format = &piece;
	if (r == 0) {
		writing->has_sink = true;
		r = sink_start(&writing->sink, &writing->plain, pack, writing, err);
	}
	return r == 0 ? begin_inner(writing, err) : r;
}

/* ---- attachments ------------------------------------------------------------------------- */

static int put_attachment(struct writing *writing, struct span value, struct error *err)
{
	struct attachment *list = list_room(writing->attachments, writing->n_attachments,
	                                    &writing->attachments_room, sizeof(*list));
	unsigned char head[6] = {KDBX_INNER_BINARY, 0, 0, 0, 0, PROTECTED};

	if (!list)
		return error_set(err, VAULT_FAILED, "out of memory");
	writing->attachments = list;
	list += writing->n_attachments;
	list->number = (uint32_t)writing->n_attachments++;
	hash_bytes(list->hash, value.bytes, value.length, writing->hash_key);
	put_u32(head + 1, (uint32_t)value.length + 1);
	sink_bytes(&writing->sink, head, sizeof(head));
	sink_bytes(&writing->sink, value.bytes, value.length);
	return sink_check(&writing->sink, err);
}

int kdbx_write_ahead(struct sink *sink, const struct item *item, struct error *err)
{
	struct writing *writing = sink->state;
	int r = 0;

	for (size_t i = 0; i < item->n_fields && r == 0; i++)
		if (item->fields[i].kind == FIELD_ATTACHMENT)
			r = put_attachment(writing, item->fields[i].value, err);
	return r;
}

static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, HASH_BYTES);
}

static int number_of(void *context, struct span bytes, uint32_t *ret_number, struct error *err)
{
	const struct writing *writing = context;
	const struct attachment *found;
	unsigned char hash[HASH_BYTES];

	hash_bytes(hash, bytes.bytes, bytes.length, writing->hash_key);
	found = bsearch(hash, writing->attachments, writing->n_attachments, sizeof(*found),
	                by_hash);
	if (!found)
		return error_set(err, VAULT_FAILED,
		                 "the vault was changed while it was exported: try again");
	*ret_number = found->number;
	return 0;
}

/* ---- the XML ----------------------------------------------------------------------------- */

static int begin_xml(struct writing *writing, struct error *err)
{
	const struct keepass_write_how how = {
		.sink = &writing->sink,
		.inner = writing->inner,
		.attachment = number_of,
		.context = writing,
	};

	if (writing->in_xml)
		return 0;
	writing->in_xml = true;
	if (writing->n_attachments > 0)
		qsort(writing->attachments, writing->n_attachments, sizeof(struct attachment),
		      by_hash);
	put_inner(writing, KDBX_INNER_END, "", 0);
	return keepass_write_begin(&writing->xml, &how, err);
}

int kdbx_write_item(struct sink *sink, const struct item *item, struct error *err)
{
	struct writing *writing = sink->state;
	int r = begin_xml(writing, err);

	if (r == 0)
		r = keepass_write_item(&writing->xml, item, err);
	return r == 0 ? sink_check(&writing->sink, err) : r;
}

int kdbx_write_end(struct sink *sink, struct error *err)
{
	struct writing *writing = sink->state;
	int r = begin_xml(writing, err);

	if (r == 0)
		r = keepass_write_end(&writing->xml, err);
	if (r == 0)
		r = sink_flush(&writing->sink, err);
	return r == 0 ? kdbx_pack_end(&writing->pack, err) : r;
}

void kdbx_write_drop(struct sink *sink)
{
	struct writing *writing = sink->state;

	if (writing->has_sink)
		sink_done(&writing->sink);
	kdbx_inner_free(writing->inner);
	kdbx_pack_done(&writing->pack);
	free(writing->attachments);
}
