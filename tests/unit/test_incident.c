/* Incidents: what leaked is refused for ever, and who has it is found, whatever became of it. */
#include "fresh_vault.h"

#include <string.h>

#include <vault/incident.h>

static struct vault *vault;

static int fresh(void **state)
{
	(void)state;
	vault = fixture_vault();
	return 0;
}

static int end(void **state)
{
	(void)state;
	vault_close(vault);
	return 0;
}

static void keep(const char *name, const char *password)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = entry_of(name, password);

	assert_done(vault_add(vault, entry, "for the test", &result, err));
}

static void change(const char *name, const char *password)
{
	WRITE_RESULT_AUTO result = {0};

	assert_int_equal(try_edit(vault, name, password, "for the test", &result), 0);
}

static struct incident *leaks(const char *name)
{
	const struct leak leak = {.name = name};
	struct incident *incident = NULL;

	assert_done(vault_leak(vault, &leak, &incident, err));
	return incident;
}

static const struct affected *item(const struct incident *incident, const char *name)
{
	for (size_t i = 0; i < incident->n_items; i++)
		if (strcmp(incident->items[i].name, name) == 0)
			return &incident->items[i];
	fail_msg("'%s' is not affected", name);
	return NULL;
}

static size_t open_ones(void)
{
	size_t count = 99;

	assert_done(vault_incidents_open(vault, &count, err));
	return count;
}

static void assert_sound(void)
{
	enum check_severity worst = CHECK_DAMAGE;

	assert_done(vault_check(vault, NULL, NULL, &worst, err));
	assert_int_equal(worst, CHECK_NOTE);
}

static void names_everybody_worst_first(void **state)
{
	INCIDENT_AUTO *incident = NULL;

	(void)state;
	keep("mail", "Sakura2013!");
	keep("former", "Sakura2013!");
	change("former", "9.kettles.mumble");
	keep("forum", "sakura2014!");
	keep("unrelated", "nothing in common 77");
	keep("shop", "Sakura2013!");
	incident = leaks("shop");
	assert_int_equal(incident->number, 1);
	assert_int_equal(incident->n_items, 4);
	assert_int_equal(incident->n_open, 3);
	assert_string_equal(incident->items[0].name, "mail");
	assert_int_equal(incident->items[0].kind, AFFECTED_SAME_NOW);
	assert_string_equal(incident->items[1].name, "shop");
	assert_string_equal(incident->items[2].name, "former");
	assert_int_equal(incident->items[2].kind, AFFECTED_SAME_THEN);
	assert_true(incident->items[2].progress != AFFECTED_OPEN);
	assert_string_equal(incident->items[3].name, "forum");
	assert_int_equal(incident->items[3].kind, AFFECTED_VARIANT_NOW);
	assert_int_equal(incident->items[3].how, VARIANT_YEAR | VARIANT_CASE);
	assert_sound();
}

static void closes_with_the_last_and_opens_again(void **state)
{
	INCIDENT_AUTO *incident = NULL;
	INCIDENT_AUTO *later = NULL;

	(void)state;
	keep("mail", "Sakura2013!");
	keep("shop", "Sakura2013!");
	incident = leaks("shop");
	change("shop", "9.kettles.mumble");
	assert_int_equal(open_ones(), 1);
	change("mail", "Sakura2014!"); /* a variant is no cure */
	assert_int_equal(open_ones(), 1);
	change("mail", "nothing in common 77");
	assert_int_equal(open_ones(), 0);
	keep("old account", "Sakura2013!");
	assert_int_equal(open_ones(), 1);
	assert_done(vault_incident(vault, 1, &later, err));
	assert_int_equal(item(later, "old account")->progress, AFFECTED_OPEN);
	assert_int_equal(item(later, "mail")->progress, AFFECTED_DONE);
	assert_done(vault_incident_dismiss(vault, "old account", "closed by the shop", err));
	assert_int_equal(open_ones(), 0);
	assert_sound();
}

