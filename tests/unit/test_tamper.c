/* What somebody with the database key, but without the other keys, changes in the tables: the check
 * finds it all. */
#include <vault/merge.h>

#include "full_vault.h"
#include "plain_database.h"

/* Each by itself, with what the check says of it. */
static const struct {
	const char *sql, *text;
} changes[] = {
	{"UPDATE password SET value = x'616263' WHERE entry = 8", "'entry 07' was changed"},
	{"UPDATE password SET fingerprint = zeroblob(32) WHERE entry = 8",
         "do not belong together"},
	{"UPDATE password SET fingerprint = x'00' WHERE entry = 8", "cannot be read"},
	{"UPDATE password SET reason = 'because' WHERE entry = 8", "'entry 07' was changed"},
	{"UPDATE password SET since = since - 1 WHERE entry = 8", "'entry 07' was changed"},
	{"UPDATE password SET until = 5 WHERE entry = 8", "'entry 07' was changed"},
	{"DELETE FROM password WHERE entry = 8", "'entry 07' was changed"},
	{"INSERT INTO password SELECT entry, 7, since, 9, value, fingerprint, NULL"
         " FROM password WHERE entry = 8",
         "'entry 07' was changed"},
	{"INSERT INTO password SELECT 4711, 0, since, until, value, fingerprint, NULL"
         " FROM password WHERE entry = 8",
         "does not exist (number 4711)"},
	{"UPDATE field SET value = x'78' WHERE entry = 8 AND kind = 1", "'entry 07' was changed"},
	{"UPDATE field SET key = 'x' WHERE entry = 8 AND kind = 16", "'entry 07' was changed"},
	{"UPDATE field SET kind = 2 WHERE entry = 8 AND kind = 1", "'entry 07' was changed"},
	{"DELETE FROM field WHERE entry = 8", "'entry 07' was changed"},
	{"INSERT INTO field VALUES (4711, 1, 0, NULL, x'78')", "does not exist (number 4711)"},
	{"UPDATE entry SET name = 'x', folded = 'x' WHERE id = 8", "'x' was changed"},
	{"UPDATE entry SET folded = 'x' WHERE id = 8", "'entry 07' is filed under a wrong name"},
	{"UPDATE entry SET user = NULL WHERE id = 8", "'entry 07' was changed"},
	{"UPDATE entry SET uuid = zeroblob(16) WHERE id = 8", "'entry 07' was changed"},
	{"UPDATE entry SET uuid = x'' WHERE id = 8", "'entry 07' was changed"},
	{"UPDATE entry SET revision = revision + 1 WHERE id = 8", "'entry 07' was changed"},
	{"UPDATE entry SET created = 0 WHERE id = 8", "'entry 07' was changed"},
	{"UPDATE entry SET modified = 0 WHERE id = 8", "'entry 07' was changed"},
	{"UPDATE entry SET trashed = 1 WHERE id = 8", "'entry 07' was changed"},
	{"UPDATE entry SET state = 1 WHERE id = 8", "there are 59 entries and 2 in the trash"},
	{"DELETE FROM entry WHERE id = 8", "an entry is missing (number 8)"},
	{"UPDATE entry SET id = 4711 WHERE id = 8", "an entry is missing (number 8)"},
	{"INSERT INTO entry SELECT 4711, uuid, 1, 'x', 'x', user, 1, 1, 0, 0"
         " FROM entry WHERE id = 8",
         "'x' was added from outside"},
	{"INSERT INTO entry SELECT -5, uuid, 1, 'x', 'x', user, 1, 1, 0, 0"
         " FROM entry WHERE id = 8",
         "'x' was added from outside"},
	{"INSERT INTO entry SELECT 1 << 40, uuid, 1, 'x', 'x', user, 1, 1, 0, 0"
         " FROM entry WHERE id = 8",
         "'x' was added from outside"},
	{"UPDATE digest SET hashes = zeroblob(1024) WHERE node = 1 << 32",
         "'entry 07' was added from outside"},
	{"UPDATE digest SET hashes = x'01' WHERE node = 1 << 32", "wrong size"},
	{"UPDATE digest SET hashes = zeroblob(1024) WHERE node = 3 << 32",
         "contradicts itself (level 3"},
	{"DELETE FROM digest WHERE node = 1 << 32", "'entry 07' was added from outside"},
	{"DELETE FROM digest WHERE node = 2 << 32", "contradicts itself (level 2"},
	{"DELETE FROM digest WHERE node = 5 << 32", "contradicts itself (level 5"},
	{"INSERT INTO digest VALUES (5, zeroblob(1024))", "leads nowhere"},
	{"INSERT INTO digest VALUES (-5, zeroblob(1024))", "leads nowhere"},
	{"INSERT INTO digest VALUES (9 << 32, randomblob(1024))", "lead nowhere"},
	{"INSERT INTO digest VALUES ((2 << 32) + 7, randomblob(1024))", "lead nowhere"},
	{"INSERT INTO digest VALUES ((1 << 32) + 7, randomblob(1024))",
         "an entry is missing (number 255)"},
	{"DELETE FROM digest", "'entry 07' was added from outside"},
	{"UPDATE state SET generation = generation + 1", "root of the digest does not fit"},
	{"UPDATE state SET entries = entries + 1", "where there should be 61 and 1"},
	{"UPDATE state SET trashed = trashed - 1", "where there should be 60 and 0"},
	{"UPDATE state SET fingerprint_key = zeroblob(32)", "root of the digest does not fit"},
	{"UPDATE state SET root = zeroblob(32)", "root of the digest does not fit"},
	{"DELETE FROM state", "do not agree"},
	{"DROP INDEX entry_folded", "lacks the index 'entry_folded'"},
	{"CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM field; END", "a trigger 't'"},
	{"CREATE VIEW v AS SELECT name FROM entry", "a view 'v'"},
	{"CREATE TABLE more (x)", "a table 'more'"},
};

