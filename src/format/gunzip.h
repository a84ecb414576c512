/* One piece of gzip (RFC 1952), whole in memory, by zlib. */
#ifndef FORMAT_GUNZIP_H
#define FORMAT_GUNZIP_H

#include "base/buf.h"

/* Appends what is in it. VAULT_USAGE failure: it is none, is cut off, or holds more than `most`
 * bytes, which is where it stops. */
int gunzip(const void *bytes, size_t length, size_t most, struct buf *out, struct error *err);

#endif
