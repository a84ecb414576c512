/* The check: what it finds, how it calls it, and that nothing in between is read wrongly. */
#include "plain_database.h"

#define ENTRIES 60

static char long_note[9001]; /* three pages of its own */

static const char *name_of(int i)
{
	static char name[32];

	snprintf(name, sizeof(name), "entry %02d", i);
	return name;
}

static const char *password_of(int i)
{
	static char password[64];

	snprintf(password, sizeof(password), "a password of some length, number %d", i);
	return password;
}

/* Entries, a former password, trash, erased secrets, overflowing notes, and free pages at last. */
static struct bytes full_vault(void)
{
	VAULT_AUTO *vault = NULL;
	size_t count;

	fixture_reset();
	memset(long_note, 'n', sizeof(long_note) - 1);
	vault = vault_opened(FILE_NAME, 0);
	assert_done(vault_batch_begin(vault, err));
	for (int i = 0; i < ENTRIES; i++)
		add_entry(vault, name_of(i), password_of(i),
		          i % 10 == 0 ? long_note : "short note");
	for (int i = 0; i < 10; i++)
		add_entry(vault, name_of(100 + i), "for the trash", long_note);
	assert_done(vault_batch_end(vault, true, err));
	assert_done(vault_batch_begin(vault, err));
	for (int i = 0; i < 10; i++)
		remove_entry(vault, name_of(100 + i));
	assert_done(vault_batch_end(vault, true, err));
	assert_done(vault_trash_empty(vault, NULL, &count, err));
	add_entry(vault, name_of(200), "in the trash", NULL);
	remove_entry(vault, name_of(200));
	set_password(vault, name_of(3), "a new one");
	set_password(vault, name_of(3), password_of(3));
	vault_close(vault);
	vault = NULL;
	return file_load(FILE_NAME);
}

/* How many of the entries read; none may read wrongly. */
static size_t readable(unsigned flags)
{
	VAULT_AUTO *vault = NULL;
	size_t count = 0;

	if (vault_open(FILE_NAME, flags, &vault, NULL) != 0 ||
	    vault_unlock_volume_key(vault, fixture_key, NULL) != 0)
		return 0;
	for (int i = 0; i < ENTRIES; i++)
		count += reads(vault, name_of(i), password_of(i));
	return count;
}

static void calls_a_sound_vault_sound(void **state)
{
	struct findings findings;

	(void)state;
	free(full_vault().data);
	for (unsigned flags = 0; flags <= VAULT_READ_ONLY; flags += VAULT_READ_ONLY) {
		findings = check_file(FILE_NAME, flags);
		assert_int_equal(findings.worst, CHECK_NOTE);
		assert_non_null(strstr(findings.text, "60 entries and 1 in the trash"));
	}
	fixture_reset();
	findings = check_file(FILE_NAME, 0);
	assert_int_equal(findings.worst, CHECK_NOTE);
	assert_non_null(strstr(findings.text, "0 entries and 0 in the trash"));
}

/* Every page once. The free ones, as many as SQLite counts, are warnings; any other is damage, and
 * nothing reads wrongly. */
static void finds_every_damaged_page(void **state)
{
	struct bytes file = full_vault();
	size_t free_pages = 0, lists = 0;

	(void)state;
	for (size_t page = 1; page <= pages_of(file); page++) {
		struct findings findings;
		size_t count;

		save_damaged(FILE_NAME, file, page);
		findings = check_file(FILE_NAME, VAULT_READ_ONLY);
		count = readable(VAULT_READ_ONLY);
		if (findings.worst == CHECK_DAMAGE)
			continue;
		if (findings.worst != CHECK_WARNING || findings.warnings != 1)
			fail_msg("page %zu: %s", page, findings.text);
		lists += strstr(findings.text, "only lists free pages") != NULL;
		free_pages++;
		assert_int_equal(count, ENTRIES);
	}
	assert_in_range(free_pages, 10, 1000);
	assert_int_equal(free_pages, plain_ask(file, "PRAGMA freelist_count"));
	assert_int_equal(lists, 1);
	free(file.data);
}

