/* Values of a KeePass document on their way into the sink: keepass_write.c says what stands
 * where. */
#ifndef FORMAT_KEEPASS_PUT_H
#define FORMAT_KEEPASS_PUT_H

#include "format/keepass_xml.h"

/* Text between two tags, escaped; what XML cannot hold in base 64 (keepass_entry.h). */
void keepass_put_text(struct keepass_write *write, struct span value);

/* The same of a tag: those are told apart by marks, which a tag of ours may have. */
void keepass_put_tag(struct keepass_write *write, struct span tag);

/* <String>. A protected value goes through the inner stream where there is one. */
void keepass_put_string(struct keepass_write *write, const char *key, struct span value,
                        bool protected);

/* A date, as KDBX 4 or plain XML has it; 0: nothing. */
void keepass_put_date(struct keepass_write *write, const char *element, int64_t seconds);

struct span keepass_first_field(const struct item *item, enum field_kind kind);

#endif
