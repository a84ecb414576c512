/* The audit's groups: who shares a password now, who once did, in which order, and what the trash
 * changes. */
#include "fresh_vault.h"

#include <stdio.h>

#include <vault/audit.h>

#define GROUPS_MAX 64

/* What audit_sharing told, as one line per group: "now: a b | c" with the uses in use before the
 * bar. */
struct told {
	size_t count, stop_after;
	char lines[GROUPS_MAX][256];
};

static void add_text(char *line, const char *text)
{
	snprintf(line + strlen(line), 256 - strlen(line), "%s", text);
}

static int remember(void *context, const struct audit_group *group)
{
	static const char *const states[] = {"", "(trash)", "(gone)"};
	struct told *told = context;
	char *line = told->lines[told->count];
	bool past = false;

	assert_true(told->count < GROUPS_MAX);
	snprintf(line, 256, "%s%s:", group->master ? "master " : "", group->now ? "now" : "once");
	for (size_t i = 0; i < group->n_uses; i++) {
		const struct audit_use *use = &group->uses[i];

		assert_true(use->since > 0);
		assert_true(use->until == 0 || use->until >= use->since);
		assert_false(past && use->until == 0); /* what is in use comes first */
		if (use->until != 0 && !past)
			add_text(line, " |");
		past = use->until != 0;
		add_text(line, " ");
		add_text(line, use->name);
		add_text(line, states[use->state]);
		if (use->reason) {
			add_text(line, "=");
			add_text(line, use->reason);
		}
	}
	told->count++;
	return told->count == told->stop_after ? 42 : 0;
}

static struct told audit(struct vault *vault)
{
	struct told told = {0};
	size_t groups = 99;

	assert_done(audit_sharing(vault, remember, &told, &groups, err));
	assert_int_equal(groups, told.count);
	return told;
}

static void change(struct vault *vault, const char *name, const char *password, const char *reason)
{
	struct entry_edit edit = {.password = secret_of(password)};
	WRITE_RESULT_AUTO result = {0};

	assert_done(vault_edit(vault, name, &edit, reason, &result, err));
	assert_null(edit.password);
}

static void trash(struct vault *vault, const char *name)
{
	WRITE_RESULT_AUTO result = {0};

	assert_done(vault_remove(vault, name, &result, err));
}

/* The order depends on dates: the clock must not have a say in it. */
static void put_at(struct vault *vault, const char *name, const char *password, const char *reason,
                   int64_t when)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = entry_of(name, password);

	entry->created = when;
	assert_done(vault_add(vault, entry, reason, &result, err));
}

static void put(struct vault *vault, const char *name, const char *password, const char *reason)
{
	put_at(vault, name, password, reason, 1000);
}

static void add_at(struct vault *vault, const char *name, const char *password, int64_t when)
{
	put_at(vault, name, password, "r", when);
}

static void test_nothing_is_shared(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	assert_int_equal(audit(vault).count, 0);
	put(vault, "a", "one", NULL);
	put(vault, "b", "two", NULL);
	put(vault, "c", "ninety", NULL);
	assert_int_equal(audit(vault).count, 0);
}

static void test_shared_now(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct told told;

	(void)state;
	put(vault, "a", "same", NULL);
	put(vault, "b", "same", "one login");
	told = audit(vault);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.lines[0], "now: a b=one login");
}

static void test_shared_once(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct told told;

	(void)state;
	put(vault, "a", "same", NULL);
	put(vault, "b", "same", "r");
	change(vault, "a", "fresh", NULL);
	told = audit(vault);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.lines[0], "once: b=r | a");
	change(vault, "b", "fresh too", NULL);
	told = audit(vault);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.lines[0], "once: | a b=r");
}

/* One entry that had a password twice shares it with nobody, and counts once where somebody else
 * has it. */
static void test_same_entry_twice(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct told told;

	(void)state;
	put(vault, "a", "first", NULL);
	change(vault, "a", "second", NULL);
	change(vault, "a", "first", NULL);
	assert_int_equal(audit(vault).count, 0);
	put(vault, "b", "second", "r");
	told = audit(vault);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.lines[0], "once: b=r | a");
	put(vault, "c", "first", "r");
	told = audit(vault);
	assert_int_equal(told.count, 2);
	assert_string_equal(told.lines[0], "now: a c=r | a");
}

static void test_trash(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	size_t emptied = 0;
	struct told told;

	(void)state;
	put(vault, "a", "same", NULL);
	put(vault, "b", "same", "r");
	trash(vault, "b");
	told = audit(vault);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.lines[0], "once: a b(trash)=r"); /* could be restored: not past */
	assert_done(vault_trash_empty(vault, NULL, &emptied, err));
	assert_int_equal(emptied, 1);
	told = audit(vault);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.lines[0], "once: a | b(gone)=r");
	trash(vault, "a");
	assert_int_equal(audit(vault).count, 1);
	assert_done(vault_trash_empty(vault, NULL, &emptied, err));
	assert_int_equal(audit(vault).count, 0); /* nobody is left who could change anything */
}

