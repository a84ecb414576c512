/* Rekey: all is under new keys, nothing else is different, and former files are known as such. */
#include "plain_database.h"

#define UNFINISHED FILE_NAME ".rekey-unfinished"

static struct secret *new_password;

/* "mail" with a history, "purged" and "trashed". */
static int fresh(void **state)
{
	VAULT_AUTO *vault = NULL;
	size_t count;

	(void)state;
	fixture_reset();
	vault = vault_opened(FILE_NAME, 0);
	add_entry(vault, "mail", "one", "a note");
	set_password(vault, "mail", "two");
	add_entry(vault, "purged", "erased", NULL);
	remove_entry(vault, "purged");
	assert_done(vault_trash_empty(vault, NULL, &count, err));
	add_entry(vault, "trashed", "three", NULL);
	remove_entry(vault, "trashed");
	return 0;
}

static struct vault_new how(void)
{
	return (struct vault_new){
		.credential = {.type = KEY_PASSWORD, .password = new_password},
		.cost = {.memory = 64 * 1024, .time = 3},
	};
}

static void rekey(void)
{
	struct vault *vault = vault_opened(FILE_NAME, 0);
	const struct vault_new new = how();

	assert_done(vault_rekey(&vault, &new, err));
	assert_null(vault);
}

static struct vault *opened_anew(void)
{
	const struct vault_new new = how();
	struct vault *vault = NULL;

	assert_done(vault_open(FILE_NAME, 0, &vault, err));
	assert_done(vault_unlock(vault, &new.credential, err));
	return vault;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int forms(void *context, const struct history_item *item)
{
	char *text = context;
	size_t length = strlen(text);

	snprintf(text + length, 64 - length, "%s %s, ", (const char *)item->password->bytes,
	         item->until ? "then" : "now");
	return 0;
}

static void keeps_everything_but_the_keys(void **state)
{
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);
	const struct header header = vault->header;
	const struct state old = vault->state;
	unsigned char fingerprint_key[FINGERPRINT_KEY_BYTES];
	char history[64] = "";
	ENTRY_AUTO *entry = NULL;

	(void)state;
	memcpy(fingerprint_key, vault->keys->fingerprint, sizeof(fingerprint_key));
	vault_close(vault);
	vault = NULL;
	rekey();
	assert_false(exists(UNFINISHED));
	assert_false(exists(UNFINISHED "-journal"));
	vault = opened_anew();
	assert_memory_equal(vault->header.uuid, header.uuid, HEADER_UUID_BYTES);
	assert_int_equal(vault->header.created, header.created);
	assert_true(vault->header.sequence > header.sequence);
	assert_true(vault->state.generation > old.generation);
	assert_int_equal(vault->state.entries, old.entries);
	assert_int_equal(vault->state.trashed, old.trashed);
	assert_memory_equal(vault->keys->fingerprint, fingerprint_key, sizeof(fingerprint_key));
	assert_false(vault_rollback(vault)->detected);
	assert_int_equal(check_opened(vault).worst, CHECK_NOTE);

	assert_true(reads(vault, "mail", "two"));
	assert_done(vault_history(vault, "mail", true, forms, history, err));
	assert_string_equal(history, "two now, one then, ");
	assert_done(vault_get(vault, "mail", &entry, err));
	assert_memory_equal(entry_field(entry, "note")->secret->bytes, "a note", 6);
}

/* What was erased long ago is known for ever. */
static void keeps_the_fingerprints_of_what_is_gone(void **state)
{
	VAULT_AUTO *vault = NULL;
	ENTRY_AUTO *entry = NULL;
	WRITE_RESULT_AUTO result = {0};
	SECRET_AUTO *erased = secret_of("erased");

	(void)state;
	rekey();
	vault = opened_anew();
	assert_done(entry_new(&entry, "new", err));
	entry_set_password(entry, &erased);
	assert_int_equal(vault_add(vault, entry, NULL, &result, NULL), VAULT_REFUSED);
	assert_int_equal(result.conflicts.count, 1);
	assert_string_equal(result.conflicts.items[0].name, "purged");
	assert_int_equal(result.conflicts.items[0].state, ENTRY_PURGED);
}

/* Neither the old password nor the old volume key; and no page is in both files. */
static void leaves_nothing_of_the_old_keys(void **state)
{
	SECRET_AUTO *old_password = secret_of(MASTER);
	const struct credential old_credential = {.type = KEY_PASSWORD, .password = old_password};
	struct bytes before = file_load(FILE_NAME), after;
	VAULT_AUTO *vault = NULL;
	struct key_slot slots[KEY_SLOTS];
	size_t count = 0;

	(void)state;
	rekey();
	assert_done(vault_open(FILE_NAME, 0, &vault, err));
	vault_key_slots(vault, slots, &count);
	assert_int_equal(count, 1);
	assert_int_equal(vault_unlock(vault, &old_credential, NULL), VAULT_WRONG_KEY);
	vault_close(vault);
	vault = NULL;
	assert_done(vault_open(FILE_NAME, 0, &vault, err));
	assert_int_not_equal(vault_unlock_volume_key(vault, fixture_key, NULL), 0);
	after = file_load(FILE_NAME);
	for (size_t page = 1; page <= pages_of(after) && page <= pages_of(before); page++)
		assert_false(same_page(before, after, page));
	free(before.data);
	free(after.data);
}

/* The old file is an old one, under whatever key. */
static void knows_the_old_file(void **state)
{
	struct bytes before = file_load(FILE_NAME);
	VAULT_AUTO *vault = NULL;

	(void)state;
	rekey();
	bytes_save(FILE_NAME, before);
	vault = vault_opened(FILE_NAME, 0);
	assert_true(vault_rollback(vault)->detected);
	assert_true(vault_rollback(vault)->expected > vault_rollback(vault)->generation);
	free(before.data);
}

