/* The reader of a KeePass document, from inside: expat calls keepass_read.c, which keeps where it
 * is and calls keepass_parts.c with what every element holds. */
#ifndef FORMAT_KEEPASS_READ_H
#define FORMAT_KEEPASS_READ_H

#include <expat.h>

#include "format/keepass_entry.h"
#include "format/keepass_xml.h"

#define KEEPASS_DEPTH_MAX 500                       /* of elements; groups lie in groups */
#define KEEPASS_TEXT_MAX ((size_t)24 * 1024 * 1024) /* of a value: an attachment in base 64 */

enum element {
	SKIPPED, /* with all that is in it */
	DOCUMENT,
	FILE_ROOT,
	META,
	BINARIES,
	POOLED, /* an attachment in the pool of KDBX 3.1 */
	BIN_UUID,
	HEADER_HASH,
	ROOT,
	GROUP,
	GROUP_UUID,
	GROUP_NAME,
	GROUP_NOTES,
	GROUP_TAGS,
	ENTRY,
	UUID,
	TAGS,
	OVERRIDE,
	ICON,
	CUSTOM_ICON,
	COLOR,
	QUALITY,
	PREVIOUS_GROUP,
	TIMES,
	CREATED,
	MODIFIED,
	MOVED,
	EXPIRY,
	EXPIRES,
	STRING,
	STRING_KEY,
	STRING_VALUE,
	BINARY,
	BINARY_KEY,
	BINARY_VALUE,
	AUTO_TYPE,
	AUTO_TYPE_ENABLED,
	AUTO_TYPE_SEQUENCE,
	AUTO_TYPE_WINDOW,
	CUSTOM_DATA,
	CUSTOM_ITEM,
	HISTORY,
	PAST, /* an entry in a history: its parts are an ENTRY's */
};

/* What the attributes of the element in hand say. */
struct marks {
	bool encrypted, secret, compressed, has_number;
	uint32_t number; /* ID, Ref */
};

struct group {
	size_t path, tags; /* lengths outside of it */
	bool bin;          /* it is the recycle bin, or in it */
};

struct pooled {
	uint32_t number;
	struct buf bytes;
};

struct keepass_xml {
	struct keepass_xml_how how;
	struct emit *emit;
	XML_Parser parser;
	int result; /* of the first failure */
	struct error error;
	size_t fed;

	enum element levels[KEEPASS_DEPTH_MAX + 1];
	size_t depth; /* levels[depth] is the element in hand */
	bool had_meta;
	bool wanted; /* is its text? */
	struct buf text;
	struct marks marks;

	unsigned char bin[ITEM_UUID_BYTES];
	bool has_bin;
	struct pooled *pool;
	size_t n_pool, pool_room;
	bool pool_sorted;

	struct group groups[KEEPASS_DEPTH_MAX + 1];
	size_t n_groups;
	struct buf path, tags;
	bool group_note; /* not told yet */

	struct keepass_entry *entry;
	struct keepass_state *state; /* the entry as it is, or was */
	struct keepass_string string;
	struct keepass_file file;
	struct keepass_refs *refs;
};

/* A failure at the line in hand; the first one stays. */
int keepass_fail(struct keepass_xml *xml, const char *what);
/* A failure whose message is in xml->error. */
void keepass_give_up(struct keepass_xml *xml, int result);

/* What an element of that kind begins with, and what its end, with its text in xml->text, means. */
void keepass_begin(struct keepass_xml *xml, enum element what);
void keepass_end(struct keepass_xml *xml, enum element what);

/* Decodes the text in place; false: it is no base 64. */
bool keepass_decode_text(struct keepass_xml *xml);

#endif
