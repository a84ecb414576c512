/* The plan: what comes first, what is told of it, and who may keep a password. */
#include "fresh_vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <vault/plan.h>

#define DAY 86400

static void put(struct vault *vault, const char *name, const char *password, const char *role,
                int64_t days)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = entry_of(name, password);
	char tag[32];

	snprintf(tag, sizeof(tag), ROLE_TAG "%s", role);
	assert_done(entry_set_text(entry, FIELD_TAG, NULL, tag, err));
	entry->created = (int64_t)time(NULL) - days * DAY;
	assert_done(vault_add(vault, entry, "r", &result, err));
}

static struct plan *plan_of(struct vault *vault)
{
	static const struct plan_wanted wanted = {0};
	struct plan *plan = NULL;

	assert_done(plan_make(vault, &wanted, &plan, err));
	return plan;
}

static void assert_action(const struct plan *plan, size_t i, const char *name, unsigned findings)
{
	assert_true(i < plan->n_actions);
	assert_string_equal(plan->actions[i].name, name);
	assert_int_equal(plan->actions[i].findings, findings);
}

#define STRONG "vW8#qZ!r2Lx@f9Tk&Yp4"
#define UNLIKE "nB5%dG=s7Hc?m3Uj+Ra6"

static void nothing_to_do(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	PLAN_AUTO *plan = NULL;
	static const struct plan_wanted wanted = {0};
	char *name = NULL;

	(void)state;
	put(vault, "a", STRONG, "other", 5000);
	put(vault, "b", UNLIKE, "money", 100);
	plan = plan_of(vault);
	assert_int_equal(plan->n_actions, 0);
	assert_int_equal(plan_first(vault, &wanted, &name, NULL), VAULT_NOT_FOUND);
	assert_null(name);
}

/* Of those that share one, the least may keep it; what an account is for decides. */
static void the_least_may_keep_it(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	PLAN_AUTO *plan = NULL;
	static const struct plan_wanted wanted = {0};
	char *name = NULL;

	(void)state;
	put(vault, "a shop", STRONG, "other", 1);
	put(vault, "bank", STRONG, "money", 1);
	put(vault, "mail", STRONG, "mailbox", 1);
	put(vault, "work", STRONG, "work", 1);
	plan = plan_of(vault);
	assert_int_equal(plan->n_actions, 3);
	assert_action(plan, 0, "mail", FINDING_SHARED);
	assert_action(plan, 1, "bank", FINDING_SHARED);
	assert_action(plan, 2, "work", FINDING_SHARED);
	assert_int_equal(plan->actions[0].n_shared, 3);
	assert_true(plan->actions[0].damage > plan->actions[1].damage);
	assert_done(plan_first(vault, &wanted, &name, err));
	assert_string_equal(name, "mail");
	free(name);
}

static void families_and_weak_ones(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	PLAN_AUTO *plan = NULL;

	(void)state;
	put(vault, "one", STRONG, "other", 1);
	put(vault, "two", STRONG "7", "identity", 1);
	put(vault, "weak", "letmein", "other", 1);
	plan = plan_of(vault);
	assert_int_equal(plan->n_actions, 2);
	assert_action(plan, 0, "two", FINDING_FAMILY);
	assert_string_equal(plan->actions[0].like, "one");
	assert_int_equal(plan->actions[0].how, VARIANT_DIGITS);
	assert_action(plan, 1, "weak", FINDING_WEAK);
	assert_int_equal(plan->actions[1].strength.score, 0);
	assert_int_equal(plan->n_weak, 1);
	assert_false(plan->not_weighed);
}

/* The last of a group is told all the same where there is more to say of it. */
static void more_than_one_reason(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	PLAN_AUTO *plan = NULL;

	(void)state;
	put(vault, "old", STRONG, "money", 4000);
	put(vault, "new", STRONG, "mailbox", 1);
	put(vault, "old other", UNLIKE, "other", 4000);
	plan = plan_of(vault);
	assert_int_equal(plan->n_actions, 2);
	assert_action(plan, 0, "new", FINDING_SHARED);
	assert_action(plan, 1, "old", FINDING_OLD);
	assert_true(plan->actions[1].since < (int64_t)time(NULL) - 3999 * DAY);
}

static void what_others_fall_with_counts_as_a_mailbox(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	PLAN_AUTO *plan = NULL;
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = entry_of("hub", "letmein");
	ENTRY_AUTO *box = NULL;

	(void)state;
	put(vault, "bank", "letmein1", "money", 1);
	assert_done(entry_set_user(entry, "joe@joe.example", err));
	assert_done(entry_set_text(entry, FIELD_TAG, NULL, ROLE_TAG "mailbox", err));
	assert_done(vault_add(vault, entry, "r", &result, err));
	write_result_done(&result);
	box = entry_of("shop", STRONG);
	assert_done(entry_set_user(box, "joe@joe.example", err));
	assert_done(vault_add(vault, box, "r", &result, err));
	plan = plan_of(vault);
	assert_action(plan, 0, "hub", FINDING_FAMILY | FINDING_WEAK);
	assert_int_equal(plan->actions[0].falls, 1);
	assert_action(plan, 1, "bank", FINDING_WEAK);
}

static void the_master_password(void **state)
{
	VAULT_AUTO *vault = NULL;
	PLAN_AUTO *plan = NULL;
	SECRET_AUTO *password = secret_of(FIXTURE_PASSWORD);
	struct credential credential = {.type = KEY_PASSWORD, .password = password};

	(void)state;
	assert_done(vault_open(fixture_path(), 0, &vault, err));
	assert_done(vault_unlock(vault, &credential, err));
	put(vault, "careless", FIXTURE_PASSWORD, "other", 1);
	plan = plan_of(vault);
	assert_int_equal(plan->n_actions, 1);
	assert_action(plan, 0, "careless", FINDING_MASTER);
}

static void locked(void **state)
{
	VAULT_AUTO *vault = NULL;
	struct plan *plan = NULL;
	static const struct plan_wanted wanted = {0};

	(void)state;
	assert_done(vault_open(fixture_path(), 0, &vault, err));
	assert_fails(plan_make(vault, &wanted, &plan, err), VAULT_LOCKED, "locked");
	assert_null(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_do),
		cmocka_unit_test(the_least_may_keep_it),
		cmocka_unit_test(families_and_weak_ones),
		cmocka_unit_test(more_than_one_reason),
		cmocka_unit_test(what_others_fall_with_counts_as_a_mailbox),
		cmocka_unit_test(the_master_password),
		cmocka_unit_test(locked),
	};

	return cmocka_run_group_tests_name("plan", tests, fixture_group_start, fixture_group_end);
}
