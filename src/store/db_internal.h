/* What db.c, stmt.c, recipe.c and schema.c share. */
#ifndef STORE_DB_INTERNAL_H
#define STORE_DB_INTERNAL_H

#include <sqlcipher/sqlite3.h>
#include <sys/types.h>

#include "store/db.h"

struct stmt {
	struct db *db;
	sqlite3_stmt *handle; /* NULL until first used */
	int failed_bind;      /* SQLite's code of the first bind that failed */
};

struct db {
	sqlite3 *handle;
	char *path; /* of the file, folder resolved */
	struct stmt statements[SQL_COUNT];
	bool set_for_writing; /* recipe_for_writing was there */
	bool lenient;         /* DB_LENIENT */
	bool busy;            /* db_was_busy */
};

/* One sentence about what SQLite reported, with the status it amounts to. Never holds a value. */
int db_error(struct db *db, int code, struct error *err);

/* Runs statements that return nothing and hold no value of the user's. */
int db_execute(struct db *db, const char *sql, struct error *err);

/* The first column of the first row of a PRAGMA as text into `value`; "" when it returns
 * nothing. */
int db_pragma(struct db *db, const char *sql, char *value, size_t size, struct error *err);

/* Is the file that has the name still the one this connection holds open? Returns SQLite's code. */
int db_same_file(struct db *db, bool *ret_same);

/* ---- recipe.c: how a connection is set up; every setting is read back --------------- */

int recipe_give_key(struct db *db, const unsigned char key[32], struct error *err);
int recipe_for_reading(struct db *db, struct error *err); /* before the first page is read */
int recipe_check_file(struct db *db,
                      struct error *err); /* what the file itself decides; in a transaction */
int recipe_for_writing(struct db *db,
                       struct error *err); /* before the first write; outside a transaction */

#endif
