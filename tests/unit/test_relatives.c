/* The guard's second half: variants are noticed on every way in, and named by what differs. */
#include "fresh_vault.h"

#include <stdio.h>

static void assert_variant(const struct write_result *result, enum conflict_kind kind,
                           const char *name, unsigned how)
{
	const struct conflict *conflict = result->conflicts.items;

	assert_int_equal(result->conflicts.count, 1);
	assert_int_equal(conflict->kind, kind);
	assert_string_equal(conflict->name, name);
	assert_int_equal(conflict->how, how);
}

static void add_refuses_in_both_orders(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add(vault, "shop", "Sakura2013!", NULL);
	assert_int_equal(try_add(vault, "mail", "sakura2014!", &result), VAULT_REFUSED);
	assert_variant(&result, CONFLICT_VARIANT_NOW, "shop", VARIANT_YEAR | VARIANT_CASE);
	write_result_done(&result);
	add(vault, "a", "dragonfly77", NULL);
	assert_int_equal(try_add(vault, "b", "77dragonfly", &result), VAULT_REFUSED);
	assert_variant(&result, CONFLICT_VARIANT_NOW, "a", VARIANT_MOVED);
}

static void an_edit_is_held_against_the_past(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add(vault, "shop", "Sakura2013!", NULL);
	add(vault, "mail", "something else", NULL);
	assert_int_equal(try_edit(vault, "shop", "brand new", NULL, &result), 0);
	assert_int_equal(try_edit(vault, "mail", "Sakura2013?", NULL, &result), VAULT_REFUSED);
	assert_variant(&result, CONFLICT_VARIANT_THEN, "shop", VARIANT_SYMBOLS);
	assert_int_equal(try_edit(vault, "mail", "Sakura2013?", "no way around", &result), 0);
	assert_variant(&result, CONFLICT_VARIANT_THEN, "shop", VARIANT_SYMBOLS);
}

/* One line per entry: what is in use, though it had many. */
static void an_entry_is_told_once(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add(vault, "shop", "Sakura2011", NULL);
	for (int year = 2012; year < 2016; year++) {
		char password[sizeof("Sakura") + 11];

		snprintf(password, sizeof(password), "Sakura%d", year);
		assert_int_equal(try_edit(vault, "shop", password, NULL, &result), 0);
		assert_int_equal(result.conflicts.count, 0); /* its own past is no reuse */
	}
	assert_int_equal(try_add(vault, "mail", "Sakura2020", &result), VAULT_REFUSED);
	assert_variant(&result, CONFLICT_VARIANT_NOW, "shop", VARIANT_YEAR);
	assert_int_equal(result.conflicts.items[0].until, 0);
}

/* The service's name in a password: that of the entry as it is called now. */
static void a_new_name_makes_new_forms(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add(vault, "something", "7391-bookshop", NULL);
	assert_int_equal(try_add(vault, "mail", "7391-mail", &result), 0);
	write_result_done(&result);
	assert_done(vault_rename(vault, "something", "bookshop", &result, err));
	assert_variant(&result, CONFLICT_VARIANT_NOW, "mail", VARIANT_SERVICE);
	assert_int_equal(try_add(vault, "bank", "7391-bank", &result), VAULT_REFUSED);
	assert_int_equal(result.conflicts.count, 2);
}

static void trash_and_erased_ones_count(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};
	size_t emptied = 0;

	(void)state;
	add(vault, "shop", "Sakura2013!", NULL);
	assert_done(vault_remove(vault, "shop", &result, err));
	assert_int_equal(try_add(vault, "mail", "sakura2013!", &result), VAULT_REFUSED);
	assert_variant(&result, CONFLICT_VARIANT_NOW, "shop", VARIANT_CASE);
	assert_int_equal(result.conflicts.items[0].state, ENTRY_TRASHED);
	write_result_done(&result);
	assert_done(vault_trash_empty(vault, NULL, &emptied, err));
	assert_int_equal(try_add(vault, "mail", "sakura2013!", &result), VAULT_REFUSED);
	assert_variant(&result, CONFLICT_VARIANT_THEN, "shop", VARIANT_UNKNOWN);
	assert_int_equal(result.conflicts.items[0].state, ENTRY_PURGED);
}

/* A half that many have in common costs no more than the limit, and hides nothing that is sure. */
static void many_with_one_half_cost_little(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	assert_done(vault_batch_begin(vault, err));
	for (unsigned i = 0; i < 300; i++) {
		char name[16], password[32];

		snprintf(name, sizeof(name), "e%u", i);
		snprintf(password, sizeof(password), "%010u-common", i * 2654435761u);
		add(vault, name, password, "they have words in common");
	}
	assert_done(vault_batch_end(vault, true, err));
	add(vault, "one", "0123456789-commons", "a letter more");
	assert_int_equal(try_add(vault, "two", "0123456789-commonsX", &result), VAULT_REFUSED);
	for (size_t i = 0; i < result.conflicts.count; i++)
		if (strcmp(result.conflicts.items[i].name, "one") == 0)
			return;
	fail_msg("'one' is not among %zu", result.conflicts.count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add_refuses_in_both_orders),
		cmocka_unit_test(an_edit_is_held_against_the_past),
		cmocka_unit_test(an_entry_is_told_once),
		cmocka_unit_test(a_new_name_makes_new_forms),
		cmocka_unit_test(trash_and_erased_ones_count),
		cmocka_unit_test(many_with_one_half_cost_little),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}
