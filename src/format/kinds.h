/* The kinds of fields by the words that files of our own making have for them. */
#ifndef FORMAT_KINDS_H
#define FORMAT_KINDS_H

#include "format/emit.h"

const char *kind_word(enum field_kind kind);    /* NULL: there is none */
enum field_kind kind_of_word(struct span word); /* 0: there is none */

/* Hands a field on by what its kind needs; `key` counts where the kind has one. Of kind 0 it is
 * kept. */
void kind_emit(struct emit *emit, enum field_kind kind, struct span key, struct span value);

#endif
