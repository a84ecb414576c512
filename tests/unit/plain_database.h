/*
 * The database part of a vault in the hands of the stock SQLCipher library: what somebody with the
 * raw database key, but without the other keys, can do to it.
 */
#ifndef PLAIN_DATABASE_H
#define PLAIN_DATABASE_H

#include <sqlcipher/sqlite3.h>

#include "vault_fixture.h"

#define PLAIN_NAME "plain.db"

static inline sqlite3 *plain_open(struct bytes vault_file)
{
	unsigned char key[32];
	char pragma[128] = "PRAGMA key = \"x'";
	sqlite3 *db = NULL;

	file_save(PLAIN_NAME, vault_file.data + HEADER_AREA, vault_file.length - HEADER_AREA);
	assert_int_equal(sqlite3_open_v2(PLAIN_NAME, &db, SQLITE_OPEN_READWRITE, "unix"),
	                 SQLITE_OK);
	subkey_derive(key, SUBKEY_DATABASE, fixture_key->bytes);
	for (int i = 0; i < 32; i++)
		snprintf(pragma + strlen(pragma), 3, "%02x", key[i]);
	snprintf(pragma + strlen(pragma), 3, "'\"");
	assert_int_equal(sqlite3_exec(db, pragma, NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static inline void plain_run(sqlite3 *db, const char *sql)
{
	char *message = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
}

static inline long long plain_number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	long long number = -1;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return number;
}

/* Closes the database and gives the vault's file with it in it. */
static inline struct bytes plain_close(sqlite3 *db, struct bytes vault_file)
{
	struct bytes plain, file;

	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	plain = file_load(PLAIN_NAME);
	file.length = HEADER_AREA + plain.length;
	file.data = malloc(file.length);
	assert_non_null(file.data);
	memcpy(file.data, vault_file.data, HEADER_AREA);
	memcpy(file.data + HEADER_AREA, plain.data, plain.length);
	free(plain.data);
	unlink(PLAIN_NAME);
	return file;
}

/* The vault's file after these statements. */
static inline struct bytes tampered(struct bytes vault_file, const char *sql)
{
	sqlite3 *db = plain_open(vault_file);

	plain_run(db, sql);
	return plain_close(db, vault_file);
}

/* The answer to one question about the vault's database. */
static inline size_t plain_ask(struct bytes vault_file, const char *sql)
{
	sqlite3 *db = plain_open(vault_file);
	long long number = plain_number(db, sql);

	sqlite3_close(db);
	unlink(PLAIN_NAME);
	assert_true(number >= 0);
	return (size_t)number;
}

static inline void plain_hash_rows(sqlite3 *db, const char *sql, struct hash *hash)
{
	sqlite3_stmt *stmt = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			int type = sqlite3_column_type(stmt, i),
			    length = sqlite3_column_bytes(stmt, i);

			hash_add(hash, &type, sizeof(type));
			hash_add(hash, &length, sizeof(length));
			if (length > 0)
				hash_add(hash, sqlite3_column_blob(stmt, i), (size_t)length);
		}
	assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
}

/* Everything that is in the tables, as one hash; false when SQLite finds the file inconsistent. */
static inline bool plain_contents(struct bytes vault_file, unsigned char ret_hash[HASH_BYTES])
{
	sqlite3 *db = plain_open(vault_file);
	sqlite3_stmt *stmt = NULL;
	struct hash hash;
	bool sound;

	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL),
	                 SQLITE_OK);
	sound = sqlite3_step(stmt) == SQLITE_ROW &&
	        strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
	sqlite3_finalize(stmt);
	if (sound) {
		hash_start(&hash, NULL);
		plain_hash_rows(db, "SELECT * FROM state", &hash);
		plain_hash_rows(db, "SELECT * FROM entry NOT INDEXED", &hash);
		plain_hash_rows(db, "SELECT * FROM password NOT INDEXED", &hash);
		plain_hash_rows(db, "SELECT * FROM field NOT INDEXED", &hash);
		plain_hash_rows(db, "SELECT * FROM digest", &hash);
		hash_finish(&hash, ret_hash);
	}
	sqlite3_close(db);
	unlink(PLAIN_NAME);
	return sound;
}

#endif