static void assert_refused(const char *password, enum conflict_kind kind)
{
	WRITE_RESULT_AUTO result = {0};

	assert_int_equal(try_add(vault, "another", password, &result), VAULT_REFUSED);
	assert_true(conflicts_burned(&result.conflicts));
	assert_int_equal(result.conflicts.items[0].kind, kind);
	assert_string_equal(result.conflicts.items[0].name, "shop");
}

/* Its own burned password counts for an entry, too; its other former ones do not. */
static void no_entry_takes_a_variant_of_its_own(void **state)
{
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	keep("shop", "Sakura2013!");
	change("shop", "mumbling kettles 9");
	assert_int_equal(try_edit(vault, "shop", "mumbling kettles 8", NULL, &result), 0);
	change("shop", "Sakura2013!");
	incident_free(leaks("shop"));
	assert_int_equal(try_edit(vault, "shop", "Sakvra2013!", NULL, &result), VAULT_REFUSED);
	assert_true(conflicts_burned(&result.conflicts));
	assert_int_equal(try_edit(vault, "shop", "mumbling kettles 7", NULL, &result), 0);
}

/* What came in past the guard, as by an import, opens the incident again. */
static void a_batch_is_looked_at_in_the_end(void **state)
{
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	keep("shop", "Sakura2013!");
	incident_free(leaks("shop"));
	assert_done(vault_batch_begin(vault, err));
	change("shop", "9.kettles.mumble");
	keep("old account", "Sakura2013!");
	assert_done(vault_batch_end(vault, true, err));
	assert_int_equal(open_ones(), 1);
	assert_done(vault_remove(vault, "old account", &result, err));
	assert_int_equal(open_ones(), 0);
}

/* The entry is gone, its password's value with it. */
static void stays_burned_when_everything_is_erased(void **state)
{
	WRITE_RESULT_AUTO result = {0};
	size_t count = 0;

	(void)state;
	keep("shop", "Sakura2013!");
	incident_free(leaks("shop"));
	assert_refused("Sakura2013!", CONFLICT_BURNED);
	assert_refused("Sakura2015!", CONFLICT_BURNED_VARIANT);
	assert_done(vault_remove(vault, "shop", &result, err));
	assert_int_equal(open_ones(), 0);
	assert_done(vault_trash_empty(vault, NULL, &count, err));
	assert_refused("Sakura2013!", CONFLICT_BURNED);
	assert_refused("Sakura2015!", CONFLICT_BURNED_VARIANT);
	assert_sound();
}

static void knows_entries_that_were_deleted(void **state)
{
	WRITE_RESULT_AUTO result = {0};
	INCIDENT_AUTO *incident = NULL;
	size_t count = 0;

	(void)state;
	keep("mail", "Sakura2013!");
	keep("shop", "Sakura2013!");
	assert_done(vault_remove(vault, "shop", &result, err));
	assert_done(vault_trash_empty(vault, NULL, &count, err));
	incident = leaks("shop");
	assert_int_equal(item(incident, "mail")->progress, AFFECTED_OPEN);
	assert_int_equal(item(incident, "shop")->progress, AFFECTED_TOLD);
	assert_int_equal(item(incident, "shop")->state, ENTRY_PURGED);
}

static void a_typed_password_is_not_stored(void **state)
{
	SECRET_AUTO *typed = secret_of("Sakura2013!");
	const struct leak leak = {.password = typed};
	INCIDENT_AUTO *incident = NULL;

	(void)state;
	keep("mail", "sakura2014");
	assert_done(vault_leak(vault, &leak, &incident, err));
	assert_int_equal(item(incident, "mail")->kind, AFFECTED_VARIANT_NOW);
	assert_int_equal(incident->n_open, 1);
	change("mail", "nothing in common 77");
	assert_int_equal(open_ones(), 0);
	assert_sound();
}

