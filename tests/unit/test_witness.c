/* The witness: what it remembers, what it forgives, and when it is sure that a file is older. */
#include "vault_fixture.h"

static bool rolled_back(void)
{
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);

	return vault_rollback(vault)->detected;
}

/* One write more; gives the file as it was before. */
static struct bytes older_file(void)
{
	struct bytes before;
	VAULT_AUTO *vault = NULL;

	fixture_reset();
	vault = vault_opened(FILE_NAME, 0);
	add_entry(vault, "mail", "one", NULL);
	vault_close(vault);
	before = file_load(FILE_NAME);
	vault = vault_opened(FILE_NAME, 0);
	set_password(vault, "mail", "two");
	return before;
}

static void remembers_what_was_written(void **state)
{
	struct bytes file;
	VAULT_AUTO *vault = NULL;

	(void)state;
	free(older_file().data);
	file = file_load(witness_path());
	vault = vault_opened(FILE_NAME, 0);
	assert_int_equal(file.length, 88);
	assert_memory_equal(file.data, "vaultwit", 8);
	assert_int_equal(file.data[8], vault->state.generation);
	assert_int_equal(file.data[16], vault->header.sequence);
	assert_memory_equal(file.data + 24, vault->state.root, HASH_BYTES);
	assert_false(vault_rollback(vault)->detected);
	free(file.data);
}

static void tells_an_older_file(void **state)
{
	struct bytes before = older_file();
	VAULT_AUTO *vault = NULL;
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	bytes_save(FILE_NAME, before);
	vault = vault_opened(FILE_NAME, 0);
	assert_true(vault_rollback(vault)->detected);
	assert_int_equal(vault_rollback(vault)->expected, vault_rollback(vault)->generation + 1);
	assert_true(reads(vault, "mail", "one"));
	assert_fails(vault_remove(vault, "mail", &result, err), VAULT_DAMAGED,
	             "older than what was seen");
	vault_close(vault);

	/* Looking at it changed nothing; accepting it does, once. */
	vault = NULL;
	assert_true(rolled_back());
	vault = vault_opened(FILE_NAME, VAULT_ACCEPT_ROLLBACK);
	remove_entry(vault, "mail");
	vault_close(vault);
	vault = NULL;
	assert_false(rolled_back());
	free(before.data);
}

static void tells_a_fork(void **state)
{
	struct bytes before = older_file();
	VAULT_AUTO *vault = NULL;

	(void)state;
	/* The older file was written to elsewhere: as many generations, other contents. */
	bytes_save(FILE_NAME, before);
	vault = vault_opened(FILE_NAME, 0);
	vault->rollback.detected = false;
	vault->flags |= VAULT_NO_WITNESS;
	set_password(vault, "mail", "three");
	vault_close(vault);
	vault = vault_opened(FILE_NAME, 0);
	assert_true(vault_rollback(vault)->detected);
	assert_int_equal(vault_rollback(vault)->expected, vault_rollback(vault)->generation);
	free(before.data);
}

static void tells_an_older_header(void **state)
{
	struct bytes before, after;
	VAULT_AUTO *vault = NULL;
	struct header header;

	(void)state;
	fixture_reset();
	before = file_load(FILE_NAME);
	vault = vault_opened(FILE_NAME, 0);
	assert_done(db_begin_write(vault->db, err));
	header = vault->header;
	assert_done(header_store(vault, &header, err));
	db_rollback(vault->db);
	vault_close(vault);
	vault = vault_opened(FILE_NAME, 0);
	vault_close(vault);
	vault = NULL;
	after = file_load(FILE_NAME);
	assert_false(rolled_back());
	memcpy(after.data, before.data, HEADER_AREA);
	bytes_save(FILE_NAME, after);
	assert_true(rolled_back());
	free(before.data);
	free(after.data);
}

