/* Realms: who is in one, what the guard and the audit make of it, and one password for all. */
#include "fresh_vault.h"

#include <stdio.h>
#include <stdlib.h>

#include <vault/audit.h>
#include <vault/realm.h>

static struct vault *open_vault(const char *const *names)
{
	struct vault *vault = fixture_vault();

	for (size_t i = 0; names[i]; i++)
		add(vault, names[i], names[i], NULL);
	return vault;
}
#define VAULT_WITH(...) open_vault((const char *const[]){__VA_ARGS__, NULL})
#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

static int remember(void *context, const struct realm_info *info)
{
	char *text = context;
	size_t length = strlen(text);

	length += (size_t)snprintf(text + length, 1024 - length, "%s%s%s(%s):", length ? "; " : "",
	                           info->name, info->one_password ? "=" : "", info->reason);
	for (size_t i = 0; i < info->n_members; i++)
		length += (size_t)snprintf(text + length, 1024 - length, " %s", info->members[i]);
	return 0;
}

/* "NAME[=](REASON): MEMBER MEMBER; …", with = where they have one password. */
static const char *realms(struct vault *vault, const char *realm)
{
	static char text[1024];

	text[0] = '\0';
	assert_done(realm_list(vault, realm, remember, text, err));
	return text;
}

static void test_members(void **state)
{
	VAULT_AUTO *vault = VAULT_WITH("a", "b", "c");
	size_t changed = 0;

	(void)state;
	assert_string_equal(realms(vault, NULL), "");
	assert_int_equal(realm_add(vault, "dir", NAMES("a"), NULL, &changed, NULL),
	                 VAULT_NOT_FOUND); /* no reason */
	assert_done(realm_add(vault, "dir", NAMES("a", "B"), "one login", &changed, err));
	assert_int_equal(changed, 2);
	assert_string_equal(realms(vault, NULL), "dir(one login): a b");
	assert_done(realm_add(vault, "dir", NAMES("b"), NULL, &changed, err));
	assert_int_equal(changed, 0);
	assert_done(realm_add(vault, "dir", NAMES("c"), "because", &changed, err));
	assert_int_equal(changed, 3); /* a new reason is everybody's */
	assert_string_equal(realms(vault, "dir"), "dir(because): a b c");
	assert_string_equal(realms(vault, "other"), "");
	assert_int_equal(realm_add(vault, "other", NAMES("a"), "x", &changed, NULL), VAULT_EXISTS);
	assert_int_equal(realm_add(vault, "dir", NAMES("nobody"), "x", &changed, NULL),
	                 VAULT_NOT_FOUND);
	assert_string_equal(realms(vault, NULL), "dir(because): a b c"); /* none of it */
	assert_int_equal(realm_remove(vault, "other", NULL, &changed, NULL), VAULT_NOT_FOUND);
	assert_done(realm_remove(vault, "dir", NAMES("b"), &changed, err));
	assert_int_equal(realm_remove(vault, "dir", NAMES("b"), &changed, NULL), VAULT_NOT_FOUND);
	assert_done(realm_add(vault, "other", NAMES("b"), "x", &changed, err));
	assert_string_equal(realms(vault, NULL), "dir(because): a c; other=(x): b");
	assert_done(realm_remove(vault, "dir", NULL, &changed, err));
	assert_int_equal(changed, 2);
	assert_string_equal(realms(vault, NULL), "other=(x): b");
}

static void test_what_none_is(void **state)
{
	static const char *const bad[] = {"",        "x",          "\treason",     "x\t",
	                                  "x\ty\tz", " x\treason", "x\tline\nline"};
	VAULT_AUTO *vault = VAULT_WITH("a");
	ENTRY_AUTO *entry = entry_of("x", "y");
	char name[REALM_NAME_SIZE];
	const char *reason;
	size_t changed;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strchr(bad[i], '\n') == NULL)
			assert_fails(entry_set_text(entry, FIELD_REALM, NULL, bad[i], err),
			             VAULT_USAGE, "");
	assert_false(realm_of(entry, name, &reason));
	assert_done(entry_set_text(entry, FIELD_REALM, NULL, "one\twhy", err));
	assert_done(entry_set_text(entry, FIELD_REALM, NULL, "two\twhy not", err));
	assert_true(realm_of(entry, name, &reason));
	assert_string_equal(name, "two"); /* one at most */
	assert_string_equal(reason, "why not");
	assert_fails(realm_add(vault, "", NAMES("a"), "x", &changed, err), VAULT_USAGE, "name");
	assert_fails(realm_add(vault, "x", NAMES("a"), "", &changed, err), VAULT_USAGE, "reason");
	assert_fails(realm_add(vault, "x", NAMES("a"), "a\tb", &changed, err), VAULT_USAGE,
	             "reason");
}

