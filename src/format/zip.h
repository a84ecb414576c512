/*
 * A zip file in memory, read by minizip (unzip.h) through functions of our own: no file is opened,
 * and the names of members are compared, never used as paths.
 *
 * What a stranger's file may cost is bounded: the number of members, the length of their names, and
 * all that is read from it in proportion to the file.
 */
#ifndef FORMAT_ZIP_H
#define FORMAT_ZIP_H

#include "format/format.h"

#define ZIP_MEMBERS_MAX 100000
#define ZIP_NAME_MAX 4096                         /* bytes */
#define ZIP_RATIO_MAX 200                         /* of all that is read to the file, and a … */
#define ZIP_BYTES_FREE ((size_t)16 * 1024 * 1024) /* … that is never too much */

struct zip_member {
	const char *name;
	size_t length;       /* as it says, uncompressed */
	bool encrypted;      /* by a password of the zip's own */
	bool used;           /* it has been read */
	uint64_t at, number; /* where minizip finds it */
};

struct zip {
	const struct source *source;
	void *unzip;                /* minizip's */
	struct zip_member *members; /* sorted by name; what ends with "/" is left out */
	size_t count;
	size_t read; /* bytes so far */
};

/* Does it begin like a zip file, and is there a member of that name? For looks. */
bool zip_has(const struct source *source, const char *name);

/* VAULT_USAGE failure: it is none, is damaged, or has too much of something. `source` is borrowed
 * until zip_close. */
int zip_open(struct zip *zip, const struct source *source, struct error *err);
void zip_close(struct zip *zip); /* also of a zeroed one */
#define ZIP_AUTO __attribute__((cleanup(zip_close))) struct zip

struct zip_member *zip_find(const struct zip *zip, const char *name); /* NULL: there is none */

/* The first member whose name begins so; the others follow. NULL: there is none. */
struct zip_member *zip_first(const struct zip *zip, const char *prefix);
bool zip_more(const struct zip *zip, const struct zip_member *member, const char *prefix);

/* Gives the contents, a NUL behind them; free(3). A checksum that does not fit is a failure. */
int zip_read(struct zip *zip, struct zip_member *member, struct span *ret_bytes, struct error *err);

#endif
