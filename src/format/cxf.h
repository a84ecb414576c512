/* The FIDO Alliance's Credential Exchange Format 1.0, which is JSON. Source: docs/FORMATS.md. */
#ifndef FORMAT_CXF_H
#define FORMAT_CXF_H

#include <jansson.h>

#include "format/emit.h"
#include "format/json_write.h"

/* Takes one item, begun and not ended; `collections` has lists of titles by the items'
 * identifiers. */
void cxf_take_item(struct emit *emit, const json_t *item, const json_t *collections);

/* As in struct format_code; the state is a struct json_write. */
int cxf_begin(const struct format *format, struct sink *sink, struct error *err);
int cxf_item(struct sink *sink, const struct item *item, struct error *err);
int cxf_end(struct sink *sink, struct error *err);

/* Labels of custom fields that are something of ours, in both directions. */
#define CXF_EXPIRES "expires"
#define CXF_RULES "rules"
#define CXF_OTP "otp"            /* of a kind that the format does not know */
#define CXF_FAVOURITE "favorite" /* a tag */

#endif