/* Inside, the guard lets the same password and variants pass; outside, it does what it did. */
static void test_guard(void **state)
{
	VAULT_AUTO *vault = VAULT_WITH("a", "b", "c");
	WRITE_RESULT_AUTO result = {0};
	size_t changed;

	(void)state;
	assert_done(realm_add(vault, "dir", NAMES("a", "b"), "x", &changed, err));
	assert_int_equal(try_edit(vault, "a", "Sakura-2013-tree", NULL, &result), 0);
	assert_int_equal(try_edit(vault, "b", "Sakura-2013-tree", NULL, &result), 0);
	assert_int_equal(result.conflicts.count, 1);
	assert_true(result.conflicts.items[0].realm);
	assert_int_equal(try_edit(vault, "b", "Sakura-2014-tree", NULL, &result), 0);
	assert_true(result.conflicts.items[0].realm);
	assert_int_equal(result.conflicts.items[0].kind, CONFLICT_VARIANT_NOW);
	assert_int_equal(try_edit(vault, "c", "Sakura-2014-tree", NULL, &result), VAULT_REFUSED);
	assert_false(result.conflicts.items[0].realm);
	assert_int_equal(try_edit(vault, "a", "c", NULL, &result), VAULT_REFUSED);
	assert_done(realm_add(vault, "else", NAMES("c"), "x", &changed, err));
	assert_int_equal(try_edit(vault, "c", "Sakura-2014-tree", NULL, &result), VAULT_REFUSED);
	assert_done(realm_remove(vault, "dir", NAMES("a"), &changed, err));
	assert_int_equal(try_edit(vault, "a", "Sakura-2014-tree", NULL, &result), VAULT_REFUSED);
}

static int group(void *context, const struct audit_group *told)
{
	char *text = context;
	size_t length = strlen(text);

	snprintf(text + length, 256 - length, "%s%s%s:%zu", length ? "; " : "",
	         told->now ? "now " : "", told->realm ? told->realm : "-", told->n_uses);
	return 0;
}

static const char *audit(struct vault *vault)
{
	static char text[256];
	size_t groups;

	text[0] = '\0';
	assert_done(audit_sharing(vault, group, text, &groups, err));
	return text;
}

static void test_audit(void **state)
{
	VAULT_AUTO *vault = VAULT_WITH("a", "b", "c");
	WRITE_RESULT_AUTO result = {0};
	size_t changed;

	(void)state;
	assert_done(realm_add(vault, "dir", NAMES("a", "b"), "x", &changed, err));
	assert_int_equal(try_edit(vault, "b", "a", NULL, &result), 0);
	assert_string_equal(audit(vault), "now dir:2");
	assert_int_equal(try_edit(vault, "c", "a", "a test", &result), 0);
	assert_string_equal(audit(vault), "now -:3"); /* one is outside */
	assert_int_equal(try_edit(vault, "c", "fresh", NULL, &result), 0);
	assert_string_equal(audit(vault), "now -:3"); /* and still was */
	assert_done(realm_add(vault, "dir", NAMES("c"), NULL, &changed, err));
	assert_string_equal(audit(vault), "now dir:3");
	write_result_done(&result);
	assert_done(vault_remove(vault, "b", &result, err));
	assert_string_equal(audit(vault), "dir:3"); /* in the trash it is a member yet */
	assert_done(vault_trash_empty(vault, NULL, &changed, err));
	assert_string_equal(audit(vault), "dir:3"); /* nothing is left of it to be changed */
}

static void test_one_password(void **state)
{
	VAULT_AUTO *vault = VAULT_WITH("a", "b", "c", "d");
	struct entry_edit edit = {.user = "joe"};
	WRITE_RESULT_AUTO result = {0};
	WRITE_RESULT_AUTO refused = {0};
	ENTRY_AUTO *entry = NULL;
	size_t changed, others = 9;

	(void)state;
	assert_done(realm_add(vault, "dir", NAMES("a", "b", "c"), "x", &changed, err));
	assert_fails(realm_edit(vault, "a", &edit, NULL, &result, &others, err), VAULT_USAGE,
	             "password");
	edit.password = secret_of("brand new");
	assert_done(realm_edit(vault, "a", &edit, NULL, &result, &others, err));
	assert_null(edit.password);
	assert_int_equal(others, 2);
	assert_string_equal(realms(vault, NULL), "dir=(x): a b c");
	assert_password(vault, "c", "brand new");
	assert_done(vault_get(vault, "c", &entry, err));
	assert_null(entry->user); /* the rest of the edit is for the one that was named */
	/* What is refused for one is refused for all, and the edit is the caller's again. */
	edit = (struct entry_edit){.password = secret_of("d")};
	assert_int_equal(realm_edit(vault, "b", &edit, NULL, &refused, &others, NULL),
	                 VAULT_REFUSED);
	assert_non_null(edit.password);
	assert_string_equal(refused.conflicts.items[0].name, "d");
	secret_free(edit.password);
	assert_string_equal(realms(vault, NULL), "dir=(x): a b c");
	write_result_done(&refused);
	edit = (struct entry_edit){.password = secret_of("whatever")};
	assert_int_equal(realm_edit(vault, "d", &edit, NULL, &refused, &others, NULL),
	                 VAULT_NOT_FOUND);
	secret_free(edit.password);
	write_result_done(&refused);
	edit = (struct entry_edit){.password = secret_of("within a batch")};
	assert_done(vault_batch_begin(vault, err));
	assert_done(realm_edit(vault, "b", &edit, NULL, &refused, &others, err));
	assert_done(vault_batch_end(vault, false, err));
	assert_password(vault, "a", "brand new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),      cmocka_unit_test(test_what_none_is),
		cmocka_unit_test(test_guard),        cmocka_unit_test(test_audit),
		cmocka_unit_test(test_one_password),
	};

	return cmocka_run_group_tests_name("realm", tests, fixture_group_start, fixture_group_end);
}
