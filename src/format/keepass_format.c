/* KeePass 2 XML as a file of its own: in plain, as KeePass and KeePassXC export it. */
#include <string.h>

#include "format/format.h"
#include "format/keepass_xml.h"

#define LOOK_BYTES 4096

static void look(const struct format *format, const struct source *source, struct look *ret_look)
{
	size_t length = source->length < LOOK_BYTES ? source->length : LOOK_BYTES;

	(void)format;
	if (memmem(source->bytes, length, "<KeePassFile", 12))
		ret_look->score = 100;
}

static int read_xml(const struct format *format, const struct source *source, struct emit *emit,
                    struct error *err)
{
	const struct keepass_xml_how how = {.total = source->length};
	KEEPASS_XML_AUTO *xml = NULL;
	int r = keepass_xml_new(&how, emit, &xml, err);

	(void)format;
	if (r == 0)
		r = keepass_xml_feed(xml, source->bytes, source->length, err);
	return r < 0 ? r : keepass_xml_end(xml, err);
}

static int begin(const struct format *format, struct sink *sink, struct error *err)
{
	const struct keepass_write_how how = {.sink = sink};

	(void)format;
	return keepass_write_begin(sink->state, &how, err);
}

static int put_item(struct sink *sink, const struct item *item, struct error *err)
{
	return keepass_write_item(sink->state, item, err);
}

static int end(struct sink *sink, struct error *err)
{
	return keepass_write_end(sink->state, err);
}

static const struct format_code code = {
	.look = look,
	.read = read_xml,
	.begin = begin,
	.item = put_item,
	.end = end,
	.state_bytes = sizeof(struct keepass_write),
};

const struct format format_keepass_xml = {
	.name = "keepass-xml",
	.title = "KeePass 2 XML",
	.flags = FORMAT_READS | FORMAT_WRITES | FORMAT_PLAIN | FORMAT_SORTED,
	.holds = HOLDS_EVERYTHING,
	.code = &code,
};