/* Two at once: neither hides the other. */
static void finds_two_damaged_pages(void **state)
{
	struct bytes file = full_vault();
	size_t first =
		plain_ask(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'entry_trash'");
	struct findings findings;

	(void)state;
	file.data[PAGE_AT(first) + 1] ^= 1;
	save_damaged(FILE_NAME, file, pages_of(file));
	findings = check_file(FILE_NAME, VAULT_READ_ONLY);
	assert_int_equal(findings.worst, CHECK_DAMAGE);
	assert_non_null(strstr(findings.text, "table of entries"));
	free(file.data);
}

static void names_the_table_of_a_damaged_page(void **state)
{
	struct bytes file = full_vault();
	size_t page = plain_ask(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'password'");
	struct findings findings;

	(void)state;
	save_damaged(FILE_NAME, file, page);
	findings = check_file(FILE_NAME, VAULT_READ_ONLY);
	assert_non_null(strstr(findings.text, "table of passwords"));
	assert_null(strstr(findings.text, "table of entries"));
	assert_null(strstr(findings.text, "agree with the digest"));
	free(file.data);
}

/* A second check in one process looks at the file, not at what it remembers. */
static void reads_the_file_each_time(void **state)
{
	struct bytes file = full_vault();
	size_t page =
		plain_ask(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'field_tag'");
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);

	(void)state;
	assert_int_equal(check_opened(vault).worst, CHECK_NOTE);
	save_damaged(FILE_NAME, file, page);
	assert_int_equal(check_opened(vault).worst, CHECK_DAMAGE);
	bytes_save(FILE_NAME, file);
	assert_int_equal(check_opened(vault).worst, CHECK_NOTE);
	free(file.data);
}

static void finds_a_file_cut_short_or_too_long(void **state)
{
	struct bytes file = full_vault();
	struct findings findings;

	(void)state;
	file_save(FILE_NAME, file.data, file.length - 1);
	assert_int_not_equal(check_file(FILE_NAME, VAULT_READ_ONLY).worst, CHECK_NOTE);
	for (size_t cut = DB_PAGE_BYTES; cut < file.length - HEADER_AREA; cut += DB_PAGE_BYTES) {
		file_save(FILE_NAME, file.data, file.length - cut);
		assert_int_equal(check_file(FILE_NAME, VAULT_READ_ONLY).worst, CHECK_DAMAGE);
	}
	file.data = realloc(file.data, file.length + DB_PAGE_BYTES);
	memset(file.data + file.length, 7, DB_PAGE_BYTES);
	for (size_t more = 100; more <= DB_PAGE_BYTES; more += DB_PAGE_BYTES - 100) {
		file_save(FILE_NAME, file.data, file.length + more);
		findings = check_file(FILE_NAME, VAULT_READ_ONLY);
		assert_int_equal(findings.worst, CHECK_WARNING);
		assert_int_equal(readable(VAULT_READ_ONLY), ENTRIES);
	}
	free(file.data);
}

/* ---- replay ------------------------------------------------------------------------- */

/*
 * Each page of `older` in place of the same one of `newer`: found, or without effect. Some are
 * without: pages that are free, an index page that was written again as it was, page 1 when only
 * its count of changes differs. The stock library is the judge of that: it finds the file
 * consistent, and the same rows in it.
 */
static size_t put_back(struct bytes newer, struct bytes older, const char *name,
                       const char *password)
{
	unsigned char expected[HASH_BYTES], contents[HASH_BYTES];
	size_t found = 0;

	assert_true(plain_contents(newer, expected));
	for (size_t page = 1; page <= pages_of(newer) && page <= pages_of(older); page++) {
		struct bytes mixed = bytes_copy(newer);
		struct findings findings;
		VAULT_AUTO *vault = NULL;

		if (same_page(newer, older, page)) {
			free(mixed.data);
			continue;
		}
		memcpy(mixed.data + PAGE_AT(page), older.data + PAGE_AT(page), DB_PAGE_BYTES);
		bytes_save(FILE_NAME, mixed);
		forget_witness();
		findings = check_file(FILE_NAME, VAULT_READ_ONLY);
		found += findings.worst == CHECK_DAMAGE;
		if (findings.worst != CHECK_DAMAGE && (!plain_contents(mixed, contents) ||
		                                       memcmp(contents, expected, HASH_BYTES) != 0))
			fail_msg("page %zu put back unseen: %s", page, findings.text);
		/* Whatever reads is what was written last. */
		if (vault_open(FILE_NAME, VAULT_READ_ONLY, &vault, NULL) == 0 &&
		    vault_unlock_volume_key(vault, fixture_key, NULL) == 0 &&
		    !reads(vault, name, password))
			assert_int_equal(findings.worst, CHECK_DAMAGE);
		free(mixed.data);
	}
	return found;
}

/* Every page that a change of a password wrote, back and forth. */
static void finds_every_page_put_back(void **state)
{
	struct bytes older = full_vault(), newer;
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);

	(void)state;
	set_password(vault, name_of(7), "another");
	vault_close(vault);
	vault = NULL;
	newer = file_load(FILE_NAME);
	/* state, password, entry, its index of fingerprints, five levels of the digest on one
	 * page */
	assert_in_range(put_back(newer, older, name_of(7), "another"), 5, 1000);
	assert_in_range(put_back(older, newer, name_of(7), password_of(7)), 5, 1000);
	free(newer.data);
	free(older.data);
}

static void finds_pages_of_other_changes(void **state)
{
	struct bytes older = full_vault(), newer;
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add_entry(vault, "one more", "secret", long_note);
	vault_close(vault);
	newer = file_load(FILE_NAME);
	assert_in_range(put_back(newer, older, "one more", "secret"), 5, 1000);
	free(older.data);

	bytes_save(FILE_NAME, newer);
	forget_witness();
	older = newer;
	vault = vault_opened(FILE_NAME, 0);
	assert_done(vault_rename(vault, "one more", "renamed", &result, err));
	vault_close(vault);
	vault = NULL;
	newer = file_load(FILE_NAME);
	assert_in_range(put_back(newer, older, "renamed", "secret"), 4, 1000);
	free(older.data);
	free(newer.data);
}

/* get finds out by itself: of the pages of the entry, its password, the digest and the state, none
 * can be put back. */
static void get_notices_a_page_put_back(void **state)
{
	struct bytes older = full_vault(), newer;
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);
	size_t refused = 0;

	(void)state;
	set_password(vault, name_of(7), "another");
	vault_close(vault);
	vault = NULL;
	newer = file_load(FILE_NAME);
	for (size_t page = 1; page <= pages_of(newer) && page <= pages_of(older); page++) {
		struct bytes mixed = bytes_copy(newer);
		ENTRY_AUTO *entry = NULL;
		int r;

		memcpy(mixed.data + PAGE_AT(page), older.data + PAGE_AT(page), DB_PAGE_BYTES);
		bytes_save(FILE_NAME, mixed);
		forget_witness();
		assert_done(vault_open(FILE_NAME, VAULT_READ_ONLY, &vault, err));
		r = vault_unlock_volume_key(vault, fixture_key, NULL);
		if (r == 0)
			r = vault_get(vault, name_of(7), &entry, NULL);
		if (r == 0)
			assert_memory_equal(entry->password->bytes, "another", 8);
		else
			assert_int_equal(r, -VAULT_DAMAGED);
		refused += r != 0;
		vault_close(vault);
		vault = NULL;
		free(mixed.data);
	}
	assert_in_range(refused, 4, 1000);
	free(older.data);
	free(newer.data);
}

