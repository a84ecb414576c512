/* The reuse guard: one password at two entries is told on every path in, now and formerly. */
#include "fresh_vault.h"

static void assert_partner(const struct write_result *result, enum conflict_kind kind,
                           const char *name, enum entry_state entry_state)
{
	assert_true(result->conflicts.count >= 1);
	assert_int_equal(result->conflicts.items[0].kind, kind);
	if (name)
		assert_string_equal(result->conflicts.items[0].name, name);
	assert_int_equal(result->conflicts.items[0].state, entry_state);
	if (kind != CONFLICT_MASTER)
		assert_true(result->conflicts.items[0].since > 1700000000);
}

static void add_refuses_in_both_orders(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};
	struct entry *entry = NULL;

	(void)state;
	add(vault, "mailserver", "same", NULL);
	assert_int_equal(try_add(vault, "shop", "same", &result), VAULT_REFUSED);
	assert_partner(&result, CONFLICT_SAME_NOW, "mailserver", ENTRY_LIVE);
	assert_int_equal(vault_get(vault, "shop", &entry, NULL), VAULT_NOT_FOUND);

	add(vault, "aaa", "second", NULL);
	assert_int_equal(try_add(vault, "zzz", "second", &result), VAULT_REFUSED);
	assert_partner(&result, CONFLICT_SAME_NOW, "aaa", ENTRY_LIVE);
	assert_int_equal(try_add(vault, "zzz", "unrelated", &result), 0);
}

static void a_reason_lets_it_in_and_is_kept(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *shop = entry_of("shop", "same"), *back = NULL;

	(void)state;
	add(vault, "mailserver", "same", NULL);
	assert_done(vault_add(vault, shop, "one directory", &result, err));
	assert_partner(&result, CONFLICT_SAME_NOW, "mailserver", ENTRY_LIVE);
	assert_done(vault_get(vault, "shop", &back, err));
	assert_string_equal(back->reuse_reason, "one directory");
	entry_free(back);
	back = NULL;
	/* A reason where nothing is shared is not kept. */
	add(vault, "bank", "fresh", "no need");
	assert_done(vault_get(vault, "bank", &back, err));
	assert_null(back->reuse_reason);
}

static void edit_refuses_and_changes_nothing(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add(vault, "mailserver", "same", NULL);
	add(vault, "shop", "own", NULL);
	assert_int_equal(try_edit(vault, "shop", "same", NULL, &result), VAULT_REFUSED);
	assert_partner(&result, CONFLICT_SAME_NOW, "mailserver", ENTRY_LIVE);
	assert_password(vault, "shop", "own");
	assert_int_equal(try_edit(vault, "shop", "same", "because", &result), 0);
	assert_password(vault, "shop", "same");
}

static void former_passwords_count(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add(vault, "mailserver", "old", NULL);
	assert_int_equal(try_edit(vault, "mailserver", "new", NULL, &result), 0);
	assert_int_equal(try_add(vault, "shop", "old", &result), VAULT_REFUSED);
	assert_partner(&result, CONFLICT_SAME_THEN, "mailserver", ENTRY_LIVE);
	assert_true(result.conflicts.items[0].until >= result.conflicts.items[0].since);
	/* One's own former password is no sharing. */
	assert_int_equal(try_edit(vault, "mailserver", "old", NULL, &result), 0);
	assert_int_equal(result.conflicts.count, 0);
}

static void trashed_and_purged_entries_count(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};
	size_t count;

	(void)state;
	add(vault, "mailserver", "same", NULL);
	assert_done(vault_remove(vault, "mailserver", &result, err));
	assert_int_equal(try_add(vault, "shop", "same", &result), VAULT_REFUSED);
	assert_partner(&result, CONFLICT_SAME_NOW, "mailserver", ENTRY_TRASHED);
	assert_done(vault_trash_empty(vault, NULL, &count, err));
	assert_int_equal(try_add(vault, "shop", "same", &result), VAULT_REFUSED);
	assert_partner(&result, CONFLICT_SAME_THEN, "mailserver", ENTRY_PURGED);
}

static void rename_tells(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add(vault, "mailserver", "same", NULL);
	add(vault, "shop", "same", "because");
	assert_done(vault_rename(vault, "shop", "store", &result, err));
	assert_partner(&result, CONFLICT_SAME_NOW, "mailserver", ENTRY_LIVE);
	assert_password(vault, "store", "same");
}

static void restore_from_the_trash_tells(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add(vault, "mailserver", "same", NULL);
	assert_done(vault_remove(vault, "mailserver", &result, err));
	add(vault, "shop", "same", "while it was in the trash");
	write_result_done(&result);
	assert_done(vault_trash_restore(vault, "mailserver", NULL, &result, err));
	assert_partner(&result, CONFLICT_SAME_NOW, "shop", ENTRY_LIVE);
}

static void the_master_password_is_refused(void **state)
{
	VAULT_AUTO *vault = NULL;
	WRITE_RESULT_AUTO result = {0};
	struct secret *password = secret_of(FIXTURE_PASSWORD);
	struct credential credential = {.type = KEY_PASSWORD, .password = password};

	(void)state;
	assert_done(vault_open(fixture_path(), 0, &vault, err));
	assert_done(vault_unlock(vault, &credential, err));
	assert_int_equal(try_add(vault, "shop", FIXTURE_PASSWORD, &result), VAULT_REFUSED);
	assert_partner(&result, CONFLICT_MASTER, NULL, ENTRY_LIVE);
	assert_int_equal(try_add(vault, "shop", "another", &result), 0);
	secret_free(password);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add_refuses_in_both_orders),
		cmocka_unit_test(a_reason_lets_it_in_and_is_kept),
		cmocka_unit_test(edit_refuses_and_changes_nothing),
		cmocka_unit_test(former_passwords_count),
		cmocka_unit_test(trashed_and_purged_entries_count),
		cmocka_unit_test(rename_tells),
		cmocka_unit_test(restore_from_the_trash_tells),
		cmocka_unit_test(the_master_password_is_refused),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}
