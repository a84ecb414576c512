/*
 * A foreign file read as the parser's process reads it, but in this one: what comes out is told as
 * the product's own JSON, one entry a line, and the account below.
 */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "base/buf.h"
#include "format/format.h"

/* Gives the text in *ret_told (free with buf_done), as far as it came; what the reader returned. */
int foreign_read(const struct format *format, const struct source *source, struct buf *ret_told,
                 struct error *err);

/* Reads as `from`, writes as `to`. `how` has the password of what is written. */
int foreign_convert(const struct format *from, const struct source *source,
                    const struct export_how *how, struct buf *ret_written, struct error *err);

/* The format that the contents look most like; NULL where none or several do. */
const struct format *foreign_guess(const struct source *source, bool *ret_sealed);

#endif
