/* Which program wrote a CSV: the names of its columns tell. */
#include <string.h>

#include "format/csv.h"
#include "format/csv_cell.h"

#define HEADERS_MAX ((size_t)64 * 1024) /* no program has as long a first line */

/* Every format of this kind looks: none of them goes through a file that is one long line. */
static bool first_line(const struct source *source, struct source *ret_head)
{
	const char *bytes = (const char *)source->bytes;
	size_t most = source->length < HEADERS_MAX ? source->length : HEADERS_MAX, length = 0;

	while (length < most && bytes[length] != '\n' && bytes[length] != '\r')
		length++;
	*ret_head = *source;
	ret_head->length = length;
	return length < HEADERS_MAX;
}

/* So many columns by name make no other program's file. Fewer are what anybody would call them: a
 * further one, which may be a code or a folder, is for the user to map. */
#define TELLING 5

/* Programs get new columns: those that no table has are no reason not to know the file. */
static unsigned score(size_t known, size_t needed, size_t columns, size_t strangers, size_t cells)
{
	if (strangers == 0)
		return 50 + (unsigned)(40 * known / columns);
	return needed >= TELLING ? 1 + (unsigned)(40 * (cells - strangers) / cells) : 0;
}

static bool has_header(const struct csv *csv, const char *header)
{
	for (size_t i = 0; i < csv->n_cells; i++)
		if (csv_is_header(csv->cells[i], header))
			return true;
	return false;
}

void csv_look(const struct format *format, const struct source *source, struct look *ret_look)
{
	const struct csv_kind *kind = format->code->data;
	struct source head;
	CSV_AUTO csv = {0};
	size_t known = 0, needed = 0, columns = 0, strangers = 0;

	if (!kind->columns || !first_line(source, &head) || csv_start(&csv, &head, NULL) < 0 ||
	    csv_row(&csv, NULL) != 1)
		return;
	for (const struct csv_column *column = kind->columns; column->header; column++) {
		bool there = has_header(&csv, column->header);

		if (column->needed && !there)
			return;
		known += there;
		needed += column->needed;
		columns++;
	}
	for (size_t i = 0; i < csv.n_cells; i++)
		strangers += !csv_find_column(kind->columns, csv.cells[i]);
	ret_look->score = score(known, needed, columns, strangers, csv.n_cells);
}
