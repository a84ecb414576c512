/* One cell of a CSV: of which column it is, and what becomes of it. */
#ifndef FORMAT_CSV_CELL_H
#define FORMAT_CSV_CELL_H

#include <vault/item.h>

#include "base/span.h"
#include "format/csv_read.h"
#include "format/emit.h"

/* What one column of the file is. */
struct csv_role {
	enum column what; /* 0: in no table */
	char key[FIELD_KEY_MAX + 1];
	const char *rule; /* what is in it by itself, or NULL */
	char *root;       /* of folders: the outermost, which is left out, or NULL */
	bool mapped;      /* by the user, and not by a table */
};

/* Case does not count. */
bool csv_is_header(struct span cell, const char *header);
/* The column of a table that is called so, or NULL. */
const struct csv_column *csv_find_column(const struct csv_column *columns, struct span cell);

/* Makes it a part of the item that is begun. Not for COLUMN_USER_TOO. */
void csv_take_cell(const struct csv_kind *kind, struct emit *emit, const struct csv_role *role,
                   struct span cell);
/* The cell of COLUMN_USER_TOO: the user where the row has no other, which may stand behind it. */
void csv_take_user_too(struct emit *emit, const char *key, struct span user, bool has_user);

#endif