static void one_leak_is_one_incident(void **state)
{
	INCIDENT_AUTO *first = NULL;
	INCIDENT_AUTO *again = NULL;
	const struct leak leak = {.name = "nobody"};
	struct error error = {0};

	(void)state;
	keep("shop", "Sakura2013!");
	first = leaks("shop");
	again = leaks("shop");
	assert_int_equal(first->number, again->number);
	assert_int_equal(vault_leak(vault, &leak, &again, &error), VAULT_NOT_FOUND);
	assert_int_equal(vault_incident(vault, 2, &again, &error), VAULT_NOT_FOUND);
	assert_int_equal(vault_incident_dismiss(vault, "nobody", "why", &error), VAULT_NOT_FOUND);
}

static int count(void *context, const char *name)
{
	(void)name;
	(*(size_t *)context)++;
	return 0;
}

static void is_no_entry(void **state)
{
	struct vault_status_info info;
	size_t names = 0;

	(void)state;
	keep("shop", "Sakura2013!");
	incident_free(leaks("shop"));
	assert_done(vault_names(vault, "", count, &names, err));
	assert_int_equal(names, 1);
	assert_done(vault_info(vault, &info, err));
	assert_int_equal(info.entries, 1);
}

static struct incident *typed(const char *text)
{
	SECRET_AUTO *password = secret_of(text);
	const struct leak leak = {.password = password};
	struct incident *incident = NULL;

	assert_done(vault_leak(vault, &leak, &incident, err));
	return incident;
}

/* One character differs, and nothing but halves is alike: found by comparison alone, which takes
 * the password, and that is not kept. */
static void near_to_a_typed_one(void **state)
{
	INCIDENT_AUTO *incident = NULL, *again = NULL, *after = NULL;

	(void)state;
	keep("near", "83#x51!q70-2z");
	keep("far", "quite another 1");
	incident = typed("83#x51!q70-2k");
	assert_int_equal(incident->n_items, 1);
	assert_int_equal(item(incident, "near")->kind, AFFECTED_VARIANT_NOW);
	assert_true(item(incident, "near")->how != 0);
	assert_int_equal(open_ones(), 1);
	keep("nearer", "83#x51!q70-2");
	again = typed("83#x51!q70-2k"); /* the same incident, which knows more now */
	assert_int_equal(again->number, incident->number);
	assert_int_equal(again->n_open, 2);
	change("near", "something else 2");
	change("nearer", "something else altogether 3");
	assert_int_equal(open_ones(), 0);
	assert_done(vault_incident(vault, incident->number, &after, err));
	assert_true(after->closed != 0);
	assert_int_equal(item(after, "near")->progress, AFFECTED_DONE);
	incident_free(after);
	keep("latest", "83#x51!q70-2kk");
	after = typed("83#x51!q70-2k"); /* opens it again */
	assert_int_equal(after->number, incident->number);
	assert_int_equal(after->closed, 0);
	assert_int_equal(item(after, "latest")->progress, AFFECTED_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_everybody_worst_first, fresh, end),
		cmocka_unit_test_setup_teardown(closes_with_the_last_and_opens_again, fresh, end),
		cmocka_unit_test_setup_teardown(no_entry_takes_a_variant_of_its_own, fresh, end),
		cmocka_unit_test_setup_teardown(a_batch_is_looked_at_in_the_end, fresh, end),
		cmocka_unit_test_setup_teardown(stays_burned_when_everything_is_erased, fresh, end),
		cmocka_unit_test_setup_teardown(knows_entries_that_were_deleted, fresh, end),
		cmocka_unit_test_setup_teardown(a_typed_password_is_not_stored, fresh, end),
		cmocka_unit_test_setup_teardown(near_to_a_typed_one, fresh, end),
		cmocka_unit_test_setup_teardown(one_leak_is_one_incident, fresh, end),
		cmocka_unit_test_setup_teardown(is_no_entry, fresh, end),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}
