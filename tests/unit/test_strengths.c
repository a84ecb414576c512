/* The strength of all passwords in use, each with its entry's own names. */
#include "fresh_vault.h"

#include <stdio.h>

#include <vault/audit.h>

struct told {
	size_t count, stop_after;
	char names[16][32];
	struct strength strengths[16];
};

static int remember(void *context, const struct audit_strength_of *one)
{
	struct told *told = context;

	assert_true(told->count < 16 && one->since > 0);
	snprintf(told->names[told->count], sizeof(told->names[0]), "%s", one->name);
	told->strengths[told->count++] = one->strength;
	return told->count == told->stop_after ? 42 : 0;
}

static struct told look(struct vault *vault, size_t most)
{
	struct told told = {0};
	size_t checked = 99;

	assert_done(audit_strengths(vault, most, remember, &told, &checked, err));
	assert_int_equal(checked, told.count);
	return told;
}

static void add_with(struct vault *vault, const char *name, const char *user, const char *url,
                     const char *password)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = entry_of(name, password);

	assert_done(entry_set_user(entry, user, err));
	assert_done(entry_set_text(entry, FIELD_URL, NULL, url, err));
	assert_done(vault_add(vault, entry, "r", &result, err));
}

static void by_name_and_in_use_alone(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};
	struct told told;

	(void)state;
	assert_int_equal(look(vault, 0).count, 0);
	add(vault, "weak", "password", NULL);
	add(vault, "strong", "vW8#qZ!r2Lx@f9Tk&Yp4", NULL);
	add(vault, "gone", "letmein", NULL);
	assert_done(vault_remove(vault, "gone", &result, err));
	told = look(vault, 0);
	assert_int_equal(told.count, 2);
	assert_string_equal(told.names[0], "strong");
	assert_int_equal(told.strengths[0].score, 4);
	assert_string_equal(told.names[1], "weak");
	assert_int_equal(told.strengths[1].score, 0);
	assert_true(told.strengths[1].advice[0] != '\0');
}

/* The same password is weaker where it is made of the entry's own name, user or host. */
static void own_names_are_known(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct told told;

	(void)state;
	add_with(vault, "a", "joe", "https://example.org", "kwerpovian-73");
	add_with(vault, "kwerpovian", "joe", "https://example.org", "kwerpovian-73");
	add_with(vault, "l", "kwerpovian", "https://example.org", "kwerpovian-73");
	add_with(vault, "m", "joe", "https://kwerpovian.org", "kwerpovian-73");
	told = look(vault, 4);
	assert_int_equal(told.count, 4);
	for (int i = 1; i < 4; i++)
		assert_true(told.strengths[i].bits < told.strengths[0].bits - 10);
}

static void more_than_are_wanted(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	add(vault, "a", "password", NULL);
	add(vault, "b", "another", NULL);
	assert_int_equal(look(vault, 1).count, 0);
	assert_int_equal(look(vault, 2).count, 2);
}

static void caller_ends_it(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct told told = {.stop_after = 1};
	size_t checked;

	(void)state;
	add(vault, "a", "password", NULL);
	add(vault, "b", "another", NULL);
	assert_int_equal(audit_strengths(vault, 0, remember, &told, &checked, NULL), 42);
	assert_int_equal(told.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_name_and_in_use_alone),
		cmocka_unit_test(own_names_are_known),
		cmocka_unit_test(more_than_are_wanted),
		cmocka_unit_test(caller_ends_it),
	};

	return cmocka_run_group_tests_name("strengths", tests, fixture_group_start,
	                                   fixture_group_end);
}
