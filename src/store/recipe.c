/*
 * The connection recipe: how a new SQLCipher connection is set up. Nothing is taken on trust: each
 * setting is read back, because a PRAGMA that SQLite does not know, or does not like here, is
 * ignored without an error.
 */
#include <stdio.h>
#include <string.h>

#include "crypto/seal.h"
#include "store/db_internal.h"
#include "store/memory.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct setting {
	const char *set, *get, *expected;
	bool may_be_silent; /* an older SQLCipher takes it, but does not answer */
};

#define SETTING(name, value, expected) \
	{ \
		"PRAGMA " name " = " value, "PRAGMA " name, expected, false \
	}
#define EXPECTED(name, expected) \
	{ \
		NULL, "PRAGMA " name, expected, false \
	}

/* Before the first page is read. */
static const struct setting cipher[] = {
	/* It would write to stderr, beside our one sentence. SQLCipher 4.5 does not answer. */
	{"PRAGMA cipher_log_level = NONE", "PRAGMA cipher_log_level", "NONE", true},
	EXPECTED("cipher_page_size", "4096"),
	EXPECTED("cipher_use_hmac", "1"),
	EXPECTED("cipher_hmac_algorithm", "HMAC_SHA512"),
	EXPECTED("cipher_plaintext_header_size", "0"),
};

/* Before the first page is read, too, but of SQLite. */
static const struct setting reading[] = {
	SETTING("temp_store", "MEMORY", "2"), /* no plaintext in temporary files */
	SETTING("cell_size_check", "ON", "1"),
};

/* Read from the file. The journal mode is SQLite's default wherever there is no write-ahead log,
 * which the shim does not offer. */
static const struct setting in_file[] = {
	EXPECTED("journal_mode", "delete"),
	EXPECTED("auto_vacuum", "0"), /* moving pages about would defeat secure_delete */
};

/* What only a writer needs: set before the first write, so that a short read does not pay for
 * it. */
static const struct setting writing[] = {
	/* EXTRA also syncs the folder after the journal is deleted: with FULL, power loss can bring
	 * the journal back and roll back a commit that was acknowledged. */
	SETTING("synchronous", "EXTRA", "3"),
	SETTING("secure_delete", "ON", "1"), /* what is deleted is overwritten, in free pages too */
};

static int apply(struct db *db, const struct setting *table, size_t count, struct error *err)
{
	char value[32];
	int r;

	for (size_t i = 0; i < count; i++) {
		r = table[i].set ? db_pragma(db, table[i].set, value, sizeof(value), err) : 0;
		if (r == 0)
			r = db_pragma(db, table[i].get, value, sizeof(value), err);
		if (r < 0)
			return r;
		if (strcmp(value, table[i].expected) != 0 &&
		    !(table[i].may_be_silent && value[0] == '\0'))
			return error_set(
				err, VAULT_FAILED,
				"this SQLCipher does not take a setting the vault needs (%s)",
				table[i].get);
	}
	return 0;
}

/* Switches of the connection that have a C interface with an answer of its own. */
static int apply_switches(struct db *db, struct error *err)
{
	const struct {
		int option, value;
	} switches[] = {
		/* The schema runs no functions of its own choice. */
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		/* SQL cannot write pages or the schema directly … */
		{SQLITE_DBCONFIG_DEFENSIVE, !db->lenient},
		/* … and where it could, SQLite also reads a database with too few pages. */
		{SQLITE_DBCONFIG_WRITABLE_SCHEMA, db->lenient},
	};

	for (size_t i = 0; i < COUNT(switches); i++) {
		int now = -1;
		int code =
			sqlite3_db_config(db->handle, switches[i].option, switches[i].value, &now);

		if (code != SQLITE_OK || now != switches[i].value)
			return error_set(err, VAULT_FAILED,
			                 "this SQLite does not take a switch the vault needs (%d)",
			                 switches[i].option);
	}
	if (sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0) < 0 ||
	    sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, -1) != 0)
		return error_set(err, VAULT_FAILED,
		                 "this SQLite does not limit attached databases");
	return 0;
}

int db_large_cache(struct db *db, bool large, struct error *err)
{
	static const struct setting settings[] = {
		SETTING("cache_size", "-2000", "-2000"), /* SQLite's own */
		SETTING("cache_size", DB_LARGE_CACHE, DB_LARGE_CACHE),
	};

	return apply(db, &settings[large], 1, err);
}

static int apply_page_limit(struct db *db, struct error *err)
{
	char sql[64], value[32], expected[32];
	int r;

	snprintf(expected, sizeof(expected), "%d", DB_PAGES_MAX);
	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %s", expected);
	r = db_pragma(db, sql, value, sizeof(value), err);
	if (r == 0 && strcmp(value, expected) != 0)
		return error_set(err, VAULT_FAILED, "SQLite does not keep the vault's size limit");
	return r;
}

int recipe_for_reading(struct db *db, struct error *err)
{
	int r = apply(db, cipher, COUNT(cipher), err);

	if (r == 0)
		r = apply(db, reading, COUNT(reading), err);
	return r < 0 ? r : apply_switches(db, err);
}

int recipe_check_file(struct db *db, struct error *err)
{
	return apply(db, in_file, COUNT(in_file), err);
}

int recipe_for_writing(struct db *db, struct error *err)
{
	int r = db->set_for_writing ? 0 : apply(db, writing, COUNT(writing), err);

	if (r == 0 && !db->set_for_writing)
		r = apply_page_limit(db, err);
	db->set_for_writing = r == 0;
	return r;
}

/* What SQLCipher and libcrypto take to set up a connection, many times over. */
#define SET_UP_BYTES ((size_t)128 * 1024)

/* SQLCipher's notation for a raw key: x'…' with 64 hexadecimal digits. More digits would give a
 * salt too, and then its first 16 bytes on disk go unauthenticated. */
int recipe_give_key(struct db *db, const unsigned char key[32], struct error *err)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char text[3 + 64];
	int code;

	/* SQLCipher 4.6 uses what it did not get when memory runs out here. */
	if (!memory_reserve(SET_UP_BYTES))
		return db_error(db, SQLITE_NOMEM, err);
	text[0] = 'x';
	text[1] = '\'';
	for (unsigned i = 0; i < 32; i++) {
		text[2 + 2 * i] = (unsigned char)digits[key[i] >> 4];
		text[3 + 2 * i] = (unsigned char)digits[key[i] & 15];
	}
	text[66] = '\'';
	code = sqlite3_key(db->handle, text, sizeof(text));
	secret_wipe(text, sizeof(text));
	return code == SQLITE_OK ? 0 : db_error(db, code, err);
}
