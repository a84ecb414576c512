/* What opens a vault, and what no longer does. */
#include "fresh_vault.h"

#include <stdio.h>
#include <stdlib.h>

static const struct kdf_cost cheap = {.memory = 64 * 1024, .time = 3};

static int unlocks(const char *path, enum key_type type, const char *password, const char *key_file)
{
	VAULT_AUTO *vault = NULL;
	SECRET_AUTO *secret = secret_of(password ? password : "");
	SECRET_AUTO *file = secret_of(key_file ? key_file : "");
	struct credential credential = {.type = type, .password = secret, .key_file = file};

	assert_done(vault_open(path, 0, &vault, err));
	return vault_unlock(vault, &credential, NULL);
}

static unsigned add_key(struct vault *vault, enum key_type type, const char *password,
                        const char *key_file)
{
	SECRET_AUTO *secret = secret_of(password ? password : "");
	SECRET_AUTO *file = secret_of(key_file ? key_file : "");
	struct credential credential = {.type = type, .password = secret, .key_file = file};
	unsigned index = 99;

	assert_done(vault_key_add(vault, &credential, &cheap, "a label", &index, err));
	return index;
}

static void each_kind_of_key_opens(void **state)
{
	const char *path = fixture_path();
	VAULT_AUTO *vault = fixture_open(path, 0);

	(void)state;
	add_key(vault, KEY_FILE, NULL, "contents of a key file");
	add_key(vault, KEY_PASSWORD_AND_FILE, "together", "contents of a key file");
	assert_int_equal(unlocks(path, KEY_PASSWORD, FIXTURE_PASSWORD, NULL), 0);
	assert_int_equal(unlocks(path, KEY_PASSWORD, "wrong", NULL), VAULT_WRONG_KEY);
	assert_int_equal(unlocks(path, KEY_FILE, NULL, "contents of a key file"), 0);
	assert_int_equal(unlocks(path, KEY_FILE, NULL, "contents of another"), VAULT_WRONG_KEY);
	assert_int_equal(unlocks(path, KEY_PASSWORD_AND_FILE, "together", "contents of a key file"),
	                 0);
	assert_int_equal(unlocks(path, KEY_PASSWORD_AND_FILE, "Together", "contents of a key file"),
	                 VAULT_WRONG_KEY);
	assert_int_equal(unlocks(path, KEY_PASSWORD, "together", NULL), VAULT_WRONG_KEY);
	assert_int_equal(unlocks(path, KEY_RECOVERY_CODE,
	                         (const char *)fixture_recovery_code()->bytes, NULL),
	                 0);
}

static void passwd_changes_one_slot(void **state)
{
	const char *path = fixture_path();
	VAULT_AUTO *vault = fixture_open(path, 0);
	SECRET_AUTO *fresh = secret_of("a new master password");
	struct credential credential = {.type = KEY_PASSWORD, .password = fresh};
	struct vault_status_info before, after;

	(void)state;
	assert_done(vault_info(vault, &before, err));
	assert_done(vault_passwd(vault, 0, &credential, &cheap, err));
	assert_done(vault_info(vault, &after, err));
	assert_int_equal(after.sequence, before.sequence + 1);
	assert_int_equal(unlocks(path, KEY_PASSWORD, FIXTURE_PASSWORD, NULL), VAULT_WRONG_KEY);
	assert_int_equal(unlocks(path, KEY_PASSWORD, "a new master password", NULL), 0);
	assert_int_equal(unlocks(path, KEY_RECOVERY_CODE,
	                         (const char *)fixture_recovery_code()->bytes, NULL),
	                 0);
}

static void slots_are_listed_filled_and_emptied(void **state)
{
	const char *path = fixture_path();
	VAULT_AUTO *vault = fixture_open(path, 0);
	struct key_slot slots[KEY_SLOTS];
	SECRET_AUTO *more = secret_of("one too many");
	struct credential credential = {.type = KEY_PASSWORD, .password = more};
	size_t count;
	unsigned index;

	(void)state;
	for (unsigned i = 2; i < KEY_SLOTS; i++)
		assert_int_equal(add_key(vault, KEY_FILE, NULL, i % 2 ? "odd" : "even"), i);
	assert_int_equal(vault_key_add(vault, &credential, &cheap, NULL, &index, NULL),
	                 VAULT_EXISTS);
	vault_key_slots(vault, slots, &count);
	assert_int_equal(count, KEY_SLOTS);
	assert_int_equal(slots[1].type, KEY_RECOVERY_CODE);
	assert_string_equal(slots[2].label, "a label");
	assert_int_equal(slots[2].cost.memory, cheap.memory);

	for (unsigned i = 2; i < KEY_SLOTS; i++)
		assert_done(vault_key_remove(vault, i, err));
	assert_int_equal(vault_key_remove(vault, 5, NULL), VAULT_NOT_FOUND);
	assert_int_equal(vault_key_remove(vault, 0, NULL),
	                 VAULT_REFUSED); /* the last but the recovery code */
	assert_done(vault_key_remove(vault, 1, err));
	assert_int_equal(unlocks(path, KEY_FILE, NULL, "even"), VAULT_WRONG_KEY);
	assert_int_equal(unlocks(path, KEY_PASSWORD, FIXTURE_PASSWORD, NULL), 0);
}

static void a_damaged_copy_is_healed(void **state)
{
	const char *path = fixture_path();
	struct vault_status_info info;
	struct vault *vault;
	char command[160];

	(void)state;
	snprintf(command, sizeof(command),
	         "printf xxxx | dd of=%s bs=1 seek=100 conv=notrunc status=none", path);
	assert_int_equal(system(command), 0);
	vault = fixture_open(path, 0);
	assert_done(vault_info(vault, &info, err));
	assert_true(info.header_healed);
	vault_close(vault);
	vault = fixture_open(path, 0);
	assert_done(vault_info(vault, &info, err));
	assert_false(info.header_healed || info.header_torn);
	vault_close(vault);
}

static void nothing_is_created_over_a_file(void **state)
{
	const char *path = fixture_path();
	SECRET_AUTO *password = secret_of("x");
	struct vault_new how = {.credential = {.type = KEY_PASSWORD, .password = password},
	                        .cost = cheap};
	struct vault *vault = NULL;

	(void)state;
	assert_int_equal(vault_create(path, &how, &vault, NULL), VAULT_EXISTS);
	assert_null(vault);
	assert_int_equal(unlocks(path, KEY_PASSWORD, FIXTURE_PASSWORD, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_key_opens),
		cmocka_unit_test(passwd_changes_one_slot),
		cmocka_unit_test(slots_are_listed_filled_and_emptied),
		cmocka_unit_test(a_damaged_copy_is_healed),
		cmocka_unit_test(nothing_is_created_over_a_file),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}
