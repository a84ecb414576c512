/* What the fields of an entry are called, to show them and to ask for them. */
#ifndef CLI_FIELD_NAMES_H
#define CLI_FIELD_NAMES_H

#include <vault/entry.h>

const char *field_kind_name(enum field_kind kind); /* "url"; "unknown" */
const char *field_name(const struct field *field); /* its key, or where it has none its kind */

#endif
