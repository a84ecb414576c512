/* Rescue: all that a damaged vault still holds, told apart from what cannot be trusted. */
#include "plain_database.h"

#define ENTRIES 150

static char long_note[9001];

static const char *name_of(int i)
{
	static char name[32];

	snprintf(name, sizeof(name), "entry %03d", i);
	return name;
}

static const char *password_of(int i)
{
	static char password[128];

	snprintf(password, sizeof(password), "a password that takes some room on its page: %d", i);
	return password;
}

/* ENTRIES entries, some with long notes, one in the trash, one purged. */
static struct bytes full_vault(void)
{
	VAULT_AUTO *vault = NULL;
	size_t count;

	fixture_reset();
	memset(long_note, 'n', sizeof(long_note) - 1);
	vault = vault_opened(FILE_NAME, 0);
	assert_done(vault_batch_begin(vault, err));
	for (int i = 0; i < ENTRIES; i++)
		add_entry(vault, name_of(i), password_of(i), i % 50 == 7 ? long_note : "short");
	add_entry(vault, "purged", "purged", NULL);
	assert_done(vault_batch_end(vault, true, err));
	remove_entry(vault, "purged");
	assert_done(vault_trash_empty(vault, NULL, &count, err));
	remove_entry(vault, name_of(9));
	vault_close(vault);
	vault = NULL;
	return file_load(FILE_NAME);
}

struct seen {
	size_t complete, verified, without_password, changed;
	bool entries[ENTRIES];
};

/* What claims to be verified must be what was stored. */
static int look(void *context, const struct entry *entry, bool verified)
{
	struct seen *seen = context;
	const struct field *note = entry_field(entry, "note");
	const char *expected;
	int i = -1;
	bool same;

	assert_int_equal(sscanf(entry->name, "entry %d", &i), 1);
	assert_in_range(i, 0, ENTRIES - 1);
	assert_false(seen->entries[i]); /* once each */
	seen->entries[i] = true;
	seen->verified += verified;
	if (!entry->password) {
		assert_false(verified);
		seen->without_password++;
		return 0;
	}
	expected = i % 50 == 7 ? long_note : "short";
	same = entry->password->length == strlen(password_of(i)) &&
	       memcmp(entry->password->bytes, password_of(i), entry->password->length) == 0 &&
	       note && note->secret->length == strlen(expected) &&
	       memcmp(note->secret->bytes, expected, note->secret->length) == 0 && entry->user &&
	       strcmp(entry->user, "user") == 0 && (i == 9) == (entry->trashed != 0);
	if (verified)
		assert_true(same);
	seen->complete += same;
	seen->changed += !same;
	return 0;
}

/* False when it does not even open. */
static bool rescue(struct seen *seen, struct rescue_result *result)
{
	VAULT_AUTO *vault = NULL;

	*seen = (struct seen){0};
	if (vault_open(FILE_NAME, VAULT_RESCUE, &vault, NULL) != 0 ||
	    vault_unlock_volume_key(vault, fixture_key, NULL) != 0)
		return false;
	assert_done(vault_rescue(vault, look, seen, result, err));
	assert_int_equal(result->read, seen->complete + seen->changed);
	assert_int_equal(result->read - result->unverified, seen->verified);
	return true;
}

static void reads_a_sound_vault(void **state)
{
	struct bytes file = full_vault();
	struct rescue_result result;
	struct seen seen;

	(void)state;
	assert_true(rescue(&seen, &result));
	assert_int_equal(result.read, ENTRIES);
	assert_int_equal(result.unverified, 0);
	assert_int_equal(result.lost, 0);
	assert_int_equal(seen.complete, ENTRIES);
	free(file.data);
}

/*
 * Each page damaged once. Nothing is given as verified that is not; what is not given is counted as
 * lost; and one page costs no more than the entries that have a part of themselves on it, at most
 * half of these. The roots of the tables that an entry is made of are another matter: behind one of
 * them is everything. Nothing at all opens without page 1, and without the pages of the state and
 * of the digest's last nodes the vault does not open so far.
 */
