/* The check: what it finds, how it calls it, and that nothing in between is read wrongly. */
#include "full_vault.h"
#include "plain_database.h"

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
	size_t second =
		plain_ask(file,
	                  "SELECT rootpage FROM sqlite_schema WHERE name = 'password_fingerprint'");
	struct findings findings;

	(void)state;
	file.data[PAGE_AT(first) + 1] ^= 1;
	save_damaged(FILE_NAME, file, second);
	findings = check_file(FILE_NAME, VAULT_READ_ONLY);
	assert_int_equal(findings.worst, CHECK_DAMAGE);
	assert_non_null(strstr(findings.text, "table of entries"));
	assert_non_null(strstr(findings.text, "table of passwords"));
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

/* ---- the rest ----------------------------------------------------------------------- */

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
		cmocka_unit_test(warns_of_header_copies),
		cmocka_unit_test(calls_an_older_file_damage),
		cmocka_unit_test(needs_the_key),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