static void never_goes_back_by_itself(void **state)
{
	VAULT_AUTO *vault = NULL;
	struct bytes newest, file;

	(void)state;
	free(older_file().data);
	newest = file_load(witness_path());
	vault = vault_opened(FILE_NAME, 0);
	vault->state.generation--;
	vault->header.sequence--;
	witness_store(vault, false);
	file = file_load(witness_path());
	assert_memory_equal(file.data, newest.data, 88);
	free(file.data);

	witness_store(vault, true);
	file = file_load(witness_path());
	assert_int_equal(file.data[8], vault->state.generation);
	free(file.data);

	/* Contents and header rise each for themselves. */
	vault->state.generation -= 1;
	vault->header.sequence += 5;
	witness_store(vault, false);
	file = file_load(witness_path());
	assert_int_equal(file.data[8], vault->state.generation + 1);
	assert_int_equal(file.data[16], vault->header.sequence);
	free(file.data);
	free(newest.data);
}

static void forgives_a_torn_file(void **state)
{
	static const unsigned char zeros[88];
	struct bytes file;

	(void)state;
	free(older_file().data);
	for (size_t length = 0; length < 88; length += 29) {
		file = file_load(witness_path());
		file_save(witness_path(), file.data, length);
		assert_false(rolled_back());
		free(file.data);
	}
	file_save(witness_path(), zeros, sizeof(zeros));
	assert_false(rolled_back());
	file = file_load(witness_path());
	assert_memory_equal(file.data, "vaultwit", 8); /* and mends it */
	free(file.data);
}

static void tells_a_forged_file(void **state)
{
	struct bytes file, again;

	(void)state;
	free(older_file().data);
	file = file_load(witness_path());
	for (size_t at = 8; at < 88; at++) {
		file.data[at] ^= 1;
		bytes_save(witness_path(), file);
		assert_true(rolled_back());
		file.data[at] ^= 1;
	}
	file.data[8] ^= 1;
	bytes_save(witness_path(), file);
	assert_true(rolled_back());
	again = file_load(witness_path());
	assert_memory_equal(again.data, file.data, 88); /* it stands until it is overruled */
	free(again.data);
	free(file.data);
}

static void knows_both_files_of_a_rekey(void **state)
{
	VAULT_AUTO *vault = NULL, *other = NULL;
	unsigned char other_key[VOLUME_KEY_BYTES] = {1};
	struct witness witness;
	struct bytes file;

	(void)state;
	free(older_file().data);
	vault = vault_opened(FILE_NAME, 0);
	other = vault_opened(FILE_NAME, VAULT_READ_ONLY | VAULT_NO_WITNESS);
	other->flags = 0;
	assert_done(keys_set(other, other_key, err));
	assert_done(witness_read(other, &witness, err));
	assert_true(witness.found && witness.foreign);

	assert_done(witness_announce(other, true, err));
	assert_done(witness_read(other, &witness, err));
	assert_true(witness.found && !witness.foreign);
	assert_done(witness_read(vault, &witness, err));
	assert_true(witness.found && !witness.foreign);
	assert_false(rolled_back());

	/* The first to write leaves its own record alone. */
	assert_done(witness_announce(other, true, err));
	witness_store(other, true);
	file = file_load(witness_path());
	assert_int_equal(file.length, 88);
	free(file.data);
	assert_true(rolled_back());
}

static void stays_silent_where_it_cannot_write(void **state)
{
	VAULT_AUTO *vault = NULL;
	struct findings findings;

	(void)state;
	fixture_reset();
	setenv("XDG_STATE_HOME", "/dev/null/nowhere", 1);
	vault = vault_opened(FILE_NAME, 0);
	add_entry(vault, "mail", "one", NULL);
	findings = check_opened(vault);
	setenv("XDG_STATE_HOME", "/nowhere", 1);
	assert_int_equal(findings.worst, CHECK_NOTE);
	assert_non_null(strstr(findings.text, "nothing here remembers"));
}

static int back_to_the_folder(void **state)
{
	char path[sizeof(fixture_folder) + 8];

	(void)state;
	snprintf(path, sizeof(path), "%s/state", fixture_folder);
	return setenv("XDG_STATE_HOME", path, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembers_what_was_written),
		cmocka_unit_test(tells_an_older_file),
		cmocka_unit_test(tells_a_fork),
		cmocka_unit_test(tells_an_older_header),
		cmocka_unit_test(never_goes_back_by_itself),
		cmocka_unit_test(forgives_a_torn_file),
		cmocka_unit_test(tells_a_forged_file),
		cmocka_unit_test(knows_both_files_of_a_rekey),
		cmocka_unit_test_teardown(stays_silent_where_it_cannot_write, back_to_the_folder),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
