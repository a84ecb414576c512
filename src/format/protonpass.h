/* What Proton Pass writes alike in its JSON and in a column of its CSV. */
#ifndef FORMAT_PROTONPASS_H
#define FORMAT_PROTONPASS_H

#include "base/span.h"
#include "format/emit.h"

/* JSON: a list of addresses, each with how it is to be matched. What is none is kept under `key`.
 */
void proton_take_urls(struct emit *emit, struct span key, struct span text);

#endif
