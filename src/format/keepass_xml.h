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

#include "format/emit.h"
#include "format/kdbx_inner.h"

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

#endif