static void finds_changes_by_sql(void **state)
{
	struct bytes file = full_vault();

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct bytes changed = tampered(file, changes[i].sql);
		struct findings normal, rescue;

		bytes_save(FILE_NAME, changed);
		forget_witness();
		normal = check_file(FILE_NAME, 0);
		rescue = check_file(FILE_NAME, VAULT_RESCUE);
		if (normal.worst != CHECK_DAMAGE || rescue.worst != CHECK_DAMAGE ||
		    (!strstr(rescue.text, changes[i].text) &&
		     !strstr(normal.text, changes[i].text)))
			fail_msg("%s\n%s", changes[i].sql, rescue.text);
		free(changed.data);
	}
	free(file.data);
}

/* The same table, as the keys' owner would have it, but with an index that tells otherwise. */
static void finds_an_index_that_disagrees(void **state)
{
	struct bytes file = full_vault(), changed;
	struct findings findings;

	(void)state;
	changed = tampered(file, "PRAGMA writable_schema = ON;"
	                         "CREATE TABLE away (fingerprint, entry, position,"
	                         " PRIMARY KEY (fingerprint, entry, position))"
	                         " WITHOUT ROWID;"
	                         "UPDATE sqlite_schema SET rootpage ="
	                         " (SELECT rootpage FROM sqlite_schema WHERE name = 'away')"
	                         " WHERE name = 'password_fingerprint';"
	                         "DELETE FROM sqlite_schema WHERE name = 'away'");
	bytes_save(FILE_NAME, changed);
	forget_witness();
	findings = check_file(FILE_NAME, 0);
	assert_int_equal(findings.worst, CHECK_DAMAGE);
	assert_non_null(strstr(findings.text, "password_fingerprint"));
	free(changed.data);
	free(file.data);
}

static void finds_a_fingerprint_of_another_password(void **state)
{
	VAULT_AUTO *vault = NULL;
	RECORD_AUTO record = {0};
	SECRET_AUTO *password = secret_of("new");
	struct findings findings;

	(void)state;
	fixture_reset();
	vault = vault_opened(FILE_NAME, 0);
	add_entry(vault, "mail", "one", NULL);
	/* A program that makes fingerprints under a wrong key, but leaves and root as it should. */
	assert_done(write_begin(vault, err));
	assert_done(record_load(vault, 1, 0, &record, err));
	vault->keys->fingerprint[0] ^= 1;
	assert_done(record_write_password(vault, &record, password, 7, NULL, err));
	vault->keys->fingerprint[0] ^= 1;
	assert_done(record_seal(vault, 1, err));
	assert_done(write_commit(vault, err));
	findings = check_opened(vault);
	assert_int_equal(findings.damages, 1);
	assert_non_null(strstr(findings.text, "a password of 'mail' and its fingerprint"));
}

/* What becomes of an entry of a copy, where somebody changed the copy's digest: it is not taken for
 * the same as ours, nor written into our vault. */
static void merges_no_copy_whose_digest_was_changed(void **state)
{
	static const char *const statements[] = {
		"UPDATE digest SET hashes = zeroblob(1024) WHERE node = 1 << 32",
		"UPDATE digest SET hashes = randomblob(1024) WHERE node = 1 << 32",
		"UPDATE digest SET hashes = randomblob(1024) WHERE node = 3 << 32",
	};
	struct bytes file = full_vault();

	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		struct bytes changed = tampered(file, statements[i]);
		struct vault *vault, *copy = NULL;
		struct merge_result result;

		bytes_save(FILE_NAME, file);
		bytes_save("copy.vault", changed);
		forget_witness();
		vault = vault_opened(FILE_NAME, 0);
		assert_done(vault_open_copy(vault, "copy.vault", &copy, err));
		assert_done(vault_batch_begin(vault, err));
		assert_fails(vault_merge(vault, copy, NULL, NULL, &result, err), VAULT_DAMAGED,
		             "copy.vault");
		assert_false(result.changed);
		vault_close(copy);
		vault_close(vault);
		free(changed.data);
	}
	unlink("copy.vault");
	free(file.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_changes_by_sql),
		cmocka_unit_test(finds_an_index_that_disagrees),
		cmocka_unit_test(finds_a_fingerprint_of_another_password),
		cmocka_unit_test(merges_no_copy_whose_digest_was_changed),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
