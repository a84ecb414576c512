/* Prints SQLCipher's version, as in "4.6.1 community"; nothing when linked to plain SQLite. */
#include <stdio.h>

#include <sqlcipher/sqlite3.h>

static int print(void *unused, int columns, char **values, char **names)
{
	(void)unused;
	(void)names;
	return columns == 1 && values[0] ? puts(values[0]) < 0 : 1;
}

int main(void)
{
	sqlite3 *db;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		return 1;
	return sqlite3_exec(db, "PRAGMA cipher_version", print, NULL, NULL) != SQLITE_OK;
}
