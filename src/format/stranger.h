/* Files that people try to import and that are no exports at all: what they are, and what to do. */
#ifndef FORMAT_STRANGER_H
#define FORMAT_STRANGER_H

#include "format/format.h"

/* "a PDF: …", which goes behind "is "; or NULL. Looks at the first bytes only. */
const char *stranger_advice(const struct source *source);

#endif
