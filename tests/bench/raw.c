/*
 * SQLCipher without a vault around it, as the measure of what the vault adds: `raw OPERATION
 * DATABASE KEY [NUMBER]`. KEY is a file with 64 hexadecimal digits, or "-" for a database that is
 * not encrypted.
 *
 *     make COUNT     a table with as many rows as a vault has entries
 *     insert NUMBER  one more row, durable when it is done
 *     names, rows    the rows that `vault list` and `vault audit` read, from a vault's own database
 *     copy FROM-DATABASE FROM-KEY    every table and row of another database into this new one: one
 *                    transaction, table by table in the order of its key, durable when it is done
 */
#define SQLITE_HAS_CODEC 1 /* declares sqlite3_key */
#include <sqlcipher/sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char insert_sql[] =
	"INSERT INTO item (name, user, url, password)"
	" VALUES (?1, 'user@example.org', 'https://example.org/login', ?2)";

/* Without, random places in an index are read, deciphered and enciphered over and over: what is
 * measured is one program that has sized it against another. */
#define LARGE_CACHE "PRAGMA cache_size = -49152"

static void check(sqlite3 *db, int code)
{
	if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
		return;
	fprintf(stderr, "raw: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
	check(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static void give_key(sqlite3 *db, const char *key_path)
{
	char key[64 + 4] = "x'";
	FILE *file = fopen(key_path, "r");

	if (!file || fread(key + 2, 1, 64, file) != 64 || fclose(file) != 0) {
		perror(key_path);
		exit(1);
	}
	key[66] = '\'';
	check(db, sqlite3_key(db, key, 67));
}

static sqlite3 *unlock(const char *path, const char *key_path)
{
	sqlite3 *db = NULL;

	check(db, sqlite3_open(path, &db));
	if (strcmp(key_path, "-") != 0)
		give_key(db, key_path);
	run(db, "PRAGMA journal_mode = DELETE");
	run(db,
	    "PRAGMA synchronous = EXTRA"); /* survives a power failure, as a vault's writes do */
	return db;
}

static void insert(sqlite3 *db, unsigned long first, unsigned long count)
{
	char name[64], password[25];
	sqlite3_stmt *stmt = NULL;

	check(db, sqlite3_prepare_v2(db, insert_sql, -1, &stmt, NULL));
	for (unsigned long i = first; i < first + count; i++) {
		snprintf(name, sizeof(name), "service-%06lu", i);
		snprintf(password, sizeof(password), "a password, number %05lu", i);
		check(db, sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC));
		check(db, sqlite3_bind_blob(stmt, 2, password, 24, SQLITE_STATIC));
		check(db, sqlite3_step(stmt));
		check(db, sqlite3_reset(stmt));
	}
	check(db, sqlite3_finalize(stmt));
}

static void make(sqlite3 *db, unsigned long count)
{
	run(db, LARGE_CACHE);
	run(db, "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE, user TEXT, url TEXT,"
	        " password BLOB)");
	run(db, "BEGIN");
	insert(db, 0, count);
	run(db, "COMMIT");
}

static void copy_rows(sqlite3 *from, sqlite3 *to, const char *table)
{
	char text[256] = "";
	sqlite3_stmt *read = NULL, *write = NULL;
	size_t length;

	snprintf(text, sizeof(text), "SELECT * FROM \"%s\"", table);
	check(from, sqlite3_prepare_v2(from, text, -1, &read, NULL));
	length = (size_t)snprintf(text, sizeof(text), "INSERT INTO \"%s\" VALUES (?", table);
	for (int i = 1; i < sqlite3_column_count(read); i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, ", ?");
	snprintf(text + length, sizeof(text) - length, ")");
	check(to, sqlite3_prepare_v2(to, text, -1, &write, NULL));
	while (sqlite3_step(read) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(read); i++)
			check(to, sqlite3_bind_value(write, i + 1, sqlite3_column_value(read, i)));
		check(to, sqlite3_step(write));
		check(to, sqlite3_reset(write));
	}
	check(from, sqlite3_finalize(read));
	check(to, sqlite3_finalize(write));
}

/* Tables and indexes first, then the rows, as a vault has them too. */
static void copy(sqlite3 *from, sqlite3 *to)
{
	sqlite3_stmt *schema = NULL;

	run(to, LARGE_CACHE);
	run(to, "BEGIN");
	check(from,
	      sqlite3_prepare_v2(from,
	                         "SELECT sql, name, type FROM sqlite_schema WHERE sql NOT NULL", -1,
	                         &schema, NULL));
	while (sqlite3_step(schema) == SQLITE_ROW)
		run(to, (const char *)sqlite3_column_text(schema, 0));
	check(from, sqlite3_reset(schema));
	while (sqlite3_step(schema) == SQLITE_ROW)
		if (strcmp((const char *)sqlite3_column_text(schema, 2), "table") == 0)
			copy_rows(from, to, (const char *)sqlite3_column_text(schema, 1));
	check(from, sqlite3_finalize(schema));
	run(to, "COMMIT");
	check(from, sqlite3_close(from));
}

/* Every column of every row is looked at; with `print`, the first one is written, as a list is. */
static void read_rows(sqlite3 *db, const char *sql, int print)
{
	unsigned long bytes = 0;
	sqlite3_stmt *stmt = NULL;

	check(db, sqlite3_prepare_v2(db, sql, -1, &stmt, NULL));
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++)
			bytes += (unsigned long)sqlite3_column_bytes(stmt, i);
		if (print)
			puts((const char *)sqlite3_column_text(stmt, 0));
	}
	check(db, sqlite3_finalize(stmt));
	fprintf(stderr, "%lu bytes\n", bytes);
}

int main(int argc, char **argv)
{
	const char *operation = argc > 3 ? argv[1] : "";
	unsigned long number = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;
	sqlite3 *db;

	if (argc < 4)
		return 2;
	db = unlock(argv[2], argv[3]);
	if (strcmp(operation, "make") == 0)
		make(db, number);
	else if (strcmp(operation, "insert") == 0)
		insert(db, number, 1);
	else if (strcmp(operation, "copy") == 0 && argc == 6)
		copy(unlock(argv[4], argv[5]), db);
	else if (strcmp(operation, "names") == 0)
		read_rows(db, "SELECT name FROM entry WHERE state = 0 ORDER BY name", 1);
	else if (strcmp(operation, "rows") == 0)
		read_rows(db,
		          "SELECT entry, since, until, value, fingerprint, reason FROM password",
		          0);
	else
		return 2;
	return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