/* ---- tampering with the database key ------------------------------------------------ */

static void finds_changes_by_sql(void **state)
{
	static const struct {
		const char *sql, *text;
	} changes[] = {
		{"UPDATE password SET value = x'616263' WHERE entry = 8", "'entry 07' was changed"},
		{"UPDATE password SET fingerprint = zeroblob(32) WHERE entry = 8",
	         "do not belong together"},
		{"UPDATE password SET fingerprint = x'00' WHERE entry = 8", "cannot be read"},
		{"UPDATE password SET reason = 'because' WHERE entry = 8",
	         "'entry 07' was changed"},
		{"UPDATE password SET since = since - 1 WHERE entry = 8", "'entry 07' was changed"},
		{"UPDATE password SET until = 5 WHERE entry = 8", "'entry 07' was changed"},
		{"DELETE FROM password WHERE entry = 8", "'entry 07' was changed"},
		{"INSERT INTO password SELECT entry, 7, since, 9, value, fingerprint, NULL FROM password WHERE entry = 8",
	         "'entry 07' was changed"},
		{"INSERT INTO password SELECT 4711, 0, since, until, value, fingerprint, NULL FROM password WHERE entry = 8",
	         "does not exist (number 4711)"},
		{"UPDATE field SET value = x'78' WHERE entry = 8 AND kind = 1",
	         "'entry 07' was changed"},
		{"UPDATE field SET key = 'x' WHERE entry = 8 AND kind = 16",
	         "'entry 07' was changed"},
		{"UPDATE field SET kind = 2 WHERE entry = 8 AND kind = 1",
	         "'entry 07' was changed"},
		{"DELETE FROM field WHERE entry = 8", "'entry 07' was changed"},
		{"INSERT INTO field VALUES (4711, 1, 0, NULL, x'78')",
	         "does not exist (number 4711)"},
		{"UPDATE entry SET name = 'x', folded = 'x' WHERE id = 8", "'x' was changed"},
		{"UPDATE entry SET folded = 'x' WHERE id = 8",
	         "'entry 07' is filed under a wrong name"},
		{"UPDATE entry SET user = NULL WHERE id = 8", "'entry 07' was changed"},
		{"UPDATE entry SET uuid = zeroblob(16) WHERE id = 8", "'entry 07' was changed"},
		{"UPDATE entry SET uuid = x'' WHERE id = 8", "'entry 07' was changed"},
		{"UPDATE entry SET revision = revision + 1 WHERE id = 8", "'entry 07' was changed"},
		{"UPDATE entry SET created = 0 WHERE id = 8", "'entry 07' was changed"},
		{"UPDATE entry SET modified = 0 WHERE id = 8", "'entry 07' was changed"},
		{"UPDATE entry SET trashed = 1 WHERE id = 8", "'entry 07' was changed"},
		{"UPDATE entry SET state = 1 WHERE id = 8",
	         "there are 59 entries and 2 in the trash"},
		{"DELETE FROM entry WHERE id = 8", "an entry is missing (number 8)"},
		{"UPDATE entry SET id = 4711 WHERE id = 8", "an entry is missing (number 8)"},
		{"INSERT INTO entry SELECT 4711, uuid, 1, 'x', 'x', user, 1, 1, 0, 0 FROM entry WHERE id = 8",
	         "'x' was added from outside"},
		{"INSERT INTO entry SELECT -5, uuid, 1, 'x', 'x', user, 1, 1, 0, 0 FROM entry WHERE id = 8",
	         "'x' was added from outside"},
		{"INSERT INTO entry SELECT 1 << 40, uuid, 1, 'x', 'x', user, 1, 1, 0, 0 FROM entry WHERE id = 8",
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
		{"UPDATE state SET fingerprint_key = zeroblob(32)",
	         "root of the digest does not fit"},
		{"UPDATE state SET root = zeroblob(32)", "root of the digest does not fit"},
		{"DELETE FROM state", "do not agree"},
		{"DROP INDEX entry_folded", "lacks the index 'entry_folded'"},
		{"CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM field; END",
	         "a trigger 't'"},
		{"CREATE VIEW v AS SELECT name FROM entry", "a view 'v'"},
		{"CREATE TABLE more (x)", "a table 'more'"},
	};
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
	changed = tampered(
		file,
		"PRAGMA writable_schema = ON;"
		"CREATE TABLE away (fingerprint, entry, position, PRIMARY KEY (fingerprint, entry, position))"
		" WITHOUT ROWID;"
		"UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'away')"
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

/* ---- the rest ----------------------------------------------------------------------- */

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

static void warns_of_header_copies(void **state)
{
	struct bytes file = full_vault();
	struct findings findings;

	(void)state;
	for (size_t copy = 0; copy < HEADER_COPIES; copy++) {
		file.data[copy * HEADER_BYTES + 500] ^= 1;
		bytes_save(FILE_NAME, file);
		forget_witness(); /* of the header that was healed */
		findings = check_file(FILE_NAME, VAULT_READ_ONLY);
		if (findings.worst != CHECK_WARNING)
			fail_msg("%s", findings.text);
		assert_non_null(strstr(findings.text,
		                       copy == 0 ? "copy A is damaged" : "copy B is damaged"));
		findings = check_file(FILE_NAME, 0);
		assert_int_equal(findings.worst, CHECK_WARNING);
		assert_non_null(strstr(findings.text, "written anew"));
		assert_int_equal(check_file(FILE_NAME, 0).worst, CHECK_NOTE);
		file.data[copy * HEADER_BYTES + 500] ^= 1;
	}
	free(file.data);
}

static void calls_an_older_file_damage(void **state)
{
	struct bytes older = full_vault();
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);
	struct findings findings;

	(void)state;
	set_password(vault, name_of(7), "another");
	bytes_save(FILE_NAME, older);
	findings = check_file(FILE_NAME, 0);
	assert_int_equal(findings.damages, 1);
	assert_non_null(strstr(findings.text, "not the newest file"));
	free(older.data);
}

static void needs_the_key(void **state)
{
	VAULT_AUTO *vault = NULL;
	enum check_severity worst;

	(void)state;
	fixture_reset();
	assert_done(vault_open(FILE_NAME, 0, &vault, err));
	assert_fails(vault_check(vault, NULL, NULL, &worst, err), VAULT_LOCKED, "locked");
	assert_done(vault_unlock_volume_key(vault, fixture_key, err));
	assert_done(vault_check(vault, NULL, NULL, &worst, err));
	assert_int_equal(worst, CHECK_NOTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_a_sound_vault_sound),
		cmocka_unit_test(finds_every_damaged_page),
		cmocka_unit_test(finds_two_damaged_pages),
		cmocka_unit_test(names_the_table_of_a_damaged_page),
		cmocka_unit_test(reads_the_file_each_time),
		cmocka_unit_test(finds_a_file_cut_short_or_too_long),
		cmocka_unit_test(finds_every_page_put_back),
		cmocka_unit_test(finds_pages_of_other_changes),
		cmocka_unit_test(get_notices_a_page_put_back),
		cmocka_unit_test(finds_changes_by_sql),
		cmocka_unit_test(finds_an_index_that_disagrees),
		cmocka_unit_test(finds_a_fingerprint_of_another_password),
		cmocka_unit_test(warns_of_header_copies),
		cmocka_unit_test(calls_an_older_file_damage),
		cmocka_unit_test(needs_the_key),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
