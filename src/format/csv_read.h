/* The code that all CSV formats share; what is different is a struct csv_kind in
 * format->code->data. */
#ifndef FORMAT_CSV_READ_H
#define FORMAT_CSV_READ_H

#include "format/csv_tables.h"
#include "format/format.h"
#include "format/otp_out.h"

#define CSV_ARCHIVED "archived" /* the field of COLUMN_ARCHIVED */

struct csv_kind {
	const struct csv_column *columns; /* NULL: any, by a map */
	const char *folder_root;          /* in front of every folder when written, or NULL */
	char folder_separator;            /* beside '/', or 0 */
	const char *no_url;               /* what stands for no URL, or NULL */
	enum otp_takes otp;               /* what the program makes codes of */
	bool no_password;                 /* its items have none */
	bool sites_alone;                 /* the program takes none without URL and password */
	bool milliseconds;                /* dates are written so; otherwise as in RFC 3339 */
};

void csv_look(const struct format *format, const struct source *source, struct look *ret_look);
int csv_read(const struct format *format, const struct source *source, struct emit *emit,
             struct error *err);

int csv_begin(const struct format *format, struct sink *sink, struct error *err);
int csv_item(struct sink *sink, const struct item *item, struct error *err);
int csv_end(struct sink *sink, struct error *err);
bool csv_keeps(const struct format *format, const struct item *item,
               const struct item_field *field);
void csv_losses(const struct format *format, const struct item *item, struct account *account);

#endif
