/*
 * KeePass 2 XML: the document that KeePass and KeePassXC export in plain, and that lies inside
 * every KDBX file. Read piece by piece by expat, so that it can be fed as it is decrypted and
 * inflated; every entry is handed on as soon as it is complete, but for those that refer to others.
 *
 * Source: KeePass 2.x, https://keepass.info/help/kb/kdbx.html, and the schema beside it,
 * https://keepass.info/help/download/KDBX_XML.xsd.
 */
#ifndef FORMAT_KEEPASS_XML_H
#define FORMAT_KEEPASS_XML_H

#include <vault/text.h>

#include "format/emit.h"
#include "format/kdbx_inner.h"
#include "format/sink.h"

/* ---- reading ------------------------------------------------------------------------- */

#define KEEPASS_HEADER_HASH_BYTES 32

struct keepass_xml;

/* All is borrowed until keepass_xml_free. */
struct keepass_xml_how {
	struct kdbx_inner *inner;             /* what protected values are decrypted by, or NULL */
	const struct kdbx_binaries *binaries; /* KDBX 4's, or NULL */
	const unsigned char
		*header_hash; /* what <HeaderHash> must say where there is one; or NULL */
	size_t total;         /* bytes that are going to be fed, for the progress; 0: not known */
};

/* Gives a reader that hands on to `emit`; free with keepass_xml_free. */
int keepass_xml_new(const struct keepass_xml_how *how, struct emit *emit,
                    struct keepass_xml **ret_xml, struct error *err);

/* The next bytes, of any number. VAULT_USAGE failure: it is no such document, and the message names
 * the line; after a failure it can only be freed. Any DOCTYPE is refused: entities cannot even
 * begin. */
int keepass_xml_feed(struct keepass_xml *xml, const void *bytes, size_t length, struct error *err);

/* That was all: hands on what was held back. */
int keepass_xml_end(struct keepass_xml *xml, struct error *err);
void keepass_xml_free(struct keepass_xml *xml); /* NULL is fine */
void keepass_xml_freep(struct keepass_xml **xml);
#define KEEPASS_XML_AUTO __attribute__((cleanup(keepass_xml_freep))) struct keepass_xml

/* ---- writing ------------------------------------------------------------------------- */

/* All is borrowed until keepass_write_end. */
struct keepass_write_how {
	struct sink *sink;        /* gets the document */
	struct kdbx_inner *inner; /* inside of KDBX 4: what protected values are encrypted by, and
	                             dates are bytes in base 64; NULL: plain text, RFC 3339 */
	/* Gives the number of an attachment that lies outside of the XML; NULL: they lie in it. */
	int (*attachment)(void *context, struct span bytes, uint32_t *ret_number,
	                  struct error *err);
	void *context;
};

#define KEEPASS_PIECE 3072 /* of a value on its way through `inner`: whole groups of base 64 */

/* In locked memory: it has pieces of values in it. */
struct keepass_write {
	struct keepass_write_how how;
	char folder[NAME_MAX_BYTES + 1]; /* the group that is open, "": the outermost one */
	bool bin;                        /* it lies in the recycle bin */
	bool has_bin;                    /* the recycle bin is written, or begun */
	bool protected;                  /* the value in hand */
	size_t piece_length;
	unsigned char piece[KEEPASS_PIECE];
};

/* `write` needs no other beginning. Everything that an item can have is written, so that reading it
 * gives the same; docs/FORMATS.md has what stands where. Items come by name
 * (FORMAT_SORTED): a group is opened anew where entries of another one came in between, which
 * KeePass takes for another group. */
int keepass_write_begin(struct keepass_write *write, const struct keepass_write_how *how,
                        struct error *err);
int keepass_write_item(struct keepass_write *write, const struct item *item, struct error *err);
int keepass_write_end(struct keepass_write *write, struct error *err);

#endif
