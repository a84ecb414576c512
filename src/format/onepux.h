/* An item of 1Password's unencrypted export, and where its files are. Source: docs/FORMATS.md. */
#ifndef FORMAT_ONEPUX_H
#define FORMAT_ONEPUX_H

#include <jansson.h>

#include "format/emit.h"
#include "format/zip.h"

/* Takes one item, begun and not ended. */
int onepux_take_item(struct emit *emit, struct zip *zip, const json_t *item, struct error *err);

#endif
