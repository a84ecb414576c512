#include "store/sql.h"

/*
 * ?N is bound as N from 1; columns are read from 0. States of an entry: 0 live, 1 in the trash, 2
 * purged, 3 and 4 no accounts (enum entry_state); kinds of a field: enum field_kind. Statements
 * for lists never name password.value or field.value of a secret kind.
 */
static const char *const texts[SQL_COUNT] = {
	[SQL_BEGIN_READ] = "BEGIN",
	/* Takes the write lock at once: a transaction that reads first and writes later would fail
	 * when another one came first. */
	[SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",

	[SQL_STATE_READ] =
		"SELECT generation, entries, trashed, fingerprint_key, root FROM state WHERE id ="
		" 1",
	[SQL_STATE_INSERT] =
		"INSERT INTO state (id, generation, entries, trashed, fingerprint_key, root)"
		" VALUES (1, ?1, ?2, ?3, ?4, ?5)",
	[SQL_STATE_UPDATE] =
		"UPDATE state SET generation = ?1, entries = ?2, trashed = ?3, root = ?4 WHERE id ="
		" 1",

	[SQL_ENTRY_BY_NAME] = "SELECT id FROM entry WHERE name = ?1 AND state = 0",
	[SQL_ENTRY_BY_FOLDED] =
		"SELECT id, name FROM entry WHERE folded = ?1 AND state = 0 LIMIT 2",
	[SQL_ENTRY_READ] =
		"SELECT uuid, revision, name, folded, user, created, modified, state, trashed FROM"
		" entry"
		" WHERE id = ?1",
	/* Whose a password is; ?2: the realm, too. */
	[SQL_ENTRY_ACCOUNT] =
		"SELECT name, user, state, CASE WHEN ?2 THEN (SELECT value FROM field WHERE entry ="
		" ?1 AND kind = 8) END FROM entry WHERE id = ?1",
	[SQL_ENTRY_INSERT] =
		"INSERT INTO entry (uuid, revision, name, folded, user, created, modified, state,"
		" trashed)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[SQL_ENTRY_UPDATE] =
		"UPDATE entry SET revision = ?2, name = ?3, folded = ?4, user = ?5, modified = ?6,"
		" state = ?7,"
		" trashed = ?8 WHERE id = ?1",
	/* The whole row, for what comes from another copy. */
	[SQL_ENTRY_REPLACE] =
		"UPDATE entry SET revision = ?2, name = ?3, folded = ?4, user = ?5, created = ?6,"
		" modified = ?7, state = ?8, trashed = ?9 WHERE id = ?1",
	/* One that had to wait until its name was free. */
	[SQL_ENTRY_SHOW] = "UPDATE entry SET state = 0 WHERE id = ?1",
	/* NOT INDEXED: care and rescue walk the table itself, not an index that may be damaged. */
	[SQL_ENTRY_IDS] = "SELECT id FROM entry NOT INDEXED WHERE id > ?1 ORDER BY id",
	[SQL_ENTRY_SCAN_NAME] =
		"SELECT count(*) FILTER (WHERE name = ?1), count(*) FROM entry NOT INDEXED"
		" WHERE state = 0 AND (name = ?1 OR folded = ?2)",
	[SQL_ENTRY_NAMES] = "SELECT name, id FROM entry WHERE state = 0 ORDER BY name",
	[SQL_ENTRY_NAMES_FROM] =
		"SELECT name FROM entry WHERE state = 0 AND name >= ?1 ORDER BY name",
	[SQL_ENTRY_DETAILS] =
		"SELECT e.name, e.id, e.user, e.created, e.modified, p.since FROM entry e LEFT"
		" JOIN password p"
		" ON p.entry = e.id AND p.until IS NULL WHERE e.state = 0 ORDER BY e.name",
	[SQL_ENTRY_NAMES_TAGGED] =
		"SELECT e.name, e.id FROM field f JOIN entry e ON e.id = f.entry"
		" WHERE f.kind = 2 AND f.value = ?1 AND e.state = 0 ORDER BY e.name",
	[SQL_ENTRY_DETAILS_TAGGED] =
		"SELECT e.name, e.id, e.user, e.created, e.modified, p.since FROM field f JOIN"
		" entry e ON e.id = f.entry"
		" LEFT JOIN password p ON p.entry = e.id AND p.until IS NULL"
		" WHERE f.kind = 2 AND f.value = ?1 AND e.state = 0 ORDER BY e.name",
	/* From the entries to their fields, by the key of the table: notes are not read over. */
	[SQL_ENTRY_URLS] =
		"SELECT e.name, f.value FROM entry e CROSS JOIN field f ON f.entry = e.id AND"
		" f.kind = 1 WHERE e.state = 0 ORDER BY e.name, f.position",
	[SQL_ENTRY_COUNTS] =
		"SELECT count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1),"
		" count(*)"
		" FROM entry NOT INDEXED",
	/* A row for each field that is searched, at least one for each entry, which are in order:
	 * this walks both tables side by side. Notes (kind 16) are the only secret it reads. */
	[SQL_ENTRY_FIND] =
		"SELECT e.id, e.name, e.folded, e.user, f.kind, f.key, f.value FROM entry e NOT"
		" INDEXED LEFT JOIN field f"
		" ON f.entry = e.id AND f.kind <= 16 WHERE e.state = 0 ORDER BY e.id",
	/* Who is there, and by the same order what is in plain fields (kinds 1 … 8): two walks side
	 * by side, which look for nothing. */
	[SQL_ENTRY_FACTS] =
		"SELECT id, uuid, name, user FROM entry NOT INDEXED WHERE state = 0 ORDER BY id",
	[SQL_FIELD_FACTS] = "SELECT entry, kind, key, value FROM field NOT INDEXED WHERE kind <= 8"
			    " ORDER BY entry, kind, position",
	/* Both in one, for who needs no more than a few kinds of them. */
	[SQL_ENTRY_CHAIN] =
		"SELECT e.id, e.uuid, e.name, e.user, f.kind, f.key, f.value FROM entry e NOT"
		" INDEXED LEFT JOIN field f"
		" ON f.entry = e.id AND f.kind <= 8 WHERE e.state = 0 ORDER BY e.id",
	/* Over the table: there is no index of what is asked this seldom. */
	[SQL_ENTRY_BY_UUID] = "SELECT id FROM entry NOT INDEXED WHERE uuid = ?1",
	[SQL_TRASH_LIST] =
		"SELECT id, name, user, trashed FROM entry WHERE state = 1 ORDER BY trashed, id",
	[SQL_TRASH_IDS] = "SELECT id FROM entry WHERE state = 1 AND (?1 IS NULL OR name = ?1)",
	[SQL_TRASH_NEWEST] =
		"SELECT id FROM entry WHERE state = 1 AND name = ?1 ORDER BY trashed DESC, id DESC"
		" LIMIT 1",

	[SQL_PASSWORD_READ] =
		"SELECT position, since, until, value, fingerprint, reason FROM password WHERE"
		" entry = ?1"
		" ORDER BY position",
	[SQL_PASSWORD_AT] = "SELECT since, until, value, fingerprint, reason FROM password"
			    " WHERE entry = ?1 AND position = ?2",
	[SQL_PASSWORD_IN_USE] =
		"SELECT e.id, e.name, e.user, p.since, p.value FROM entry e CROSS JOIN password p"
		" ON p.entry = e.id WHERE e.state = 0 AND p.until IS NULL AND p.value IS NOT NULL"
		" ORDER BY e.name",
	[SQL_PASSWORD_INSERT] =
		"INSERT INTO password (entry, position, since, until, value, fingerprint, reason)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_PASSWORD_RETIRE] = "UPDATE password SET until = ?2 WHERE entry = ?1 AND until IS NULL",
	[SQL_PASSWORD_ERASE] =
		"UPDATE password SET value = NULL, until = coalesce(until, ?2) WHERE entry = ?1",
	/* Partners of a fingerprint other than entry ?2, one row per use, found by the index. */
	[SQL_PASSWORD_PARTNERS] =
		"SELECT e.id, e.name, e.state, p.since, p.until, p.reason, (SELECT f.value FROM"
		" field f WHERE f.entry = e.id AND f.kind = 8) FROM password p JOIN"
		" entry e ON e.id = p.entry"
		" WHERE p.fingerprint = ?1 AND p.entry <> ?2"
		" ORDER BY e.state <> 3, p.until IS NOT NULL, p.since"
		" DESC, e.name",
	[SQL_PASSWORD_USES] =
		"SELECT entry, since, until, reason FROM password WHERE fingerprint = ?1",
	/* One ordered walk over the index (fingerprint, entry): no sorting, not the table. */
	[SQL_PASSWORD_SHARED] =
		"SELECT fingerprint FROM password INDEXED BY password_fingerprint GROUP BY"
		" fingerprint"
		" HAVING min(entry) <> max(entry)",

	/* "state > 2" is what makes the index of those few rows fit. */
	[SQL_INCIDENTS] =
		"SELECT id, name, created, modified, trashed FROM entry WHERE state > 2 AND state ="
		" 3 ORDER BY id",
	[SQL_APART] = "SELECT id FROM entry WHERE state > 2 ORDER BY +id",
	[SQL_LOG] = "SELECT id FROM entry WHERE state > 2 AND state = 4 ORDER BY id",
	[SQL_INCIDENTS_OPEN] =
		"SELECT id FROM entry WHERE state > 2 AND state = 3 AND trashed = 0 ORDER BY id",
	/* The latest account of that name, whatever became of it: the live one, then the trash. */
	[SQL_ENTRY_EVER] = "SELECT id FROM entry NOT INDEXED WHERE name = ?1 AND state <= 2"
			   " ORDER BY state, trashed DESC, id DESC LIMIT 1",
	[SQL_ENTRY_BY_USER] =
		"SELECT id, name FROM entry NOT INDEXED WHERE state = 0 AND user = ?1 COLLATE"
		" NOCASE ORDER BY name",
	[SQL_PASSWORD_BURNED] =
		"SELECT e.id, e.name, p.until FROM password p JOIN entry e ON e.id = p.entry"
		" WHERE p.fingerprint = ?1 AND e.state = 3 ORDER BY e.id DESC LIMIT 1",
	[SQL_PASSWORD_KNOWN] =
		"SELECT e.id, e.name, e.user, p.value FROM password p JOIN entry e ON e.id ="
		" p.entry WHERE p.fingerprint = ?1 AND p.value IS NOT NULL"
		" ORDER BY e.state, e.id LIMIT 1",
	/* From the entries, by name, to their passwords by the key of the table. */
	[SQL_PASSWORD_VALUES] =
		"SELECT e.name, e.state, p.since, p.until, p.value FROM entry e CROSS JOIN"
		" password p ON p.entry = e.id WHERE p.value IS NOT NULL ORDER BY e.name, e.id,"
		" p.position DESC",

	[SQL_PASSWORD_SINCE] =
		"SELECT p.entry, p.since FROM password p JOIN entry e ON e.id = p.entry"
		" WHERE p.until IS NULL AND e.state = 0",

	[SQL_FORM_READ] = "SELECT position, hashes FROM form WHERE entry = ?1 ORDER BY position",
	[SQL_FORM_WRITE] =
		"INSERT OR REPLACE INTO form (entry, position, hashes) VALUES (?1, ?2, ?3)",
	[SQL_FORM_DELETE] = "DELETE FROM form WHERE entry = ?1",
	[SQL_FORM_ALL] = "SELECT entry, position, hashes FROM form ORDER BY entry, position",
	[SQL_VARIANT_INSERT] = "INSERT INTO variant (hash, entry, position) VALUES (?1, ?2, ?3)",
	/* Sixteen of them. OR FAIL: no row is to be taken back where a later one is there already,
	 * which fails the whole transaction, so that SQLite keeps no copies of pages for it. */
	[SQL_VARIANT_INSERT_MANY] =
		"INSERT OR FAIL INTO variant (hash, entry, position) VALUES (?1, ?2, ?3),"
		" (?4, ?5, ?6), (?7, ?8, ?9), (?10, ?11, ?12), (?13, ?14, ?15), (?16, ?17, ?18),"
		" (?19, ?20, ?21), (?22, ?23, ?24), (?25, ?26, ?27), (?28, ?29, ?30),"
		" (?31, ?32, ?33), (?34, ?35, ?36), (?37, ?38, ?39), (?40, ?41, ?42),"
		" (?43, ?44, ?45), (?46, ?47, ?48)",
	[SQL_VARIANT_DELETE] =
		"DELETE FROM variant WHERE hash = ?1 AND entry = ?2 AND position = ?3",
	/* Limited: a half that a thousand passwords have says little. */
	[SQL_VARIANT_PARTNERS] = "SELECT entry, position FROM variant WHERE hash = ?1 LIMIT ?2",
	[SQL_VARIANT_CANDIDATE] =
		"SELECT e.name, e.user, e.state, p.since, p.until, p.value, p.fingerprint"
		" FROM password p JOIN entry e ON e.id = p.entry"
		" WHERE p.entry = ?1 AND p.position = ?2",

	[SQL_FIELD_URLS] = "SELECT value FROM field WHERE entry = ?1 AND kind = 1",
	[SQL_FIELD_READ] =
		"SELECT kind, key, value FROM field WHERE entry = ?1 ORDER BY kind, position",
	[SQL_FIELD_INSERT] =
		"INSERT INTO field (entry, kind, position, key, value) VALUES (?1, ?2, ?3, ?4, ?5)",
	[SQL_FIELD_DELETE] = "DELETE FROM field WHERE entry = ?1",
	[SQL_VERSIONS_WRITE] = "INSERT OR REPLACE INTO field (entry, kind, position, key, value)"
			       " VALUES (?1, 21, 0, NULL, ?2)",
	/* From one tag to the next through the index, not over every use of each. */
	[SQL_TAGS_FROM] =
		"WITH RECURSIVE tag (value) AS ("
		"SELECT min(value) FROM field WHERE kind = 2 AND value >= ?1 UNION ALL"
		" SELECT (SELECT min(f.value) FROM field f WHERE f.kind = 2 AND f.value >"
		" tag.value)"
		" FROM tag WHERE tag.value IS NOT NULL)"
		" SELECT value FROM tag WHERE EXISTS (SELECT 1 FROM field f JOIN entry e ON e.id ="
		" f.entry"
		" WHERE f.kind = 2 AND f.value = tag.value AND e.state = 0)",
	[SQL_FIELD_TAGGED] = "SELECT 1 FROM field WHERE entry = ?1 AND kind = 2 AND value = ?2",

	[SQL_FIELD_REALM] = "SELECT value FROM field WHERE entry = ?1 AND kind = 8",
	/* From one end of the fields to the other, which costs less than to look at each entry. */
	[SQL_REALM_MEMBERS] =
		"SELECT e.id, e.name, f.value, (SELECT p.fingerprint FROM password p WHERE"
		" p.entry = e.id AND p.until IS NULL) FROM field f NOT INDEXED CROSS JOIN entry e"
		" ON e.id = f.entry WHERE f.kind = 8 AND e.state = 0",

	[SQL_PASSWORD_NOW] =
		"SELECT fingerprint, since FROM password WHERE entry = ?1 AND until IS NULL",
	[SQL_FIELD_PENDING] =
		"SELECT e.name FROM field f NOT INDEXED CROSS JOIN entry e ON e.id = f.entry"
		" WHERE f.kind = 20 AND e.state = 0 ORDER BY e.name",
	[SQL_PENDING_IDS] =
		"SELECT e.id FROM field f NOT INDEXED CROSS JOIN entry e ON e.id = f.entry"
		" WHERE f.kind = 20 AND e.state = 0",

	[SQL_DIGEST_READ] = "SELECT hashes FROM digest WHERE node = ?1",
	[SQL_DIGEST_WRITE] = "INSERT OR REPLACE INTO digest (node, hashes) VALUES (?1, ?2)",
	[SQL_DIGEST_ALL] = "SELECT node, hashes FROM digest ORDER BY node",

	/* Side by side, each table from one end to the other; the rows are verified. */
	[SQL_MOVE_IDENTITIES] = "SELECT id, uuid, state FROM entry NOT INDEXED ORDER BY id",
	[SQL_MOVE_ENTRIES] =
		"SELECT id, uuid, revision, name, user, created, modified, state, trashed FROM"
		" entry NOT INDEXED ORDER BY id",
	/* From an entry on. */
	[SQL_MOVE_PASSWORDS] =
		"SELECT entry, position, since, until, value, fingerprint, reason FROM password NOT"
		" INDEXED WHERE entry >= ?1 ORDER BY entry, position",
	[SQL_MOVE_FORMS] =
		"SELECT entry, position, hashes FROM form WHERE entry >= ?1 ORDER BY entry,"
		" position",
	[SQL_MOVE_FIELDS] =
		"SELECT entry, kind, key, value FROM field NOT INDEXED WHERE entry >= ?1 ORDER BY"
		" entry, kind, position",
	/* By name. An index cannot make an entry appear twice unnoticed:
	 * its name would not come after the one before. */
	[SQL_MOVE_LIVE_BY_NAME] =
		"SELECT id, uuid, revision, name, user, created, modified, state, trashed FROM"
		" entry WHERE state = 0 ORDER BY name",
	[SQL_MOVE_TRASH_BY_NAME] =
		"SELECT id, uuid, revision, name, user, created, modified, state, trashed FROM"
		" entry NOT INDEXED WHERE state = 1 ORDER BY name, id",
	[SQL_MOVE_ATTACHED] =
		"SELECT id, uuid, revision, name, user, created, modified, state, trashed FROM"
		" entry NOT INDEXED WHERE id IN (SELECT entry FROM field WHERE kind = 19)"
		" ORDER BY id",
	/* For the rows of an entry that are written again, with more between them. */
	[SQL_PASSWORD_DELETE] = "DELETE FROM password WHERE entry = ?1",

	/* NOT INDEXED, for the reason given at SQL_ENTRY_IDS. */
	[SQL_CHECK_ENTRIES] = "SELECT id, name, folded FROM entry NOT INDEXED ORDER BY id",
	[SQL_CHECK_FINGERPRINTS] =
		"SELECT e.name, p.value, p.fingerprint FROM password p NOT INDEXED CROSS JOIN entry"
		" e NOT INDEXED"
		" ON e.id = p.entry WHERE p.value IS NOT NULL",
	[SQL_CHECK_ORPHANS] =
		"SELECT p.entry FROM password p NOT INDEXED"
		" WHERE NOT EXISTS (SELECT 1 FROM entry e NOT INDEXED WHERE e.id = p.entry) UNION"
		" SELECT f.entry FROM field f NOT INDEXED"
		" WHERE NOT EXISTS (SELECT 1 FROM entry e NOT INDEXED WHERE e.id = f.entry)",
	[SQL_CHECK_FORM_ORPHANS] =
		"SELECT f.entry FROM form f NOT INDEXED WHERE NOT EXISTS (SELECT 1 FROM password p"
		" NOT INDEXED WHERE p.entry = f.entry AND p.position = f.position)",
	[SQL_CHECK_VARIANT] =
		"SELECT 1 FROM variant WHERE hash = ?1 AND entry = ?2 AND position = ?3",
	[SQL_CHECK_VARIANT_COUNT] = "SELECT count(*) FROM variant",
	/* What schema.c makes up to version ?1 and is missing (0), and what is there but not of its
	 * making (1). */
	[SQL_CHECK_SCHEMA] =
		"WITH ever (version, type, name) AS (VALUES (1, 'table', 'state'),"
		" (1, 'table', 'entry'), (1, 'index', 'entry_name'), (1, 'index', 'entry_folded'),"
		" (1, 'index', 'entry_trash'), (1, 'table', 'password'),"
		" (1, 'index', 'password_fingerprint'), (1, 'table', 'field'),"
		" (1, 'index', 'field_tag'), (1, 'table', 'digest'), (2, 'table', 'form'),"
		" (2, 'table', 'variant'), (3, 'index', 'entry_apart')),"
		" made AS (SELECT type, name FROM ever WHERE version <= ?1)"
		" SELECT 0, type, name FROM made WHERE (type, name) NOT IN (SELECT type, name FROM"
		" sqlite_schema)"
		" UNION ALL SELECT 1, type, name FROM sqlite_schema"
		" WHERE (type, name) NOT IN (SELECT type, name FROM made) AND name NOT GLOB"
		" 'sqlite_*'",
	/* Works while it is prepared: see pages.c, the only place to run it. */
	[SQL_CIPHER_CHECK] = "PRAGMA cipher_integrity_check",
	[SQL_INTEGRITY_CHECK] = "PRAGMA integrity_check(20)",
	/* One table with its indexes, without the list of free pages. */
	[SQL_INTEGRITY_TABLE] = "SELECT integrity_check FROM pragma_integrity_check(?1)",
	[SQL_RESCUE_NEXT] = "SELECT id FROM entry NOT INDEXED WHERE id >= ?1 ORDER BY id LIMIT 1",
	/* The last node of the lowest level, and the last entry with a password: both tell which
	 * entries there should be. */
	[SQL_RESCUE_LAST_NODE] =
		"SELECT node FROM digest WHERE node < 2 << 32 ORDER BY node DESC LIMIT 1",
	[SQL_RESCUE_LAST_PASSWORD] =
		"SELECT entry FROM password NOT INDEXED ORDER BY entry DESC LIMIT 1",
	/* As SQL_PASSWORD_READ and SQL_FIELD_READ, but from one end of the table to the other: the
	 * way down its tree compares keys, and has to read a long row whole for that. */
	[SQL_RESCUE_PASSWORDS] =
		"SELECT position, since, until, value, fingerprint, reason FROM password NOT"
		" INDEXED WHERE +entry = ?1",
	[SQL_RESCUE_FIELDS] = "SELECT kind, key, value FROM field NOT INDEXED WHERE +entry = ?1",
};

const char *sql_text(enum sql which)
{
	return texts[which];
}
