#include "store/sql.h"

/*
 * ?N is bound as N from 1; columns are read from 0. States of an entry: 0 live, 1 in the trash, 2 purged (enum entry_state);
 * kinds of a field: enum field_kind. Statements for lists never name password.value or field.value of a secret kind.
 */
static const char *const texts[SQL_COUNT] = {
    [SQL_BEGIN_READ] = "BEGIN",
    /* Takes the write lock at once: a transaction that reads first and writes later can only fail when another came first. */
    [SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",

    [SQL_STATE_READ] = "SELECT generation, entries, trashed, fingerprint_key, root FROM state WHERE id = 1",
    [SQL_STATE_INSERT] = "INSERT INTO state (id, generation, entries, trashed, fingerprint_key, root)"
                         " VALUES (1, ?1, ?2, ?3, ?4, ?5)",
    [SQL_STATE_UPDATE] = "UPDATE state SET generation = ?1, entries = ?2, trashed = ?3, root = ?4 WHERE id = 1",

    [SQL_ENTRY_BY_NAME] = "SELECT id FROM entry WHERE name = ?1 AND state = 0",
    [SQL_ENTRY_BY_FOLDED] = "SELECT id, name FROM entry WHERE folded = ?1 AND state = 0 LIMIT 2",
    [SQL_ENTRY_READ] = "SELECT uuid, revision, name, folded, user, created, modified, state, trashed FROM entry"
                       " WHERE id = ?1",
    [SQL_ENTRY_INSERT] =
        "INSERT INTO entry (uuid, revision, name, folded, user, created, modified, state, trashed)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [SQL_ENTRY_UPDATE] = "UPDATE entry SET revision = ?2, name = ?3, folded = ?4, user = ?5, modified = ?6, state = ?7,"
                         " trashed = ?8 WHERE id = ?1",
    /* NOT INDEXED: care and rescue walk the table itself, not an index that may be damaged. */
    [SQL_ENTRY_IDS] = "SELECT id FROM entry NOT INDEXED WHERE id > ?1 ORDER BY id",
    [SQL_ENTRY_SCAN_NAME] = "SELECT count(*) FILTER (WHERE name = ?1), count(*) FROM entry NOT INDEXED"
                            " WHERE state = 0 AND (name = ?1 OR folded = ?2)",
    [SQL_ENTRY_NAMES] = "SELECT name FROM entry WHERE state = 0 ORDER BY name",
    [SQL_ENTRY_DETAILS] =
        "SELECT e.name, e.user, e.created, e.modified, p.since FROM entry e LEFT JOIN password p"
        " ON p.entry = e.id AND p.until IS NULL WHERE e.state = 0 ORDER BY e.name",
    [SQL_ENTRY_NAMES_TAGGED] = "SELECT e.name FROM field f JOIN entry e ON e.id = f.entry"
                               " WHERE f.kind = 2 AND f.value = ?1 AND e.state = 0 ORDER BY e.name",
    [SQL_ENTRY_DETAILS_TAGGED] =
        "SELECT e.name, e.user, e.created, e.modified, p.since FROM field f JOIN entry e ON e.id = f.entry"
        " LEFT JOIN password p ON p.entry = e.id AND p.until IS NULL"
        " WHERE f.kind = 2 AND f.value = ?1 AND e.state = 0 ORDER BY e.name",
    [SQL_ENTRY_COUNTS] = "SELECT count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1), count(*)"
                         " FROM entry NOT INDEXED",
    [SQL_TRASH_LIST] = "SELECT id, name, user, trashed FROM entry WHERE state = 1 ORDER BY trashed, id",
    [SQL_TRASH_IDS] = "SELECT id FROM entry WHERE state = 1 AND (?1 IS NULL OR name = ?1)",
    [SQL_TRASH_NEWEST] = "SELECT id FROM entry WHERE state = 1 AND name = ?1 ORDER BY trashed DESC, id DESC LIMIT 1",

    [SQL_PASSWORD_READ] = "SELECT position, since, until, value, fingerprint, reason FROM password WHERE entry = ?1"
                          " ORDER BY position",
    [SQL_PASSWORD_INSERT] = "INSERT INTO password (entry, position, since, until, value, fingerprint, reason)"
                            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_PASSWORD_RETIRE] = "UPDATE password SET until = ?2 WHERE entry = ?1 AND until IS NULL",
    [SQL_PASSWORD_ERASE] = "UPDATE password SET value = NULL, until = coalesce(until, ?2) WHERE entry = ?1",
    /* Partners of a fingerprint other than entry ?2: one row per use, by way of the index alone and then the table. */
    [SQL_PASSWORD_PARTNERS] =
        "SELECT e.id, e.name, e.state, p.since, p.until, p.reason FROM password p JOIN entry e ON e.id = p.entry"
        " WHERE p.fingerprint = ?1 AND p.entry <> ?2 ORDER BY p.until IS NOT NULL, p.since DESC, e.name",
    /* One ordered walk over the index (fingerprint, entry): no sorting, no look at the table. */
    [SQL_PASSWORD_SHARED] = "SELECT fingerprint FROM password INDEXED BY password_fingerprint GROUP BY fingerprint"
                            " HAVING min(entry) <> max(entry)",

    [SQL_FIELD_READ] = "SELECT kind, key, value FROM field WHERE entry = ?1 ORDER BY kind, position",
    [SQL_FIELD_INSERT] = "INSERT INTO field (entry, kind, position, key, value) VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_FIELD_DELETE] = "DELETE FROM field WHERE entry = ?1",

    [SQL_DIGEST_READ] = "SELECT hashes FROM digest WHERE node = ?1",
    [SQL_DIGEST_WRITE] = "INSERT OR REPLACE INTO digest (node, hashes) VALUES (?1, ?2)",
    [SQL_DIGEST_ALL] = "SELECT node, hashes FROM digest ORDER BY node",

    /* Which page belongs to what; a page that is missing here is free. */
    [SQL_PAGES_USED] = "SELECT pageno FROM dbstat",
    [SQL_CIPHER_CHECK] = "PRAGMA cipher_integrity_check",
    [SQL_INTEGRITY_CHECK] = "PRAGMA integrity_check(20)",
};

const char *sql_text(enum sql which)
{
	return texts[which];
}
