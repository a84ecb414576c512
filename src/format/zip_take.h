/* What readers of zip files have in common. */
#ifndef FORMAT_ZIP_TAKE_H
#define FORMAT_ZIP_TAKE_H

#include "format/emit.h"
#include "format/zip.h"

/* Reads a member that has to be there, for the length of the reader's own process. */
int zip_need(struct zip *zip, const char *name, struct span *ret_bytes, struct error *err);

/* A member as an attachment of the item that is begun. */
int zip_take(struct zip *zip, struct zip_member *member, struct emit *emit, struct span name,
             struct error *err);

/* Tells of the members that nobody has read, but for `known`. */
void zip_tell_rest(const struct zip *zip, const char *known, struct emit *emit);

#endif
