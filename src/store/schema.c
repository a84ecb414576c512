#include "store/schema.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/db_internal.h"

/*
 * Rows are never deleted from `entry` and `password`: an entry's name, dates and fingerprints
 * outlive its secrets, so that a password used once is known for ever. Numbers in the WHERE clauses
 * are those of enum entry_state and enum field_kind.
 */
static const char version_1[] =
	"CREATE TABLE state ("
	" id INTEGER PRIMARY KEY CHECK (id = 1),"
	" generation INTEGER NOT NULL," /* counts committed writes */
	" entries INTEGER NOT NULL, trashed INTEGER NOT NULL,"
	" fingerprint_key BLOB NOT NULL,"
	" root BLOB NOT NULL" /* see digest.h */
	") STRICT;"

	"CREATE TABLE entry ("
	" id INTEGER PRIMARY KEY,"
	" uuid BLOB NOT NULL,"        /* the same in every copy of the vault */
	" revision INTEGER NOT NULL," /* counts changes of this entry */
	" name TEXT NOT NULL, folded TEXT NOT NULL,"
	" user TEXT,"
	" created INTEGER NOT NULL, modified INTEGER NOT NULL,"
	" state INTEGER NOT NULL,"
	" trashed INTEGER NOT NULL"
	") STRICT;"
	"CREATE UNIQUE INDEX entry_name ON entry (name) WHERE state = 0;"
	"CREATE INDEX entry_folded ON entry (folded) WHERE state = 0;"
	"CREATE INDEX entry_trash ON entry (trashed) WHERE state = 1;"

	"CREATE TABLE password ("
	" entry INTEGER NOT NULL, position INTEGER NOT NULL," /* 0, 1, 2 … as they came */
	" since INTEGER NOT NULL, until INTEGER,"             /* until NULL: in use */
	" value BLOB,"                                        /* NULL: erased */
	" fingerprint BLOB NOT NULL,"
	" reason TEXT,"
	" PRIMARY KEY (entry, position)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX password_fingerprint ON password (fingerprint);"

	"CREATE TABLE field ("
	" entry INTEGER NOT NULL, kind INTEGER NOT NULL, position INTEGER NOT NULL,"
	" key TEXT, value BLOB NOT NULL,"
	" PRIMARY KEY (entry, kind, position)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX field_tag ON field (value) WHERE kind = 2;"

	"CREATE TABLE digest (node INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;";

/* What finds variants (src/vault/variant.h). `form` has a row for each password from then on and is
 * part of the digest; `variant` is the way from a hash to it. */
static const char version_2[] =
	"CREATE TABLE form ("
	" entry INTEGER NOT NULL, position INTEGER NOT NULL," /* as in password */
	" hashes BLOB NOT NULL,"                              /* forms_unpack reads them */
	" PRIMARY KEY (entry, position)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE variant ("
	" hash INTEGER NOT NULL, entry INTEGER NOT NULL, position INTEGER NOT NULL,"
	" PRIMARY KEY (hash, entry, position)"
	") STRICT, WITHOUT ROWID;";

/* What is no account, but stands in the same table: incidents and the log. */
static const char version_3[] = "CREATE INDEX entry_apart ON entry (state, id) WHERE state > 2;";

/* Row N brings version N to N + 1; row 0 makes the first tables. What a version needs besides its
 * tables is done in src/vault/upgrade.c. */
static const char *const migrations[] = {version_1, version_2, version_3};

#define NEWEST (sizeof(migrations) / sizeof(migrations[0]))

unsigned schema_version(void)
{
	return NEWEST;
}

int schema_read_version(struct db *db, unsigned *ret_version, struct error *err)
{
	char value[32];
	int r = db_pragma(db, "PRAGMA user_version", value, sizeof(value), err);

	*ret_version = (unsigned)strtoul(value, NULL, 10);
	return r;
}

int schema_check(unsigned version, struct error *err)
{
	if (version <= NEWEST)
		return 0;
	return error_set(err, VAULT_FAILED,
	                 "the vault was written by a newer program (schema %u, this one knows %u):"
	                 " update vault",
	                 version, (unsigned)NEWEST);
}

int schema_migrate(struct db *db, unsigned from, struct error *err)
{
	char pragma[48];
	int r = schema_check(from, err);

	if (r < 0)
		return r;
	for (unsigned i = from; i < NEWEST; i++) {
		r = db_execute(db, migrations[i], err);
		if (r < 0)
			return r;
	}
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %u", (unsigned)NEWEST);
	return db_execute(db, pragma, err);
}

int schema_create(struct db *db, struct error *err)
{
	return schema_migrate(db, 0, err);
}