/* Now before once, many before few, the newest use first. */
static void test_order(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct told told;

	(void)state;
	add_at(vault, "o1", "old", 1000);
	add_at(vault, "o2", "old", 2000);
	add_at(vault, "o3", "old", 3000);
	add_at(vault, "o4", "old", 4000);
	change(vault, "o1", "n1", NULL);
	change(vault, "o2", "n2", NULL);
	change(vault, "o3", "n3", NULL);
	add_at(vault, "p1", "pair", 1000);
	add_at(vault, "p2", "pair", 2000);
	add_at(vault, "t1", "three", 2000);
	add_at(vault, "t2", "three", 3000);
	add_at(vault, "t3", "three", 1000);
	told = audit(vault);
	assert_int_equal(told.count, 3);
	assert_string_equal(told.lines[0], "now: t2=r t1 t3=r");
	assert_string_equal(told.lines[1], "now: p2=r p1");
	assert_string_equal(told.lines[2], "once: o4=r | o3=r o2=r o1");
}

static void test_many_groups(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct told told;

	(void)state;
	assert_done(vault_batch_begin(vault, err));
	for (int i = 0; i < 40; i++) {
		for (int j = 0; j <= i % 4 + 1; j++) {
			char name[32], password[32];

			snprintf(name, sizeof(name), "e%02d-%d", i, j);
			snprintf(password, sizeof(password), "%010u", i * 2654435761u);
			put(vault, name, password, "r");
		}
	}
	assert_done(vault_batch_end(vault, true, err));
	told = audit(vault);
	assert_int_equal(told.count, 40);
	for (int i = 0; i + 1 < 40; i++)
		assert_true(strlen(told.lines[i]) >= strlen(told.lines[i + 1]));
	for (int i = 0; i < 40; i++)
		assert_memory_equal(told.lines[i], "now: e", 6);
}

/* The master password in one entry is a group of its own, before all others. */
static void test_master(void **state)
{
	VAULT_AUTO *vault = NULL;
	SECRET_AUTO *password = secret_of(FIXTURE_PASSWORD);
	struct credential credential = {.type = KEY_PASSWORD, .password = password};
	struct told told;

	(void)state;
	assert_done(vault_open(fixture_path(), 0, &vault, err));
	assert_done(vault_unlock(vault, &credential, err));
	assert_int_equal(audit(vault).count, 0);
	add_at(vault, "a", FIXTURE_PASSWORD, 1000);
	told = audit(vault);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.lines[0], "master now: a=r");
	put(vault, "x1", "same", NULL);
	put(vault, "x2", "same", "r");
	put(vault, "x3", "same", "r");
	add_at(vault, "b", FIXTURE_PASSWORD, 1000);
	told = audit(vault);
	assert_int_equal(told.count, 2); /* once as the master's, not again as a pair's */
	assert_string_equal(told.lines[0], "master now: a=r b=r");
	assert_memory_equal(told.lines[1], "now: x1", 7);
	change(vault, "a", "fresh", NULL);
	change(vault, "b", "fresh too", NULL);
	told = audit(vault);
	assert_int_equal(told.count, 2);
	assert_string_equal(told.lines[1], "master once: | a=r b=r");
}

static void test_caller_ends_the_walk(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct told told = {.stop_after = 2};
	size_t groups = 0;

	(void)state;
	for (int i = 0; i < 5; i++) {
		char name[8] = {'a', (char)('0' + i)}, other[8] = {'b', (char)('0' + i)};

		put(vault, name, name, NULL);
		put(vault, other, name, "r");
	}
	assert_int_equal(audit_sharing(vault, remember, &told, &groups, NULL), 42);
	assert_int_equal(told.count, 2);
	assert_int_equal(groups, 5);
	put(vault, "c", "fine", NULL); /* no transaction was left open */
}

static void test_locked(void **state)
{
	VAULT_AUTO *vault = NULL;
	struct told told = {0};
	size_t groups = 7;

	(void)state;
	assert_done(vault_open(fixture_path(), 0, &vault, err));
	assert_fails(audit_sharing(vault, remember, &told, &groups, err), VAULT_LOCKED, "locked");
	assert_int_equal(groups, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_shared),
		cmocka_unit_test(test_shared_now),
		cmocka_unit_test(test_shared_once),
		cmocka_unit_test(test_same_entry_twice),
		cmocka_unit_test(test_trash),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_many_groups),
		cmocka_unit_test(test_master),
		cmocka_unit_test(test_caller_ends_the_walk),
		cmocka_unit_test(test_locked),
	};

	return cmocka_run_group_tests_name("sharing", tests, fixture_group_start,
	                                   fixture_group_end);
}
