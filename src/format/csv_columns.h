/* What of an item stands in which column of a CSV, beside what every item has. */
#ifndef FORMAT_CSV_COLUMNS_H
#define FORMAT_CSV_COLUMNS_H

#include "format/csv_read.h"

/* Has the item a tag that is a switch's? */
bool csv_says(const struct csv_column *column, const struct item *item);
/* Is it nothing to log in with? */
bool csv_is_note(const struct item *item);
/* The custom field of a column's name; no bytes where it has none. */
struct span csv_text(const struct csv_column *column, const struct item *item);
/* Can it stand on a line of its own? */
bool csv_is_line(struct span value);

#endif