static void reads_what_one_damaged_page_leaves(void **state)
{
	struct bytes file = full_vault();
	const size_t roots[] = {
		1,
		plain_ask(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'entry'"),
		plain_ask(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'password'"),
		plain_ask(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'field'"),
		plain_ask(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'state'"),
		plain_ask(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'digest'"),
	};
	struct rescue_result result;
	struct seen seen;
	size_t unopened = 0;

	(void)state;
	for (size_t page = 1; page <= pages_of(file); page++) {
		bool root = false;

		for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
			root |= roots[i] == page;
		save_damaged(FILE_NAME, file, page);
		if (!rescue(&seen, &result)) {
			unopened++;
			continue;
		}
		if (result.read + result.lost < ENTRIES || result.read + result.lost > ENTRIES + 1)
			fail_msg("page %zu: %zu read, %zu lost", page, result.read, result.lost);
		if (!root && (result.lost > ENTRIES / 2 || seen.changed > ENTRIES / 2))
			fail_msg("page %zu: %zu lost, %zu changed", page, result.lost,
			         seen.changed);
	}
	assert_int_equal(unopened, 1); /* page 1, which holds the salt */
	free(file.data);
}

/* Changed with the database key: everything is read, but not vouched for. */
static void tells_what_was_changed(void **state)
{
	struct bytes file = full_vault(), changed;
	struct rescue_result result;
	struct seen seen;

	(void)state;
	changed = tampered(file, "UPDATE password SET value = x'616263' WHERE entry = 5");
	bytes_save(FILE_NAME, changed);
	assert_true(rescue(&seen, &result));
	assert_int_equal(result.read, ENTRIES);
	assert_int_equal(result.unverified, 1);
	assert_int_equal(seen.changed, 1);
	assert_int_equal(result.lost, 0);
	free(changed.data);

	changed = tampered(file, "DELETE FROM entry WHERE id IN (5, 77, 78)");
	bytes_save(FILE_NAME, changed);
	assert_true(rescue(&seen, &result));
	assert_int_equal(result.read, ENTRIES - 3);
	assert_int_equal(result.unverified, 0);
	assert_int_equal(result.lost, 3);
	free(changed.data);

	changed = tampered(file, "UPDATE state SET generation = generation + 1");
	bytes_save(FILE_NAME, changed);
	assert_true(rescue(&seen, &result));
	assert_int_equal(result.read, ENTRIES);
	assert_int_equal(result.unverified, ENTRIES);
	free(changed.data);
	free(file.data);
}

static int look_for_rules(void *context, const struct entry *entry, bool verified)
{
	bool *found = context;
	const struct field *rules = entry_field(entry, "rules");

	*found |= !verified && rules && strcmp(rules->text, "maxlength: 0") == 0;
	return 0;
}

/* Of an entry that is read in parts, what an older program took and this one would refuse. */
static void keeps_what_is_stored(void **state)
{
	struct bytes file = full_vault(), changed;
	VAULT_AUTO *vault = NULL;
	struct rescue_result result;
	bool found = false;

	(void)state;
	changed = tampered(file, "UPDATE password SET fingerprint = x'00' WHERE entry = 5;"
	                         "INSERT INTO field (entry, position, kind, value)"
	                         " VALUES (5, 99, 5, CAST('maxlength: 0' AS BLOB))");
	bytes_save(FILE_NAME, changed);
	vault = vault_opened(FILE_NAME, VAULT_RESCUE);
	assert_done(vault_rescue(vault, look_for_rules, &found, &result, err));
	assert_true(found);
	free(changed.data);
	free(file.data);
}

static void opens_with_one_header_copy(void **state)
{
	struct bytes file = full_vault();
	struct rescue_result result;
	struct seen seen;

	(void)state;
	memset(file.data, 0, HEADER_BYTES);
	bytes_save(FILE_NAME, file);
	assert_true(rescue(&seen, &result));
	assert_int_equal(result.read - result.unverified, ENTRIES);
	free(file.data);
}

static int stop(void *context, const struct entry *entry, bool verified)
{
	size_t *count = context;

	(void)entry;
	(void)verified;
	return ++*count == 3 ? VAULT_INTERRUPTED : 0;
}

static void stops_when_told(void **state)
{
	VAULT_AUTO *vault = NULL;
	struct rescue_result result;
	size_t count = 0;

	(void)state;
	free(full_vault().data);
	vault = vault_opened(FILE_NAME, VAULT_RESCUE);
	assert_int_equal(vault_rescue(vault, stop, &count, &result, NULL), VAULT_INTERRUPTED);
	assert_int_equal(count, 3);
	assert_int_equal(result.lost, 0);
}

/* The stock library opens what the page says, the volume key the vault. */
static void gives_the_keys(void **state)
{
	SECRET_AUTO *database = NULL, *volume = NULL;
	VAULT_AUTO *vault = NULL;
	struct bytes file = full_vault();
	char pragma[128];
	sqlite3 *db = NULL;

	(void)state;
	assert_done(vault_open(FILE_NAME, VAULT_RESCUE, &vault, err));
	assert_fails(vault_database_key(vault, &database, err), VAULT_LOCKED, "locked");
	assert_fails(vault_volume_key(vault, &database, err), VAULT_LOCKED, "locked");
	assert_done(vault_unlock_volume_key(vault, fixture_key, err));
	assert_done(vault_database_key(vault, &database, err));
	assert_done(vault_volume_key(vault, &volume, err));
	assert_int_equal(database->length, 64);
	assert_int_equal(volume->length, 64);
	for (int i = 0; i < VOLUME_KEY_BYTES; i++) {
		unsigned byte = 0;

		assert_int_equal(sscanf((char *)volume->bytes + 2 * i, "%2x", &byte), 1);
		assert_int_equal(byte, fixture_key->bytes[i]);
	}
	file_save(PLAIN_NAME, file.data + HEADER_AREA, file.length - HEADER_AREA);
	snprintf(pragma, sizeof(pragma), "PRAGMA key = \"x'%s'\"", (char *)database->bytes);
	assert_int_equal(sqlite3_open_v2(PLAIN_NAME, &db, SQLITE_OPEN_READONLY, "unix"), SQLITE_OK);
	plain_run(db, pragma);
	assert_int_equal(plain_number(db, "SELECT count(*) FROM entry"), ENTRIES + 1);
	sqlite3_close(db);
	unlink(PLAIN_NAME);
	free(file.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_sound_vault),
		cmocka_unit_test(reads_what_one_damaged_page_leaves),
		cmocka_unit_test(tells_what_was_changed),
		cmocka_unit_test(keeps_what_is_stored),
		cmocka_unit_test(opens_with_one_header_copy),
		cmocka_unit_test(stops_when_told),
		cmocka_unit_test(gives_the_keys),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