/* A backup from before the rekey, restored after it. */
static void a_former_backup_can_be_restored(void **state)
{
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);
	char *kept = NULL;

	(void)state;
	unlink("copy.vault");
	assert_done(vault_backup(vault, "copy.vault", err));
	vault_close(vault);
	vault = NULL;
	rekey();
	vault = vault_opened("copy.vault", VAULT_READ_ONLY);
	assert_true(vault_rollback(vault)->detected);
	assert_done(vault_restore(vault, FILE_NAME, &kept, err));
	assert_true(exists(kept));
	free(kept);
	vault_close(vault);
	vault = vault_opened(FILE_NAME, 0);
	assert_false(vault_rollback(vault)->detected);
	set_password(vault, "mail", "four");
}

static void removes_what_a_crash_left(void **state)
{
	static const unsigned char garbage[100] = "garbage";

	(void)state;
	file_save(UNFINISHED, garbage, sizeof(garbage));
	file_save(UNFINISHED "-journal", garbage, sizeof(garbage));
	rekey();
	assert_false(exists(UNFINISHED));
	assert_false(exists(UNFINISHED "-journal"));
	vault_close(opened_anew());
}

/* Whoever waited for the lock, or comes with an old handle, does not write into the old file. */
static void others_notice(void **state)
{
	VAULT_AUTO *other = vault_opened(FILE_NAME, 0);

	(void)state;
	rekey();
	assert_true(reads(other, "mail", "two"));
	assert_fails(vault_batch_begin(other, err), VAULT_FAILED, "replaced");
}

static void refuses(const char *text, enum vault_status status)
{
	struct vault *vault = vault_opened(FILE_NAME, 0);
	struct bytes before = file_load(FILE_NAME), after;
	const struct vault_new new = how();

	assert_fails(vault_rekey(&vault, &new, err), status, text);
	assert_null(vault);
	after = file_load(FILE_NAME);
	assert_int_equal(before.length, after.length);
	assert_memory_equal(before.data, after.data, before.length);
	free(before.data);
	free(after.data);
}

/* What was changed from outside must not be signed by us. */
static void refuses_a_tampered_vault(void **state)
{
	struct bytes file = file_load(FILE_NAME), changed;

	(void)state;
	changed = tampered(file, "UPDATE password SET value = x'616263' WHERE entry = 1");
	bytes_save(FILE_NAME, changed);
	refuses("does not agree with its digest: nothing was changed", VAULT_DAMAGED);
	assert_false(exists(UNFINISHED));
	free(changed.data);
	free(file.data);
}

static void refuses_an_older_vault(void **state)
{
	struct bytes before = file_load(FILE_NAME);
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);

	(void)state;
	set_password(vault, "mail", "four");
	bytes_save(FILE_NAME, before);
	refuses("older than what was seen", VAULT_DAMAGED);
	assert_false(exists(UNFINISHED));
	free(before.data);
}

static void refuses_where_it_cannot_write(void **state)
{
	struct vault *vault = vault_opened(FILE_NAME, VAULT_READ_ONLY);
	const struct vault_new new = how();

	(void)state;
	assert_fails(vault_rekey(&vault, &new, err), VAULT_FAILED, "reading only");
	assert_null(vault);
	assert_int_equal(mkdir(UNFINISHED, 0700), 0);
	refuses("cannot remove", VAULT_FAILED);
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(UNFINISHED);
}

/* Or the new file, under another key than what is remembered, would be taken for one put back. */
static void refuses_where_it_cannot_look_back(void **state)
{
	struct vault *vault = vault_opened(FILE_NAME, 0);
	const struct vault_new new = how();
	struct bytes remembered = file_load(witness_path());

	(void)state;
	assert_int_equal(unlink(witness_path()), 0);
	assert_int_equal(mkdir(witness_path(), 0700), 0);
	assert_fails(vault_rekey(&vault, &new, err), VAULT_FAILED, "cannot be read any more");
	assert_int_equal(rmdir(witness_path()), 0);
	bytes_save(witness_path(), remembered);
	free(remembered.data);

	assert_false(exists(UNFINISHED));
	vault = vault_opened(FILE_NAME, 0);
	assert_false(vault_rollback(vault)->detected);
	vault_close(vault);
}

static int start(void **state)
{
	int r = fixture_start(state);

	new_password = secret_of("another master password");
	return r;
}

static int end(void **state)
{
	secret_free(new_password);
	return fixture_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(keeps_everything_but_the_keys, fresh),
		cmocka_unit_test_setup(keeps_the_fingerprints_of_what_is_gone, fresh),
		cmocka_unit_test_setup(leaves_nothing_of_the_old_keys, fresh),
		cmocka_unit_test_setup(knows_the_old_file, fresh),
		cmocka_unit_test_setup(a_former_backup_can_be_restored, fresh),
		cmocka_unit_test_setup(removes_what_a_crash_left, fresh),
		cmocka_unit_test_setup(others_notice, fresh),
		cmocka_unit_test_setup(refuses_a_tampered_vault, fresh),
		cmocka_unit_test_setup(refuses_an_older_vault, fresh),
		cmocka_unit_test_setup(refuses_where_it_cannot_look_back, fresh),
		cmocka_unit_test_setup_teardown(refuses_where_it_cannot_write, fresh,
	                                        remove_folder),
	};

	return cmocka_run_group_tests(tests, start, end);
}
